"""Sums and means of chosen rows by segment."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import torch

from torchkeras.tensorflow.arguments import invalid
from torchkeras.tensorflow.convert import made, tensor
from torchkeras.tensorflow.operation import operation
from torchkeras.tensorflow.sparse.parts import index_on


def _segments(kind: str, kernel: str) -> Callable[..., Any]:
    def apply(
        data: Any,
        indices: Any,
        segment_ids: Any,
        num_segments: Any = None,
        name: str | None = None,
        sparse_gradient: bool = False,
    ) -> Any:
        rows = tensor(data)
        chosen, ids = (tensor(one).cpu().numpy().astype(np.int64) for one in (indices, segment_ids))
        if chosen.shape != ids.shape:
            invalid(f"segment_ids and indices should have same size, got {len(ids)} and {len(chosen)}", kernel)
        wrong = np.flatnonzero((chosen < 0) | (chosen >= rows.shape[0]))
        if len(wrong):
            invalid(f"Bad: indices[{wrong[0]}] == {chosen[wrong[0]]} out of range [0, {rows.shape[0]})", kernel)
        if (np.diff(ids) < 0).any() or (ids[:1] < 0).any():
            invalid("segment ids are not increasing", kernel)
        least = int(ids[-1]) + 1 if len(ids) else 0
        many = least if num_segments is None else int(num_segments)
        if many < least:
            invalid(f"segment ids must be < num_segments, got {least - 1} and {many}", kernel)
        place = index_on(ids, rows)
        total = rows.new_zeros(many, *rows.shape[1:]).index_add(0, place, rows[index_on(chosen, rows)])
        if kind == "sum":
            return made(total)
        counts = torch.bincount(place, minlength=many).clamp_min(1).to(total.dtype)
        counts = counts.reshape(-1, *[1] * (total.dim() - 1))
        return made(total / (counts.sqrt() if kind == "sqrt_n" else counts))

    apply.__name__ = apply.__qualname__ = f"segment_{kind}"
    apply.__doc__ = f"""The {_SAYS[kind]} of rows of `data`, chosen by `indices`, that have the same segment number.

        Args:
            data: rows.
            indices: which of them take part, in this order.
            segment_ids: the segment of each, in ascending order.
            num_segments: how many segments there are, if more than the last number says.
        """
    return operation(f"sparse.segment_{kind}", kernel)(apply)


_SAYS = {"sum": "sum", "mean": "mean", "sqrt_n": "sum, divided by the square root of their number,"}

segment_sum = _segments("sum", "SparseSegmentSum")
segment_mean = _segments("mean", "SparseSegmentMean")
segment_sqrt_n = _segments("sqrt_n", "SparseSegmentSqrtN")

__all__ = ["segment_mean", "segment_sqrt_n", "segment_sum"]
