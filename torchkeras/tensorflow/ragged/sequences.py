"""Functions along the rows of ragged tensors: cumsum, softmax, reverse, one_hot, split, dropout, bincount, matmul."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import numpy as np
import torch

from torchkeras.tensorflow.convert import made, tensor
from torchkeras.tensorflow.dispatch import bound, handles
from torchkeras.tensorflow.errors import InvalidArgumentError
from torchkeras.tensorflow.ragged.conversions import from_tensor
from torchkeras.tensorflow.ragged.ragged_tensor import RaggedTensor, axis_of
from torchkeras.tensorflow.ragged.reductions import segments
from torchkeras.tensorflow.ragged.row_partition import RowPartition
from torchkeras.tensorflow.rows import as_host, as_integers, as_parts, chained, reshaped, shown, take


@handles("ragged", "math.cumsum")
def _cumsum(function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    given = bound(function, args, kwargs)
    value = given["x"]
    axis = axis_of(given["axis"], value.shape.rank)
    return _summed(value, axis, given["exclusive"], given["reverse"], function)


def _summed(value: Any, axis: int, exclusive: bool, reverse: bool, function: Callable[..., Any]) -> Any:
    if not isinstance(value, RaggedTensor):
        return function(value, axis=axis, exclusive=exclusive, reverse=reverse)
    if axis > 1:
        return value.with_values(_summed(value._values, axis - 1, exclusive, reverse, function))
    if axis == 0 or isinstance(value._values, RaggedTensor):
        # Through a dense form: positions that a row lacks add nothing.
        dense = value.to_tensor()
        summed = function(dense, axis=axis, exclusive=exclusive, reverse=reverse)
        return _as_rows(summed, value)
    flat = tensor(value._values)
    starts, ends = value._partition._splits[:-1], value._partition._splits[1:]
    rows = torch.as_tensor(value._partition._rowids, device=flat.device)
    running = torch.cat([flat.new_zeros((1, *flat.shape[1:])), flat.cumsum(0, dtype=flat.dtype)])
    if reverse:
        last = running[torch.as_tensor(ends, device=flat.device)][rows]
        found = last - (running[1:] if exclusive else running[:-1])
    else:
        first = running[torch.as_tensor(starts, device=flat.device)][rows]
        found = (running[:-1] if exclusive else running[1:]) - first
    return value.with_values(made(found))


def _as_rows(dense: Any, like: RaggedTensor) -> Any:
    nested = from_tensor(dense, lengths=[shown(one._lengths) for one in like._partitions])
    return like.with_flat_values(nested.flat_values)


@handles("ragged", "nn.softmax", "nn.log_softmax")
def _softmax(function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    given = bound(function, args, kwargs)
    value = given["logits"]
    axis = axis_of(-1 if given.get("axis") is None else given["axis"], value.shape.rank)
    if axis > value.ragged_rank:
        return value.with_flat_values(function(value.flat_values, axis=axis - value.ragged_rank))
    if axis != value.ragged_rank:
        raise ValueError(f"{function.__name__} of a ragged tensor goes along its last ragged dimension, or behind it.")
    partition = value._partitions[-1]
    flat = tensor(value.flat_values)
    rows = torch.as_tensor(partition._rowids, device=flat.device)
    greatest = tensor(segments(made(flat.detach()), partition._rowids, partition.static_nrows, "max"))
    shifted = flat - greatest[rows]
    total = tensor(segments(made(shifted.exp()), partition._rowids, partition.static_nrows, "sum"))[rows]
    result = shifted - total.log() if function.__name__ == "log_softmax" else shifted.exp() / total
    return value.with_flat_values(made(result))


@handles("ragged", "reverse")
def _reverse(function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    given = bound(function, args, kwargs)
    value = next(iter(given.values()))
    axes = given["axis"]
    axes = [axes] if isinstance(axes, int) else as_integers(axes, "axis")[0].reshape(-1).tolist()
    for axis in axes:
        keys: list[Any] = [slice(None)] * axis_of(axis, value.shape.rank)
        value = value[(*keys, slice(None, None, -1))]
    return value


@handles("ragged", "one_hot")
def _one_hot(function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    given = bound(function, args, kwargs)
    value = given["indices"]
    if given.get("axis") not in (None, -1, value.shape.rank):
        if axis_of(given["axis"], value.shape.rank + 1) <= value.ragged_rank:
            raise ValueError("Argument `axis` must be greater than indices.ragged_rank.")
        given["axis"] = axis_of(given["axis"], value.shape.rank + 1) - value.ragged_rank
    elif given.get("axis") is not None:
        given["axis"] = -1
    return value.with_flat_values(function(**given | {"indices": value.flat_values}))


@handles("ragged", "split")
def _split(function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    given = bound(function, args, kwargs)
    value, sizes = given["value"], given["num_or_size_splits"]
    axis = axis_of(given["axis"], value.shape.rank)
    total = value.shape[axis]
    if total is None:
        raise ValueError(f"Cannot split a ragged dimension. Got `value` with shape {value.shape} and `axis` {axis}.")
    if np.ndim(as_host(sizes)) == 0:
        many = int(sizes)
        if many <= 0 or total % many:
            raise InvalidArgumentError(
                None, None, f"Cannot exactly split axis {axis} of size {total} into {many} parts"
            )
        lengths = [total // many] * many
    else:
        lengths = as_integers(sizes)[0].tolist()
        if -1 in lengths:
            lengths[lengths.index(-1)] = total - sum(n for n in lengths if n != -1)
        if sum(lengths) != total or min(lengths, default=0) < 0:
            raise InvalidArgumentError(
                None, None, f"The sizes {lengths} must add up to {total}, the size of axis {axis}"
            )
    ends = np.cumsum(lengths)
    before = (slice(None),) * axis
    return [value[(*before, slice(int(end) - n, int(end)))] for n, end in zip(lengths, ends, strict=True)]


@handles("ragged", "nn.dropout", "nn.experimental.stateless_dropout")
def _dropout(function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    given = bound(function, args, kwargs)
    if given.get("noise_shape") is not None:
        raise ValueError("noise_shape is not supported yet for RaggedTensor x")
    return given["x"].with_flat_values(function(**given | {"x": given["x"].flat_values}))


@handles("ragged", "math.bincount")
def _bincount(function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    given = bound(function, args, kwargs)
    value, weights = given["arr"], given.get("weights")
    flat_weights = weights.flat_values if isinstance(weights, RaggedTensor) else weights
    if given.get("axis") is None or given["axis"] == 0:
        return function(**given | {"arr": value.flat_values, "weights": flat_weights, "axis": None})
    if given["axis"] != -1:
        raise ValueError(f"Unsupported value for argument axis={given['axis']}. Only 0 and -1 are currently supported.")
    splits = value._partition._splits
    if isinstance(value._values, RaggedTensor):
        raise ValueError("tf.math.bincount takes ragged tensors of rank 2.")
    # Every row counts up to the greatest value of all.
    numbers = as_integers(value._values)[0]
    size = max(int(numbers.max(initial=-1)) + 1, int(given.get("minlength") or 0))
    if given.get("maxlength") is not None:
        size = min(size, int(given["maxlength"]))
    rows = [
        function(
            **given
            | {
                "arr": value._values[int(a) : int(b)],
                "weights": None if flat_weights is None else flat_weights[int(a) : int(b)],
                "minlength": size,
                "maxlength": size,
                "axis": None,
            }
        )
        for a, b in itertools.pairwise(splits)
    ]
    return made(torch.stack([tensor(row) for row in rows]))


@handles("ragged", "linalg.matmul")
def _matmul(function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """Matrices of different numbers of rows: each pair by itself."""
    given = bound(function, args, kwargs)
    a, b = (as_parts(given[name]) for name in ("a", "b"))
    for one in (a, b):
        if isinstance(one, RaggedTensor) and one.flat_values.shape.rank == 1:
            raise InvalidArgumentError(
                None, None, "The matrices in `a` and `b` may not be ragged in their innermost dimension."
            )
    turned = given.get("transpose_a") or given.get("adjoint_a")
    if isinstance(a, RaggedTensor) and a.ragged_rank == 1 and b.shape.rank == 2 and not turned:
        return a.with_flat_values(function(**given | {"a": a.flat_values}))
    if a.shape[0] != b.shape[0]:
        raise InvalidArgumentError(None, None, f"batch sizes differ: {a.shape[0]} and {b.shape[0]} [Op:MatMul]")
    results = [function(**given | {"a": x, "b": y}) for x, y in zip(a, b, strict=True)]
    lengths = np.array([one.shape[0] for one in results], dtype=np.int64)
    return RaggedTensor._of(chained(results), RowPartition._of_lengths(lengths))


def stack_dynamic_partitions(data: Any, partitions: Any, num_partitions: Any, name: str | None = None) -> Any:
    """Rows by number: row i holds the values whose number is i, in their order.

    Args:
        data: values, dense or ragged.
        partitions: a number for each value.
        num_partitions: how many rows there are.
    """
    values, many = as_parts(data), int(num_partitions)
    if isinstance(partitions, RaggedTensor):
        if not isinstance(values, RaggedTensor):
            raise ValueError("`data` must be ragged where `partitions` is.")
        for _ in range(partitions.ragged_rank):
            values = values._values
        numbers = as_integers(partitions.flat_values)[0]
    else:
        numbers = as_integers(partitions, "partitions")[0]
    if numbers.ndim > 1:
        if isinstance(values, RaggedTensor):
            values = values.merge_dims(0, numbers.ndim - 1)
        else:
            values = reshaped(values, (numbers.size, *values.shape[numbers.ndim :]))
        numbers = numbers.reshape(-1)
    if ((numbers < 0) | (numbers >= many)).any():
        raise InvalidArgumentError(None, None, f"partitions must be in [0, {many}), got {numbers.tolist()}")
    order = np.argsort(numbers, kind="stable")
    lengths = np.bincount(numbers, minlength=many)
    return RaggedTensor._of(take(values, order), RowPartition._of_lengths(lengths))


def segment_ids_to_row_splits(
    segment_ids: Any, num_segments: Any = None, out_type: Any = None, name: str | None = None
) -> Any:
    """The splits of rows that hold the values of each number."""
    numbers, kind = as_integers(segment_ids, "segment_ids")
    partition = RowPartition.from_value_rowids(numbers, None if num_segments is None else int(num_segments))
    return shown(partition._splits, out_type or kind)


def row_splits_to_segment_ids(splits: Any, name: str | None = None, out_type: Any = None) -> Any:
    """The row of each value."""
    found, kind = as_integers(splits, "splits")
    if found.ndim != 1:
        raise ValueError(f"Shape {found.shape} must have rank 1")
    if not len(found):
        raise ValueError("Invalid row_splits: []")
    return shown(RowPartition(found)._rowids, out_type or kind)


__all__ = ["row_splits_to_segment_ids", "segment_ids_to_row_splits", "stack_dynamic_partitions"]
