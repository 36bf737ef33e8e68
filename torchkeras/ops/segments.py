"""Sums, products and extremes of the entries that belong together."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from torchkeras.ops.indexing import places_of
from torchkeras.ops.operation import operation
from torchkeras.ops.promotion import tensor


def _segments(how: str, data: Any, segment_ids: Any, num_segments: Any, sorted: bool) -> Tensor:
    values, ids = tensor(data), places_of(segment_ids)
    if ids.dim() != 1 or not values.dim() or len(ids) != len(values):
        raise ValueError(
            f"`segment_ids` must be 1D, with one entry for each of `data`. Received: data.shape={tuple(values.shape)}, "
            f"segment_ids.shape={tuple(ids.shape)}"
        )
    count = (int(ids.max()) + 1 if len(ids) else 0) if num_segments is None else int(num_segments)
    start = _start(how, values.dtype)
    result = torch.full((count, *values.shape[1:]), start, dtype=values.dtype, device=values.device)
    # An entry that belongs nowhere, below 0 or from the number of segments on, is left out.
    kept = (ids >= 0) & (ids < count)
    values, ids = values[kept], ids[kept]
    if how == "sum":
        return result.index_add(0, ids, values)
    ids = ids.reshape(-1, *([1] * (values.dim() - 1))).expand_as(values)
    return result.scatter_reduce(0, ids, values, how)


def _start(how: str, dtype: torch.dtype) -> Any:
    if how in ("sum", "prod"):
        return int(how == "prod")
    limits = torch.finfo(dtype) if dtype.is_floating_point else torch.iinfo(dtype)
    return limits.min if how == "amax" else limits.max


@operation
def segment_sum(data: Any, segment_ids: Any, num_segments: int | None = None, sorted: bool = False) -> Tensor:
    """The sum of the entries of each segment; 0 where there are none.

    Args:
        data: the entries, along axis 0.
        segment_ids: to which segment each belongs.
        num_segments: how many there are; as many as the ids say unless told.
        sorted: whether the ids are in order: it makes no difference here.
    """
    return _segments("sum", data, segment_ids, num_segments, sorted)


@operation
def segment_prod(data: Any, segment_ids: Any, num_segments: int | None = None, sorted: bool = False) -> Tensor:
    """The product of the entries of each segment; 1 where there are none. Arguments as in `segment_sum`."""
    return _segments("prod", data, segment_ids, num_segments, sorted)


@operation
def segment_max(data: Any, segment_ids: Any, num_segments: int | None = None, sorted: bool = False) -> Tensor:
    """The greatest entry of each segment; the least number there is where there are none."""
    return _segments("amax", data, segment_ids, num_segments, sorted)


@operation
def segment_min(data: Any, segment_ids: Any, num_segments: int | None = None, sorted: bool = False) -> Tensor:
    """The least entry of each segment; the greatest number there is where there are none."""
    return _segments("amin", data, segment_ids, num_segments, sorted)
