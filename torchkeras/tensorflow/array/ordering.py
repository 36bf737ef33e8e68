"""Sorted, counted, found again."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import torch

from torchkeras.tensorflow.arguments import INTEGERS, REAL, axis_of, invalid, of_dtypes, plain_dtype, size, sizes
from torchkeras.tensorflow.convert import from_python, is_stringy, made, operand_like, pair, tensor
from torchkeras.tensorflow.dtypes import torch_of
from torchkeras.tensorflow.operation import operation
from torchkeras.tensorflow.string_tensor import StringTensor, to_bytes_array


def _direction(direction: str) -> bool:
    if direction not in ("ASCENDING", "DESCENDING"):
        raise ValueError(
            f"Argument `direction` should be one of 'ASCENDING' or 'DESCENDING'. Received: direction={direction}"
        )
    return direction == "DESCENDING"


def _sortable(values: Any, axis: Any) -> tuple[torch.Tensor, int]:
    x = tensor(of_dtypes(values, REAL, "TopKV2"))
    if not x.dim():
        invalid("input must be >= 1-D, got a single number", "TopKV2")
    return x, axis_of(axis, x.dim(), "TopKV2")


@operation("sort", "TopKV2")
def sort(values: Any, axis: Any = -1, direction: str = "ASCENDING", name: str | None = None) -> Any:
    """The values in order along an axis."""
    down = _direction(direction)
    x, place = _sortable(values, axis)
    return made(torch.sort(x, dim=place, descending=down).values)


@operation("argsort", "TopKV2")
def argsort(
    values: Any, axis: Any = -1, direction: str = "ASCENDING", stable: bool = False, name: str | None = None
) -> Any:
    """Where the values in order stand; of equal ones the first comes first."""
    down = _direction(direction)
    x, place = _sortable(values, axis)
    return made(torch.sort(x, dim=place, descending=down, stable=True).indices.to(torch.int32))


@operation("searchsorted", "LowerBound")
def searchsorted(
    sorted_sequence: Any, values: Any, side: str = "left", out_type: Any = torch.int32, name: str | None = None
) -> Any:
    """Before which place of a sorted row each value belongs; `side` says of equal ones whether before or after."""
    if side not in ("left", "right"):
        raise ValueError(f"Argument `side` must be either 'right' or 'left'. Received: `side` = '{side}'.")
    rows, wanted = (tensor(x) for x in pair(sorted_sequence, values, "LowerBound"))
    if not rows.dim() or rows.dim() != wanted.dim() or rows.shape[:-1] != wanted.shape[:-1]:
        invalid(
            f"sorted_sequence {list(rows.shape)} and values {list(wanted.shape)} differ in leading axes", "LowerBound"
        )
    found = torch.searchsorted(rows.contiguous(), wanted.contiguous(), right=side == "right")
    return made(found.to(torch_of(out_type)))


# --- values once each ---


class Unique(NamedTuple):
    """What `unique` gives: the values in the order they first come in, and each element's place among them."""

    y: Any
    idx: Any


class UniqueWithCounts(NamedTuple):
    """What `unique_with_counts` gives."""

    y: Any
    idx: Any
    count: Any


def _unique(x: Any, out_idx: Any) -> tuple[Any, Any, Any]:
    wanted = torch_of(out_idx)
    if is_stringy(x):
        array = to_bytes_array(x)
        _vector(array.ndim)
        seen: dict[bytes, int] = {}
        places = [seen.setdefault(text, len(seen)) for text in array]
        values = np.empty(len(seen), dtype=object)
        values[:] = list(seen)
        counts = np.bincount(places, minlength=len(seen))
        return StringTensor(values), made(from_python(np.array(places), wanted)), made(from_python(counts, wanted))
    t = tensor(x)
    _vector(t.dim())
    values, inverse, counts = torch.unique(t, return_inverse=True, return_counts=True)
    positions = torch.arange(len(t), device=t.device)
    first = torch.full((len(values),), len(t), device=t.device).scatter_reduce(0, inverse, positions, "amin")
    order = torch.argsort(first)
    rank = torch.empty_like(order)
    rank[order] = torch.arange(len(order), device=t.device)
    return made(values[order]), made(rank[inverse].to(wanted)), made(counts[order].to(wanted))


def _vector(rank: int) -> None:
    if rank != 1:
        invalid(f"unique expects a 1D vector, got {rank} axes", "Unique")


@operation("unique", "Unique")
def unique(x: Any, out_idx: Any = torch.int32, name: str | None = None) -> Unique:
    """The values of a vector once each, in the order they come, and where each element is among them."""
    values, places, _ = _unique(x, out_idx)
    return Unique(values, places)


@operation("unique_with_counts", "UniqueWithCounts")
def unique_with_counts(x: Any, out_idx: Any = torch.int32, name: str | None = None) -> UniqueWithCounts:
    """As `unique`, with how often each value comes."""
    return UniqueWithCounts(*_unique(x, out_idx))


# --- histograms ---


@operation("histogram_fixed_width_bins", "HistogramFixedWidth")
def histogram_fixed_width_bins(
    values: Any, value_range: Any, nbins: Any = 100, dtype: Any = torch.int32, name: str | None = None
) -> Any:
    """Which of `nbins` bins of one width each value falls into; what lies outside the range, into the end bins."""
    return made(_bins(values, value_range, nbins).to(torch_of(dtype)))


def _bins(values: Any, value_range: Any, nbins: Any) -> torch.Tensor:
    x = tensor(values)
    ends = tensor(operand_like(value_range, x, "HistogramFixedWidth"))
    count = size(nbins)
    if count < 1:
        invalid(f"nbins should be a positive number, but got '{count}'", "HistogramFixedWidth")
    low, high = ends.double().tolist()
    if low >= high:
        invalid(
            f"value_range should satisfy value_range[0] < value_range[1], but got {[low, high]}", "HistogramFixedWidth"
        )
    scaled = (x - ends[0]).to(x.dtype if x.dtype.is_floating_point else torch.float64) / (high - low)
    return torch.floor(scaled * count).clamp(0, count - 1).long()


@operation("histogram_fixed_width", "HistogramFixedWidth")
def histogram_fixed_width(
    values: Any, value_range: Any, nbins: Any = 100, dtype: Any = torch.int32, name: str | None = None
) -> Any:
    """How many values fall into each of `nbins` bins of one width; what lies outside, into the end bins."""
    places = _bins(values, value_range, nbins).reshape(-1)
    return made(torch.bincount(places, minlength=size(nbins)).to(torch_of(dtype)))


@operation("unravel_index", "UnravelIndex")
def unravel_index(indices: Any, dims: Any, name: str | None = None) -> Any:
    """The coordinates of places in a flattened tensor of these sizes, one row for each axis."""
    flat = tensor(of_dtypes(indices, INTEGERS, "UnravelIndex"))
    shape = sizes(dims)
    total = int(np.prod(shape))
    if flat.numel() and (int(flat.max()) >= total or int(flat.min()) < 0):
        invalid(f"index is out of bound as with dims {shape}", "UnravelIndex")
    found = torch.stack(torch.unravel_index(flat.long(), shape))
    return made(found.to(plain_dtype(flat)))


__all__ = [
    "argsort", "histogram_fixed_width", "histogram_fixed_width_bins", "searchsorted", "sort", "unique",
    "unique_with_counts", "unravel_index",
]  # fmt: skip
