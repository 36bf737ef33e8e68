"""Max pooling one axis after the other, for whoever asks for no gradient.

torch's kernel for the CPU notes where each largest value was, and takes the channels of one place at a time: with the 6
channels of a LeNet it is six to eight times as slow as a maximum of slices, which are whole rows of an image.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor
from torch.autograd import forward_ad

#: A window wider than this takes too many slices.
_WIDEST = 3
#: With fewer values torch's one kernel is done before the second slice is cut.
_FEWEST = 1 << 14
#: With this many channels, or a multiple of the second that is more, torch's kernel has its hands full.
_MANY, _VECTOR = 32, 16


def worth_it(x: Tensor, window: Sequence[int], strides: Sequence[int]) -> bool:
    """Whether the pooling of a tensor with the channels first, in its shape at least, is quicker by axes.

    That is for tensors that no gradient goes through: of equal values torch's kernel gives it to the first.
    """
    if torch.compiler.is_compiling() or torch._C._get_tracing_state():
        return False  # a graph is to have the pooling by its name
    if forward_ad._current_level >= 0:
        return False  # a tangent is a gradient, too
    if type(x) is not Tensor or not x.is_cpu or x.numel() < _FEWEST or not 1 < max(window) <= _WIDEST:
        return False
    if any(n < size for n, size in zip(x.shape[2:], window)):
        return False  # torch has words for that
    if len(window) == 1 or max(strides) == 1 or x.stride(1) != 1:
        return True
    channels = x.shape[1]
    return channels < _MANY or channels % _VECTOR != 0


def max_pool_by_axes(x: Tensor, window: Sequence[int], strides: Sequence[int]) -> Tensor:
    """The largest value of each whole window, in memory ordered as the input's is."""
    # Axes of which values are only left out come first: the last step makes the memory.
    for size, stride, axis in sorted(zip(window, strides, range(2, x.dim()), strict=True)):
        if size == 1 == stride:
            continue
        end = (x.shape[axis] - size) // stride * stride + 1
        before = (slice(None),) * axis
        slices = [x[(*before, slice(place, place + end, stride))] for place in range(size)]
        x = slices[0] if size == 1 else torch.maximum(slices[0], slices[1])
        for further in slices[2:]:
            x = torch.maximum(x, further)
    return x
