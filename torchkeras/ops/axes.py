"""Axes as Keras gives them: None, one or several, counted from the front or from the back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from torch import Tensor

Axis = int | Sequence[int] | None


def canonical(axis: Any, rank: int) -> int:
    """The axis counted from the front."""
    place = int(axis)
    if not -rank <= place < rank:
        raise ValueError(f"axis {place} is out of bounds for a tensor of {rank} axes")
    return place % rank


def reduced(axis: Axis, rank: int) -> tuple[int, ...]:
    """The axes to reduce over, counted from the front; None is all of them."""
    if type(axis) is int and -rank <= axis < rank:
        return (axis % rank,)
    if axis is None:
        return tuple(range(rank))
    places = axis if isinstance(axis, (list, tuple)) else [axis]
    return tuple(canonical(place, rank) for place in places)


def gathered(x: Tensor, axis: Axis) -> tuple[Tensor, tuple[int, ...]]:
    """`x` with the axes to reduce over made into one, the last; and which they are."""
    axes = reduced(axis, x.dim())
    kept = [i for i in range(x.dim()) if i not in axes]
    moved = x.permute(*kept, *axes)
    return moved.reshape(*(x.shape[i] for i in kept), -1), axes


def restored(result: Tensor, axes: tuple[int, ...], keepdims: bool) -> Tensor:
    """A reduced tensor with the reduced axes put back as ones, where they are to be kept."""
    if keepdims:
        for axis in sorted(axes):
            result = result.unsqueeze(axis)
    return result
