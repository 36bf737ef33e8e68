"""How Keras's shape of a weight maps onto torch's: two live views of one parameter."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor


class Layout:
    """The identity: Keras and torch keep the weight alike. Subclasses say otherwise."""

    def to_keras(self, tensor: Tensor) -> Tensor:
        """A view of a torch-shaped tensor in Keras's shape."""
        return tensor

    def to_torch(self, tensor: Tensor) -> Tensor:
        """A view of a Keras-shaped tensor in torch's shape."""
        return tensor


class Permuted(Layout):
    """Keras's axes in another order: `order[i]` is the torch axis that Keras has at i."""

    def __init__(self, *order: int) -> None:
        self.order = order
        self.inverse = tuple(order.index(axis) for axis in range(len(order)))

    def to_keras(self, tensor: Tensor) -> Tensor:
        return tensor.permute(self.order)

    def to_torch(self, tensor: Tensor) -> Tensor:
        return tensor.permute(self.inverse)


class Depthwise(Layout):
    """Keras (*kernel, channels, multiplier), torch (channels * multiplier, 1, *kernel)."""

    def __init__(self, channels: int) -> None:
        self.channels = channels

    def to_keras(self, tensor: Tensor) -> Tensor:
        spatial = range(2, tensor.dim())
        return tensor.squeeze(1).unflatten(0, (self.channels, -1)).permute(*spatial, 0, 1)

    def to_torch(self, tensor: Tensor) -> Tensor:
        rank = tensor.dim() - 2
        return tensor.permute(rank, rank + 1, *range(rank)).flatten(0, 1).unsqueeze(1)


class Folded(Layout):
    """Keras keeps several axes where torch has one: torch (out, in) or (out,), Keras (*in_sizes, *out_sizes).

    Args:
        outputs: the sizes that torch has folded into its first axis.
        inputs: those of its second axis, or none for a bias.
    """

    def __init__(self, outputs: Sequence[int], inputs: Sequence[int] = ()) -> None:
        self.outputs, self.inputs = tuple(outputs), tuple(inputs)

    def to_keras(self, tensor: Tensor) -> Tensor:
        if not self.inputs:
            return tensor.unflatten(0, self.outputs)
        return tensor.t().unflatten(1, self.outputs).unflatten(0, self.inputs)

    def to_torch(self, tensor: Tensor) -> Tensor:
        split = len(self.inputs)
        if not split:
            return tensor.flatten()
        return tensor.flatten(0, split - 1).flatten(1).t()


class SwappedGates(Layout):
    """The first two of three blocks along Keras's last axis change places: Keras's GRU has z, r, h, torch's r, z, n.

    Not a view: what is read is a copy.

    Args:
        inner: how the two shapes map onto each other apart from that.
    """

    def __init__(self, inner: Layout) -> None:
        self.inner = inner

    def to_keras(self, tensor: Tensor) -> Tensor:
        return _swapped(self.inner.to_keras(tensor))

    def to_torch(self, tensor: Tensor) -> Tensor:
        return self.inner.to_torch(_swapped(tensor))


def _swapped(tensor: Tensor) -> Tensor:
    first, second, third = tensor.chunk(3, -1)
    return torch.cat((second, first, third), -1)


IDENTITY = Layout()
#: nn.Linear's (out, in) and Keras's (in, out).
LINEAR = Permuted(1, 0)
#: A GRU's kernels and its biases.
GRU_KERNEL, GRU_BIAS = SwappedGates(LINEAR), SwappedGates(IDENTITY)


def convolution(rank: int) -> Permuted:
    """torch (out, in, *kernel) and Keras (*kernel, in, out); a transposed convolution swaps in and out in both."""
    return Permuted(*range(2, rank + 2), 1, 0)


def keras_shape(layout: Layout, shape: Sequence[int]) -> torch.Size:
    """The Keras shape of a torch-shaped weight, without making one."""
    return layout.to_keras(torch.empty(tuple(shape), device="meta")).shape
