"""Dimensions of ragged tensors put in, taken out, counted: expand_dims, squeeze, reshape, size, rank, shape."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from torchkeras.tensorflow import dtypes
from torchkeras.tensorflow.dispatch import bound, handles
from torchkeras.tensorflow.errors import InvalidArgumentError
from torchkeras.tensorflow.ragged.dynamic_shape import DynamicRaggedShape
from torchkeras.tensorflow.ragged.ragged_tensor import RaggedTensor
from torchkeras.tensorflow.ragged.row_partition import RowPartition
from torchkeras.tensorflow.rows import as_integer, as_integers, reshaped, shown


def expand_dims(value: Any, axis: int) -> Any:
    """A dimension of size 1 put in at an axis from 0."""
    if not isinstance(value, RaggedTensor):
        shape = tuple(value.shape)
        return reshaped(value, (*shape[:axis], 1, *shape[axis:]))
    if axis == 0:
        return RaggedTensor._of(value, RowPartition.from_uniform_row_length(value.shape[0], nrows=1))
    if axis == 1:
        return RaggedTensor._of(value, RowPartition.from_uniform_row_length(1, nrows=value.shape[0]))
    return value.with_values(expand_dims(value._values, axis - 1))


@handles("ragged", "expand_dims")
def _expand_dims(function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    given = bound(function, args, kwargs)
    value = next(iter(given.values()))
    rank = value.shape.rank + 1
    axis = as_integer(given["axis"], "axis")
    if not -rank <= axis < rank:
        raise ValueError(f"axis={axis} out of bounds: expected {-rank}<=axis<{rank}")
    return expand_dims(value, axis % rank)


@handles("ragged", "squeeze")
def _squeeze(function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    given = bound(function, args, kwargs)
    value = next(iter(given.values()))
    axis = given.get("axis")
    if axis is None:
        raise ValueError("Ragged.squeeze must have an axis argument.")
    axes = [axis] if isinstance(axis, int) else list(axis)
    rank = value.shape.rank
    for one in axes:
        if not -rank <= one < rank:
            raise ValueError(f"axis={one} out of bounds: expected {-rank}<=axis<{rank}")
    for one in sorted({one % rank for one in axes}, reverse=True):
        value = _squeezed(value, one)
    return value


def _squeezed(value: Any, axis: int) -> Any:
    if not isinstance(value, RaggedTensor):
        shape = tuple(value.shape)
        _check_one(shape[axis] == 1, axis)
        return reshaped(value, (*shape[:axis], *shape[axis + 1 :]))
    if axis == 0:
        _check_one(value._partition.static_nrows == 1, axis)
        return value._values
    if axis == 1:
        _check_one(bool((value._partition._lengths == 1).all()), axis)
        return value._values
    return value.with_values(_squeezed(value._values, axis - 1))


def _check_one(holds: bool, axis: int) -> None:
    if not holds:
        raise InvalidArgumentError(None, None, f"the given axis (axis = {axis}) is not squeezable!")


@handles("ragged", "size")
def _size(function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    given = bound(function, args, kwargs)
    return shown(np.int64(np.prod(given["input"].flat_values.shape)), given.get("out_type") or dtypes.int32)


@handles("ragged", "rank")
def _rank(function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    return shown(np.int64(bound(function, args, kwargs)["input"].shape.rank), dtypes.int32)


@handles("ragged", "shape")
def _shape(function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    given = bound(function, args, kwargs)
    return DynamicRaggedShape.from_tensor(given["input"], dtype=given.get("out_type") or dtypes.int32)


@handles("ragged", "reshape")
def _reshape(function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """All dimensions that the new shape covers are dense: the values must fill it."""
    given = bound(function, args, kwargs)
    value, shape = given["tensor"], given["shape"]
    flat = value.flat_values if isinstance(value, RaggedTensor) else value
    if isinstance(shape, DynamicRaggedShape):
        return shape._around(flat)
    return function(flat, as_integers(shape, "shape")[0].tolist())


# --- functions that are given a ragged shape ---


@handles("ragged_shape", "reshape")
def _reshape_to(function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    given = bound(function, args, kwargs)
    shape: DynamicRaggedShape = given["shape"]
    return shape._around(function(given["tensor"], [-1]))


def _filled(function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """zeros, ones, fill and random numbers: their flat values have a dense shape."""
    given = bound(function, args, kwargs)
    name = next(name for name, value in given.items() if isinstance(value, DynamicRaggedShape))
    shape: DynamicRaggedShape = given[name]
    return shape._around(function(**given | {name: [shape._flat_count, *shape._inner[1:]]}))


handles("ragged_shape", "zeros", "ones", "fill", "random.uniform", "random.normal", "random.truncated_normal")(_filled)


@handles("ragged_shape", "size")
def _size_of_shape(function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    raise ValueError("A DynamicRaggedShape is no tensor; its `rank` says how many dimensions there are.")


__all__ = ["expand_dims"]
