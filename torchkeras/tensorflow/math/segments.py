"""Sums, means and extremes of the rows that belong together by their number."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch

from torchkeras.tensorflow.arguments import NUMBERS, REAL, invalid, of_dtypes, size
from torchkeras.tensorflow.convert import made, tensor
from torchkeras.tensorflow.dtypes import as_dtype
from torchkeras.tensorflow.operation import operation

_INDEX = frozenset({torch.int32, torch.int64})
_REDUCE = {"sum": "sum", "mean": "sum", "sqrt_n": "sum", "prod": "prod", "max": "amax", "min": "amin"}


def _grouped(
    rows: torch.Tensor, ids: torch.Tensor, count: int, how: str, start: Any, include: bool = True
) -> torch.Tensor:
    """Rows reduced by their number, on top of `start`, or with that only where there are none."""
    result = rows.new_full((count, *rows.shape[1:]), start)
    places = ids.reshape(-1, *[1] * (rows.dim() - 1)).expand_as(rows)
    if how in ("sum", "mean", "sqrt_n"):
        result = result.scatter_add(0, places, rows)
    else:
        result = result.scatter_reduce(0, places, rows, _REDUCE[how], include_self=include)
    if how in ("mean", "sqrt_n"):
        sizes = torch.bincount(ids, minlength=count).clamp(min=1).reshape(-1, *[1] * (rows.dim() - 1))
        if how == "sqrt_n":
            return result / sizes.to(rows.dtype).sqrt()
        if rows.dtype.is_floating_point or rows.dtype.is_complex:
            return result / sizes.to(rows.dtype)
        return torch.div(result, sizes, rounding_mode="trunc").to(rows.dtype)
    return result


# --- rows in the order of their segments ---


def _sorted(data: Any, segment_ids: Any, how: str) -> Any:
    kernel = f"Segment{how.capitalize()}"
    rows = tensor(of_dtypes(data, REAL if how in ("max", "min") else NUMBERS, kernel))
    ids = tensor(of_dtypes(segment_ids, _INDEX, kernel)).long()
    if ids.dim() != 1:
        invalid("segment_ids should be a vector.", kernel)
    if not rows.dim() or len(ids) != rows.shape[0]:
        invalid("segment_ids should be the same size as dimension 0 of input.", kernel)
    if len(ids) and (bool((ids[1:] < ids[:-1]).any()) or int(ids[0]) < 0):
        invalid("segment ids are not increasing from 0", kernel)
    count = int(ids[-1]) + 1 if len(ids) else 0
    return made(_grouped(rows, ids, count, how, 1 if how == "prod" else 0, include=False))


def _of_sorted(how: str, says: str) -> Callable[..., Any]:
    @operation(f"math.segment_{how}", says=f"{says} the rows of each segment; `segment_ids` are in rising order.")
    def apply(data: Any, segment_ids: Any, name: str | None = None) -> Any:
        return _sorted(data, segment_ids, how)

    return apply


segment_sum = _of_sorted("sum", "The sum of")
segment_mean = _of_sorted("mean", "The mean of")
segment_prod = _of_sorted("prod", "The product of")
segment_max = _of_sorted("max", "The largest of")
segment_min = _of_sorted("min", "The smallest of")


# --- rows in any order ---


def _empty_value(rows: torch.Tensor, how: str) -> Any:
    if how in ("max", "min"):
        ends = as_dtype(rows.dtype)
        return ends.min if how == "max" else ends.max
    return 1 if how == "prod" else 0


def _unsorted(data: Any, segment_ids: Any, num_segments: Any, how: str) -> Any:
    kernel = f"UnsortedSegment{how.capitalize()}"
    rows = tensor(of_dtypes(data, REAL if how in ("max", "min") else NUMBERS, kernel))
    ids = tensor(of_dtypes(segment_ids, _INDEX, kernel)).long()
    count = size(num_segments)
    if rows.shape[: ids.dim()] != ids.shape:
        invalid(f"data.shape = {list(rows.shape)} does not start with segment_ids.shape = {list(ids.shape)}", kernel)
    rows, ids = rows.reshape(ids.numel(), *rows.shape[ids.dim() :]), ids.reshape(-1)
    if bool((ids >= count).any()):
        invalid(f"segment_ids must be less than num_segments = {count}, got {int(ids.max())}", kernel)
    kept = ids >= 0  # rows of negative numbers are left out
    if not bool(kept.all()):
        rows, ids = rows[kept], ids[kept]
    return made(_grouped(rows, ids, count, how, _empty_value(rows, how)))


def _of_unsorted(how: str, says: str) -> Callable[..., Any]:
    @operation(f"math.unsorted_segment_{how}", says=says)
    def apply(data: Any, segment_ids: Any, num_segments: Any, name: str | None = None) -> Any:
        return _unsorted(data, segment_ids, num_segments, how)

    return apply


unsorted_segment_sum = _of_unsorted("sum", "The sum of the rows of each segment.")
unsorted_segment_mean = _of_unsorted("mean", "The mean of the rows of each segment.")
unsorted_segment_sqrt_n = _of_unsorted(
    "sqrt_n", "The sum of the rows of each segment divided by the square root of how many there are."
)
unsorted_segment_prod = _of_unsorted("prod", "The product of the rows of each segment.")
unsorted_segment_max = _of_unsorted(
    "max", "The largest of the rows of each segment; the dtype's lowest where there is none."
)
unsorted_segment_min = _of_unsorted(
    "min", "The smallest of the rows of each segment; the dtype's highest where there is none."
)

__all__ = [
    "segment_max", "segment_mean", "segment_min", "segment_prod", "segment_sum", "unsorted_segment_max",
    "unsorted_segment_mean", "unsorted_segment_min", "unsorted_segment_prod", "unsorted_segment_sqrt_n",
    "unsorted_segment_sum",
]  # fmt: skip
