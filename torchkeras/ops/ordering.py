"""The order of values: sorting, ranks, what occurs."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from torchkeras.ops.axes import canonical
from torchkeras.ops.indexing import places_of
from torchkeras.ops.operation import operation
from torchkeras.ops.promotion import promoted, tensor


@operation
def sort(x: Any, axis: int = -1) -> Tensor:
    """From the least to the greatest along an axis."""
    x = tensor(x)
    return torch.sort(x, axis)[0] if x.dim() else x


@operation
def argsort(x: Any, axis: int | None = -1) -> Tensor:
    """The places from the least value to the greatest; of all values in a row where the axis is None."""
    x = tensor(x)
    if axis is None or not x.dim():
        x, axis = x.reshape(-1), 0
    return torch.argsort(x, dim=axis, stable=True).to(torch.int32)


@operation
def argpartition(x: Any, kth: int, axis: int = -1) -> Tensor:
    """Places such that the kth least value is in its place, no greater one before it and no lesser one behind."""
    return torch.argsort(tensor(x), dim=axis, stable=True).to(torch.int32)


@operation
def top_k(x: Any, k: int, sorted: bool = True) -> tuple[Tensor, Tensor]:
    """The k greatest values along the last axis, and their places; of equal ones the first come first."""
    x = tensor(x)
    if not x.dim() or x.shape[-1] < k:
        raise ValueError(f"input must have at least k columns. Had {x.shape[-1] if x.dim() else 0}, needed {k}")
    if not sorted:
        values, places = torch.topk(x, k, sorted=False)
        return values, places.to(torch.int32)
    values, places = torch.sort(x, dim=-1, descending=True, stable=True)
    return values[..., :k], places[..., :k].to(torch.int32)


@operation
def in_top_k(targets: Any, predictions: Any, k: int) -> Tensor:
    """Whether the score of each target class is among the k greatest of its row."""
    wanted, scores = places_of(targets), tensor(predictions)
    own = scores.gather(1, wanted.to(scores.device)[:, None].clamp(0, scores.shape[1] - 1))
    known = (wanted.to(scores.device) < scores.shape[1]) & torch.isfinite(own[:, 0])
    return known & ((scores > own).sum(1) < k)


@operation
def searchsorted(sorted_sequence: Any, values: Any, side: str = "left") -> Tensor:
    """Where the values would have to go into a sorted row to keep it sorted, before equal ones or behind."""
    if side not in ("left", "right"):
        raise ValueError(f"`side` must be 'left' or 'right'. Received: side={side!r}")
    row, wanted = promoted(sorted_sequence, values)
    if row.dim() != 1:
        raise ValueError(f"`searchsorted` only supports 1-D sorted sequences. Received: shape={tuple(row.shape)}")
    return torch.searchsorted(row.contiguous(), wanted.contiguous(), side=side, out_int32=True)


@operation
def unique(
    x: Any,
    sorted: bool = True,
    return_index: bool = False,
    return_inverse: bool = False,
    return_counts: bool = False,
    axis: int | None = None,
    size: int | None = None,
    fill_value: Any = None,
) -> Any:
    """The values that occur, each once.

    Args:
        x: the values.
        sorted: True or False: they come in order either way.
        return_index: whether to give the place where each occurs first.
        return_inverse: whether to give, for each value of `x`, its place in the result.
        return_counts: whether to give how often each occurs.
        axis: compare whole slices along this axis; single values unless told.
        size: cut or fill the result to so many.
        fill_value: what to fill up with, the first value unless told.
    """
    x = tensor(x)
    place = None if axis is None else canonical(axis, x.dim())
    values, inverse, counts = torch.unique(x, return_inverse=True, return_counts=True, dim=place)
    where = 0 if place is None else place
    line = inverse.reshape(-1)
    first = torch.full((values.shape[where],), line.numel(), dtype=torch.int64, device=x.device)
    first = first.scatter_reduce(0, line, torch.arange(line.numel(), device=x.device), "amin")
    extra = [first] * return_index + [inverse] * return_inverse + [counts] * return_counts
    results = [values, *(part.to(torch.int32) for part in extra)]
    if size is not None:
        results[0] = _sized(values, size, where, fill_value)
        if return_index:
            results[1] = _sized(results[1], size, 0, None)
        if return_counts:
            results[-1] = _sized(results[-1], size, 0, 0)
    return tuple(results) if len(results) > 1 else results[0]


def _sized(x: Tensor, size: int, axis: int, fill: Any) -> Tensor:
    missing = size - x.shape[axis]
    if missing <= 0:
        return x.narrow(axis, 0, size)
    part = x.narrow(axis, 0, 1) if fill is None else torch.full_like(x.narrow(axis, 0, 1), fill)
    return torch.cat([x, part.repeat_interleave(missing, axis)], axis)
