"""Diagonals and triangles of matrices, and what is made of neighbours or powers."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from torchkeras.ops.operation import operation
from torchkeras.ops.promotion import tensor


@operation
def diag(x: Any, k: int = 0) -> Tensor:
    """A matrix with these values on a diagonal; of a matrix, the values there."""
    return torch.diag(tensor(x), k)


@operation
def diagflat(x: Any, k: int = 0) -> Tensor:
    """A matrix with all these values on a diagonal."""
    return torch.diagflat(tensor(x), k)


@operation
def diagonal(x: Any, offset: int = 0, axis1: int = 0, axis2: int = 1) -> Tensor:
    """The values on a diagonal of two axes, as the last axis."""
    return torch.diagonal(tensor(x), offset, axis1, axis2)


@operation
def tril(x: Any, k: int = 0) -> Tensor:
    """With zeros above a diagonal."""
    return torch.tril(tensor(x), k)


@operation
def triu(x: Any, k: int = 0) -> Tensor:
    """With zeros below a diagonal."""
    return torch.triu(tensor(x), k)


@operation
def vander(x: Any, N: int | None = None, increasing: bool = False) -> Tensor:
    """The powers of each value in its row, the highest first unless told.

    Args:
        x: one axis.
        N: how many powers, from 0 on; as many as there are values unless told.
        increasing: whether the lowest comes first.
    """
    return torch.vander(tensor(x), N, increasing)


@operation
def diff(a: Any, n: int = 1, axis: int = -1) -> Tensor:
    """Each value less the one before, n times over."""
    x = tensor(a)
    if x.dtype is torch.bool:
        for _ in range(n):
            size = x.shape[axis]
            x = torch.narrow(x, axis, 1, size - 1) ^ torch.narrow(x, axis, 0, size - 1)
        return x
    return torch.diff(x, n, axis)
