"""Sums, means, greatest values and the like over any dimension of a ragged tensor."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import torch

from torchkeras.core.nest import flatten
from torchkeras.tensorflow import dtypes
from torchkeras.tensorflow.convert import made, tensor
from torchkeras.tensorflow.dispatch import bound, handles
from torchkeras.tensorflow.errors import InvalidArgumentError
from torchkeras.tensorflow.operators import true_divide
from torchkeras.tensorflow.ragged.dimensions import expand_dims
from torchkeras.tensorflow.ragged.ragged_tensor import RaggedTensor, axis_of
from torchkeras.tensorflow.ragged.row_partition import RowPartition
from torchkeras.tensorflow.rows import Integers, as_host

#: How torch scatters, and what a row without values gives; None: the end of the dtype's range.
_KINDS: dict[str, tuple[str, Any]] = {
    "sum": ("sum", 0),
    "prod": ("prod", 1),
    "max": ("amax", "min"),
    "min": ("amin", "max"),
    "any": ("amax", 0),
    "all": ("amin", 1),
}


def by_segment(values: Any, ids: Integers, count: int, reduce: Callable[[Any, Integers, int], Any]) -> Any:
    """The values of each segment reduced to one: dense by element, ragged by position in the row.

    Args:
        ids: the segment of each value.
        count: how many segments there are.
        reduce: the same for dense values.
    """
    if not isinstance(values, RaggedTensor):
        return reduce(values, ids, count)
    lengths = np.zeros(count, dtype=np.int64)
    np.maximum.at(lengths, ids, values._partition._lengths)
    partition = RowPartition._of_lengths(lengths, dtype=values._partition.dtype)
    place = partition._splits[:-1][ids][values._partition._rowids] + values._partition._offsets
    return RaggedTensor._of(by_segment(values._values, place, partition.static_nvals, reduce), partition)


def along(value: Any, axis: int, reduce: Callable[[Any, Integers, int], Any], dense: Callable[[Any, int], Any]) -> Any:
    """One dimension reduced.

    Args:
        reduce: dense values by segment.
        dense: a dense value along an axis.
    """
    if not isinstance(value, RaggedTensor):
        return dense(value, axis)
    partition = value._partition
    if axis == 0:
        return by_segment(value._values, partition._offsets, int(partition._lengths.max(initial=0)), reduce)
    if axis == 1:
        return by_segment(value._values, partition._rowids, partition.static_nrows, reduce)
    return value.with_values(along(value._values, axis - 1, reduce, dense))


def segments(values: Any, ids: Integers, count: int, kind: str) -> Any:
    """The values of each segment reduced to one by 'sum', 'prod', 'max', 'min', 'any' or 'all'."""
    return by_segment(values, ids, count, partial(_scattered, kind=kind))


def _scattered(values: Any, ids: Integers, count: int, kind: str) -> Any:
    plain = tensor(values)
    how, empty = _KINDS[kind]
    is_bool = plain.dtype is torch.bool
    if is_bool:
        plain = plain.to(torch.uint8)
    elif kind in ("any", "all"):
        raise InvalidArgumentError(None, None, f"reduce_{kind} takes booleans, got {dtypes.of_torch(plain.dtype).name}")
    start = _limit(plain.dtype, empty) if isinstance(empty, str) else empty
    index = torch.as_tensor(ids, device=plain.device)
    base = plain.new_full((count, *plain.shape[1:]), start)
    if how == "sum":
        result = base.index_add(0, index, plain)
    else:
        wide = index.reshape(-1, *[1] * (plain.dim() - 1)).expand_as(plain)
        result = base.scatter_reduce(0, wide, plain, how)
    return made(result.bool() if is_bool else result)


def _limit(dtype: torch.dtype, which: str) -> Any:
    info: Any = torch.finfo(dtype) if dtype.is_floating_point else torch.iinfo(dtype)
    return getattr(info, which)


def _dense(value: Any, axis: int, kind: str) -> Any:
    plain = tensor(value)
    if kind == "sum":
        return made(plain.sum(axis, dtype=plain.dtype))
    if kind == "prod":
        return made(plain.prod(axis, dtype=plain.dtype))
    return made(getattr(plain, {"max": "amax", "min": "amin"}.get(kind, kind))(axis))


def over(value: RaggedTensor, axis: Any, keepdims: Any, kind: str) -> Any:
    """Several dimensions reduced, or all (None)."""
    rank = value.shape.rank or 0
    if axis is None:
        flat = value.flat_values
        index = np.zeros(int(np.prod(flat.shape)), dtype=np.int64)
        whole = segments(made(tensor(flat).reshape(-1)), index, 1, kind)
        return made(tensor(whole).reshape([1] * rank if keepdims else []))
    axes = sorted({axis_of(one, rank) for one in flatten(_listed(axis))}, reverse=True)
    result: Any = value
    for one in axes:
        result = along(result, one, partial(_scattered, kind=kind), partial(_dense, kind=kind))
    if keepdims:
        for one in reversed(axes):
            result = expand_dims(result, one)
    return result


def _listed(axis: Any) -> Any:
    return np.asarray(as_host(axis)).tolist() if not isinstance(axis, (int, list, tuple)) else axis


def mean(value: RaggedTensor, axis: Any, keepdims: Any) -> Any:
    """The mean; of integers in float64, as TensorFlow's over ragged tensors is."""
    total = over(value, axis, keepdims, "sum")
    flat = tensor(value.flat_values)
    counts = over(value.with_flat_values(made(torch.ones_like(flat).detach())), axis, keepdims, "sum")
    if isinstance(total, RaggedTensor):
        return total.with_flat_values(made(true_divide(tensor(total.flat_values), tensor(counts.flat_values))))
    return made(true_divide(tensor(total), tensor(counts)))


def variance(value: RaggedTensor, axis: Any, keepdims: Any) -> Any:
    flat = tensor(value.flat_values)
    if not (flat.is_floating_point() or flat.is_complex()):
        flat = flat.double()
    wide = value.with_flat_values(made(flat))
    squares = mean(value.with_flat_values(made(flat * flat)), axis, keepdims)
    centre = mean(wide, axis, keepdims)
    if isinstance(squares, RaggedTensor):
        centre = tensor(centre.flat_values)
        return squares.with_flat_values(made((tensor(squares.flat_values) - centre * centre).clamp_min(0)))
    return made((tensor(squares) - tensor(centre) ** 2).clamp_min(0))


def _given(function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[Any, Any, Any]:
    given = bound(function, args, kwargs)
    value = next(iter(given.values()))
    if not isinstance(value, RaggedTensor):
        raise ValueError(f"{function.__name__} takes a ragged tensor only as its first argument.")
    return value, given.get("axis"), given.get("keepdims", False)


def _register(kind: str) -> None:
    @handles("ragged", f"math.reduce_{kind}")
    def handler(function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        value, axis, keepdims = _given(function, args, kwargs)
        return over(value, axis, keepdims, kind)


for _kind in _KINDS:
    _register(_kind)


@handles("ragged", "math.reduce_mean")
def _mean(function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    return mean(*_given(function, args, kwargs))


@handles("ragged", "math.reduce_variance")
def _variance(function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    return variance(*_given(function, args, kwargs))


@handles("ragged", "math.reduce_std")
def _std(function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    found = variance(*_given(function, args, kwargs))
    if isinstance(found, RaggedTensor):
        return found.with_flat_values(made(tensor(found.flat_values).sqrt()))
    return made(tensor(found).sqrt())


def _register_segments(kind: str) -> None:
    @handles("ragged", f"math.unsorted_segment_{kind}")
    def handler(function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        data, ids, count = _segment_arguments(function, args, kwargs)
        return segments(data, ids, count, kind)


for _kind in ("sum", "prod", "max", "min"):
    _register_segments(_kind)


def _segment_arguments(
    function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]
) -> tuple[Any, Integers, int]:
    given = bound(function, args, kwargs)
    data, ids, count = given["data"], given["segment_ids"], int(given["num_segments"])
    if isinstance(ids, RaggedTensor):
        return data.flat_values, np.asarray(ids.flat_values).astype(np.int64), count
    return data, np.asarray(as_host(ids)).astype(np.int64), count


def _averaged(root: bool) -> Callable[..., Any]:
    def handler(function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        data, ids, count = _segment_arguments(function, args, kwargs)
        total = segments(data, ids, count, "sum")
        flat = data.flat_values if isinstance(data, RaggedTensor) else data
        ones = made(torch.ones_like(tensor(flat)).detach())
        counts = segments(data.with_flat_values(ones) if isinstance(data, RaggedTensor) else ones, ids, count, "sum")
        if isinstance(total, RaggedTensor):
            return total.with_flat_values(_divided(total.flat_values, counts.flat_values, root))
        return _divided(total, counts, root)

    return handler


def _divided(total: Any, counts: Any, root: bool) -> Any:
    number = tensor(counts)
    return made(true_divide(tensor(total), number.sqrt() if root else number))


handles("ragged", "math.unsorted_segment_mean")(_averaged(False))
handles("ragged", "math.unsorted_segment_sqrt_n")(_averaged(True))

__all__ = ["along", "mean", "over", "segments", "variance"]
