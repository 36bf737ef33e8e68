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


IDENTITY = Layout()
#: nn.Linear's (out, in) and Keras's (in, out).
LINEAR = Permuted(1, 0)


def convolution(rank: int) -> Permuted:
    """torch (out, in, *kernel) and Keras (*kernel, in, out); a transposed convolution swaps in and out in both."""
    return Permuted(*range(2, rank + 2), 1, 0)


def keras_shape(layout: Layout, shape: Sequence[int]) -> torch.Size:
    """The Keras shape of a torch-shaped weight, without making one."""
    return layout.to_keras(torch.empty(tuple(shape), device="meta")).shape
