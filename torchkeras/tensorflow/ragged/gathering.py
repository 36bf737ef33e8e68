"""Values of, and by, ragged tensors looked up by index: gather, gather_nd, embedding_lookup, dynamic_partition."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from torchkeras.tensorflow.dispatch import bound, handles
from torchkeras.tensorflow.errors import InvalidArgumentError
from torchkeras.tensorflow.ragged.conversions import of_depth
from torchkeras.tensorflow.ragged.ragged_tensor import RaggedTensor
from torchkeras.tensorflow.ragged.row_partition import RowPartition
from torchkeras.tensorflow.rows import (
    Integers,
    as_integer,
    as_integers,
    as_parts,
    count,
    must_agree,
    reshaped,
    shown,
    take,
)


@handles("ragged", "gather")
def _gather(function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    given = bound(function, args, kwargs)
    params, indices = as_parts(given["params"]), given["indices"]
    batch = given.get("batch_dims") or 0
    axis = given.get("axis")
    axis = batch if axis is None else as_integer(axis, "axis")
    rank = params.shape.rank
    if axis < 0:
        axis += rank
    if batch < 0:
        raise ValueError(f"batch_dims must not be negative here, got {batch}.")
    if axis < batch:
        raise ValueError(f"axis must be at least batch_dims, got {axis} and {batch}.")
    return gather(params, _indices(indices), axis, batch)


def _indices(value: Any) -> Any:
    return value if isinstance(value, RaggedTensor) else shown(*as_integers(value))


def gather(params: Any, indices: Any, axis: int, batch: int) -> Any:
    """Slices of a tensor, dense or ragged, in the order and shape of the indices."""
    if batch:
        params, indices = of_depth(params, 1), of_depth(indices, 1)
        must_agree(np.array(count(params)), np.array(count(indices)), "batch dimensions differ")
        if batch > 1 or axis > 1:
            must_agree(params._partition._splits, indices._partition._splits, "batch dimensions differ")
            return indices.with_values(gather(params._values, indices._values, axis - 1, batch - 1))
        # Index i of row r is value start(r) + i.
        return _by_row(params, indices)
    if axis:
        params = of_depth(params, 1)
        if axis == 1:
            return _columns(params, indices)
        return params.with_values(gather(params._values, indices, axis - 1, 0))
    if isinstance(indices, RaggedTensor):
        return indices.with_values(gather(params, indices._values, 0, 0))
    flat = as_integers(indices)[0]
    _check(flat.reshape(-1), count(params))
    found = take(params, flat.reshape(-1))
    return _shaped(found, flat.shape)


def _shaped(found: Any, shape: tuple[int, ...]) -> Any:
    """Rows that were taken by an index of this shape."""
    if len(shape) == 1:
        return found
    if not shape:
        return found._row(0) if isinstance(found, RaggedTensor) else found[0]
    if not isinstance(found, RaggedTensor):
        return reshaped(found, (*shape, *found.shape[1:]))
    return RaggedTensor._nested(found, RowPartition._of_dense(shape))


def _by_row(params: RaggedTensor, indices: RaggedTensor) -> Any:
    """gather with one batch dimension: each row of indices looks into the row of values of its number."""
    starts, lengths = params._partition._splits[:-1], params._partition._lengths
    inner = indices._values
    rows = indices._partition._rowids
    structure: list[RowPartition] = []
    while isinstance(inner, RaggedTensor):
        structure.append(inner._partition)
        rows = rows[inner._partition._rowids]
        inner = inner._values
    flat = as_integers(inner)[0]
    rows = rows.reshape(-1, *[1] * (flat.ndim - 1))
    limit = np.broadcast_to(lengths[rows], flat.shape)
    wrong = (flat < 0) | (flat >= limit)
    if wrong.any():
        _check(flat[wrong][:1], int(limit[wrong][0]))
    found = _shaped(take(params._values, (flat + starts[rows]).reshape(-1)), flat.shape)
    return indices.with_values(RaggedTensor._nested(found, structure))


def _columns(params: RaggedTensor, indices: Any) -> Any:
    """gather along the rows: the same indices within each of them."""
    flat = as_integers(indices)[0] if not isinstance(indices, RaggedTensor) else None
    if flat is None:
        raise ValueError("`indices` must be dense for axis=1 without batch dimensions.")
    lengths = params._partition._lengths
    if flat.size and len(lengths):
        _check(flat.reshape(-1), int(lengths.min()))
    chosen = (params._partition._splits[:-1].reshape(-1, *[1] * flat.ndim) + flat).reshape(-1)
    return _shaped(take(params._values, chosen), (len(lengths), *flat.shape))


def _check(index: Integers, size: int) -> None:
    wrong = np.flatnonzero((index < 0) | (index >= size))
    if len(wrong):
        raise InvalidArgumentError(
            None, None, f"indices[{wrong[0]}] = {index[wrong[0]]} is not in [0, {size}) [Op:RaggedGather]"
        )


@handles("ragged", "gather_nd")
def _gather_nd(function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    given = bound(function, args, kwargs)
    params, indices = as_parts(given["params"]), given["indices"]
    if given.get("batch_dims"):
        raise ValueError("tf.gather_nd of ragged tensors takes no batch_dims; use tf.gather.")
    if isinstance(indices, RaggedTensor):
        if indices.flat_values.shape.rank < 2:
            raise ValueError("`indices` must have a dense innermost dimension.")
        return indices.with_values(_gather_nd(function, (params, indices._values), {}))
    if not isinstance(params, RaggedTensor):
        return function(params, indices)
    index = as_integers(indices)[0]
    if not index.ndim:
        raise ValueError("indices must be at least rank 1; got a scalar.")
    rows = index.reshape(-1, index.shape[-1])
    return _shaped(_looked_up(params, rows), index.shape[:-1])


def _looked_up(params: Any, rows: Integers) -> Any:
    """For each row of numbers the part of a tensor that they lead to."""
    at, depth = None, rows.shape[1]
    for column in range(depth):
        if not isinstance(params, RaggedTensor):
            # What is left is dense: its remaining dimensions as one.
            rest = rows[:, column:]
            shape = tuple(params.shape)
            here = () if at is None else (at,)
            taken = len(rest.T) + (at is not None)
            index = np.ravel_multi_index((*here, *rest.T), shape[:taken])
            return take(reshaped(params, (int(np.prod(shape[:taken])), *shape[taken:])), index)
        if at is None:
            _check(rows[:, column], params._partition.static_nrows)
            at = rows[:, column]
        else:
            lengths = params._partition._lengths[at]
            wrong = (rows[:, column] < 0) | (rows[:, column] >= lengths)
            if wrong.any():
                _check(rows[wrong, column][:1], int(lengths[wrong][0]))
            at = params._partition._splits[:-1][at] + rows[:, column]
            params = params._values
    assert at is not None
    return take(params, at)


@handles("ragged", "nn.embedding_lookup")
def _embedding_lookup(function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    given = bound(function, args, kwargs)
    ids = given["ids"]
    if not isinstance(ids, RaggedTensor):
        raise ids._refused("tf.nn.embedding_lookup") if hasattr(ids, "_refused") else TypeError("params is ragged")
    return ids.with_flat_values(function(**given | {"ids": ids.flat_values}))


@handles("ragged", "dynamic_partition")
def _dynamic_partition(function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    given = bound(function, args, kwargs)
    data, numbers = given["data"], as_integers(given["partitions"])[0]
    return [take(data, np.flatnonzero(numbers == i)) for i in range(as_integer(given["num_partitions"], "n"))]


__all__ = ["gather"]
