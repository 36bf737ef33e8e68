"""Tensors joined, and cut into parts."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from torchkeras.ops.axes import canonical
from torchkeras.ops.operation import operation
from torchkeras.ops.promotion import promoted, tensor


@operation
def concatenate(xs: Any, axis: int = 0) -> Tensor:
    """Tensors one after the other along an axis."""
    return torch.cat(promoted(*xs), axis)


@operation
def stack(x: Any, axis: int = 0) -> Tensor:
    """Tensors of one shape side by side along a new axis."""
    return torch.stack(promoted(*x), axis)


@operation
def append(x1: Any, x2: Any, axis: int | None = None) -> Tensor:
    """`x2` behind `x1`; all their values in a row unless an axis is given."""
    a, b = promoted(tensor(x1), tensor(x2))
    return torch.cat([a.reshape(-1), b.reshape(-1)]) if axis is None else torch.cat([a, b], axis)


@operation
def hstack(xs: Any) -> Tensor:
    """Side by side: joined along axis 1, vectors along their only one."""
    return torch.hstack(promoted(*xs))


@operation
def vstack(xs: Any) -> Tensor:
    """One above the other: joined along axis 0, vectors as rows."""
    return torch.vstack(promoted(*xs))


@operation
def dstack(xs: Any) -> Tensor:
    """One behind the other: joined along axis 2."""
    return torch.dstack(promoted(*xs))


@operation
def unstack(x: Any, num: int | None = None, axis: int = 0) -> list[Tensor]:
    """The parts of a tensor along an axis, without it."""
    x = tensor(x)
    if num is not None and x.shape[axis] != num:
        raise ValueError(f"Expected {num} parts along axis {axis}, but its size is {x.shape[axis]}.")
    return list(torch.unbind(x, axis))


@operation
def split(x: Any, indices_or_sections: Any, axis: int = 0) -> list[Tensor]:
    """Cut along an axis, into so many equal parts, or at these places."""
    return _split(tensor(x), indices_or_sections, axis)


def _split(x: Tensor, where: Any, axis: int) -> list[Tensor]:
    axis = canonical(axis, x.dim())
    size = x.shape[axis]
    if isinstance(where, int):
        if size % where:
            raise ValueError(
                f"`x` size must be divisible by the number of parts. Received: indices_or_sections={where}, "
                f"x.shape={tuple(x.shape)}, axis={axis}"
            )
        return list(torch.split(x, size // where, axis)) if size else [x] * where
    places = where.tolist() if hasattr(where, "tolist") else [int(p) for p in where]
    return list(torch.tensor_split(x, places, axis))


@operation
def array_split(x: Any, indices_or_sections: Any, axis: int = 0) -> list[Tensor]:
    """Cut along an axis into so many parts, the first ones longer by one where it does not come out even."""
    return list(torch.tensor_split(tensor(x), indices_or_sections, axis))


@operation
def hsplit(x: Any, indices_or_sections: Any) -> list[Tensor]:
    """Cut along axis 1, vectors along their only one."""
    x = tensor(x)
    return _split(x, indices_or_sections, 1 if x.dim() > 1 else 0)


@operation
def vsplit(x: Any, indices_or_sections: Any) -> list[Tensor]:
    """Cut along axis 0."""
    return _split(tensor(x), indices_or_sections, 0)


@operation
def dsplit(x: Any, indices_or_sections: Any) -> list[Tensor]:
    """Cut along axis 2."""
    return _split(tensor(x), indices_or_sections, 2)
