"""Functions across an axis: softmax, log_softmax, sparsemax, glu."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor
from torch.nn import functional

from torchkeras.activations.inputs import tensor


def softmax(x: Tensor, axis: int | Sequence[int] = -1) -> Tensor:
    """Probabilities: `exp(x)` divided by its sum along the axis, or along several.

    The result remembers `x` as `_keras_logits`: Keras's crossentropies compute from the logits where they can,
    which keeps gradients alive where the probabilities have become 0 or 1.
    """
    x = tensor(x)
    if x.ndim <= 1:
        raise ValueError(f"Cannot apply softmax to a tensor that is 1D. Received input: {x}")
    if isinstance(axis, int):
        result = torch.softmax(x, axis)
        result._keras_logits = x  # type: ignore[attr-defined]
        return result
    axes = tuple(axis)
    exponentials = torch.exp(x - torch.amax(x, axes, keepdim=True))
    return exponentials / torch.sum(exponentials, axes, keepdim=True)


def log_softmax(x: Tensor, axis: int = -1) -> Tensor:
    """`log(softmax(x))`."""
    return torch.log_softmax(tensor(x), axis)


def sparsemax(x: Tensor, axis: int = -1) -> Tensor:
    """The nearest point to `x` whose values along the axis are probabilities; many of them are 0.

    Keras up to 3.15 gets the threshold wrong where more than one value is not 0; later ones are as here.
    """
    x = tensor(x)
    descending = torch.sort(x, axis, descending=True)[0]
    sums = torch.cumsum(descending, axis) - 1
    counts = torch.arange(1, x.shape[axis] + 1, dtype=x.dtype, device=x.device)
    counts = counts.reshape([-1 if i == axis % x.ndim else 1 for i in range(x.ndim)])
    inside = descending * counts > sums
    size = torch.sum(inside, axis, keepdim=True)
    tau = torch.gather(sums, axis, size - 1) / size
    return torch.relu(x - tau)


def glu(x: Tensor, axis: int = -1) -> Tensor:
    """The first half of the axis times the sigmoid of the second."""
    x = tensor(x)
    size = x.shape[axis]
    if size is not None and size % 2:
        raise ValueError(f"axis size must be divisible by 2. Received: x.shape={tuple(x.shape)} with axis={axis}")
    return functional.glu(x, axis)
