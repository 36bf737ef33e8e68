"""Examples as arrays: what is behind `tf.io.parse_example` and its like.

What comes out is NumPy's: dense features as arrays (strings as arrays of bytes objects), sparse ones as SparseValues,
ragged ones as RaggedValues. Who wants tensors makes them of these.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple

import numpy as np

from torchkeras.core.op_errors import InvalidArgumentError
from torchkeras.core.string_array import text_vector
from torchkeras.records.arrays import as_array
from torchkeras.records.feature_specs import (
    FixedLenFeature,
    FixedLenSequenceFeature,
    RaggedFeature,
    SparseFeature,
    VarLenFeature,
    type_name,
)
from torchkeras.records.feature_values import Located, Values
from torchkeras.records.partitions import RaggedValues, joined, ragged

#: TensorFlow's order in the result.
_ORDER = (VarLenFeature, (FixedLenFeature, FixedLenSequenceFeature), RaggedFeature, SparseFeature)
_SHORT = {"float32": "float", "int64": "int64", "string": "string"}


class SparseValues(NamedTuple):
    """A sparse tensor: int64 indices of shape (n, rank), values, and its shape as int64."""

    indices: np.ndarray
    values: np.ndarray
    dense_shape: np.ndarray


def parse_example(serialized: Any, features: Mapping[str, Any]) -> dict[str, Any]:
    """The features of a batch of serialized Examples, by name.

    Args:
        serialized: a list or vector of bytes; a single one is parsed as `parse_single_example` does.
        features: for each name a FixedLenFeature, VarLenFeature, FixedLenSequenceFeature, SparseFeature or
            RaggedFeature.
    """
    _check(features)
    batch = _serialized(serialized)
    if batch.ndim > 1:
        raise InvalidArgumentError(
            None, None, f"Expected serialized to be a scalar or vector, got shape: {list(batch.shape)}"
        )
    if batch.ndim == 0:
        return parse_single_example(batch[()], features)
    located = [Located(example) for example in batch]
    return {name: _batched(located, name, features[name]) for name in _ordered(features)}


def parse_single_example(serialized: Any, features: Mapping[str, Any]) -> dict[str, Any]:
    """The features of one serialized Example, by name."""
    _check(features)
    located = Located(bytes_of(serialized))
    return {name: _single(located, name, features[name]) for name in _ordered(features)}


def _single(located: Located, name: str, spec: Any) -> Any:
    if isinstance(spec, FixedLenFeature):
        return _fixed(located, name, spec, f"Key: {name}.")
    dtype = type_name(spec, name)
    if isinstance(spec, VarLenFeature):
        return sparse([_typed(located, name, dtype, f"Key: {name}.")], dtype, squeeze=True)
    if isinstance(spec, FixedLenSequenceFeature):
        return _steps(_typed(located, name, dtype, f"Key: {name}."), spec, dtype, f"Key: {name}.")
    if isinstance(spec, RaggedFeature):
        return ragged(lambda key, kind: _typed(located, key, kind, f"Key: {key}."), name, spec, dtype)
    return _sparse_feature([located], spec, dtype, single=True)


def _batched(located: Sequence[Located], name: str, spec: Any) -> Any:
    def where(index: int) -> str:
        return f"Name: <unknown>, Key: {name}, Index: {index}."

    if isinstance(spec, FixedLenFeature):
        shape = [int(size) for size in spec.shape]
        rows = [_fixed(example, name, spec, where(i)) for i, example in enumerate(located)]
        return np.stack(rows) if rows else empty((0, *shape), type_name(spec, name))
    dtype = type_name(spec, name)
    if isinstance(spec, SparseFeature):
        return _sparse_feature(located, spec, dtype, single=False)
    if isinstance(spec, RaggedFeature):
        found = [ragged(partial(_row, example, i), name, spec, dtype) for i, example in enumerate(located)]
        return joined(found, dtype, len(spec.partitions))
    rows = [_row(example, i, name, dtype) for i, example in enumerate(located)]
    if isinstance(spec, VarLenFeature):
        return sparse(rows, dtype)
    return padded([_steps(row, spec, dtype, where(i)) for i, row in enumerate(rows)], spec, dtype)


# --- one feature of one example ---


def _typed(located: Located, name: str, dtype: str, where: str) -> np.ndarray:
    """The values of a feature, none where it is not there; InvalidArgumentError where they are of another type."""
    return typed(located.values(name), dtype, where)


def _row(located: Located, index: int, name: str, dtype: str) -> np.ndarray:
    return _typed(located, name, dtype, f"Name: <unknown>, Key: {name}, Index: {index}.")


def typed(found: Values | None, dtype: str, where: str) -> np.ndarray:
    if found is None:
        return empty((0,), dtype)
    kind, values = found
    if kind != dtype:
        raise InvalidArgumentError(
            None, None,
            f"{where}  Data types don't match. Expected type: {_SHORT[dtype]}, Actual type: {_SHORT[kind]}",
        )  # fmt: skip
    return text_vector(values) if dtype == "string" else values


def _fixed(located: Located, name: str, spec: FixedLenFeature, where: str) -> np.ndarray:
    dtype = type_name(spec, name)
    shape = tuple(int(size) for size in spec.shape)
    found = located.values(name)
    if found is None:
        if spec.default_value is None:
            raise InvalidArgumentError(
                None, None, f"Feature: {name} (data type: {_SHORT[dtype]}) is required but could not be found."
            )
        return _default(spec.default_value, shape, dtype)
    values = typed(found, dtype, where)
    if values.size != math.prod(shape):
        raise InvalidArgumentError(
            None, None,
            f"{where}  Number of {_SHORT[dtype]} values != expected.  Values size: {values.size} but output shape: "
            f"{list(shape)}",
        )  # fmt: skip
    return values.reshape(shape)


def _default(value: Any, shape: tuple[int, ...], dtype: str) -> np.ndarray:
    made = as_array(value)
    if made.size != math.prod(shape):
        raise InvalidArgumentError(
            None, None,
            f"Input to reshape is a tensor with {made.size} values, but the requested shape has {math.prod(shape)}: "
            f"a `default_value` has one value for each element.",
        )  # fmt: skip
    return made.astype(object if dtype == "string" else dtype).reshape(shape)


def _steps(values: np.ndarray, spec: FixedLenSequenceFeature, dtype: str, where: str) -> np.ndarray:
    shape = tuple(int(size) for size in spec.shape)
    stride = math.prod(shape)
    if stride == 0 or values.size % stride:
        raise InvalidArgumentError(
            None, None,
            f"{where}  Number of {_SHORT[dtype]} values is not a multiple of stride length. Saw {values.size} values "
            f"but output shape is: {list(shape)}",
        )  # fmt: skip
    return values.reshape(-1, *shape)


# --- several together ---


def sparse(rows: Sequence[np.ndarray], dtype: str, squeeze: bool = False) -> SparseValues:
    """Rows of any length as a sparse matrix; of one row as a sparse vector if `squeeze`."""
    lengths = np.array([len(row) for row in rows], np.int64)
    longest = int(lengths.max()) if len(rows) else 0
    columns = np.concatenate([np.arange(n, dtype=np.int64) for n in lengths]) if len(rows) else np.zeros(0, np.int64)
    values = np.concatenate(rows) if len(rows) else empty((0,), dtype)
    if squeeze:
        return SparseValues(columns[:, None], values, np.array([longest], np.int64))
    indices = np.stack([np.repeat(np.arange(len(rows), dtype=np.int64), lengths), columns], axis=1)
    return SparseValues(indices, values, np.array([len(rows), longest], np.int64))


def padded(rows: Sequence[np.ndarray], spec: FixedLenSequenceFeature, dtype: str) -> np.ndarray:
    """Sequences of any length as one array, filled up to the longest."""
    longest = max((len(row) for row in rows), default=0)
    made = empty((len(rows), longest, *(int(size) for size in spec.shape)), dtype)
    if spec.default_value is not None:
        made[...] = as_array(spec.default_value).reshape(-1)[0]
    for place, row in zip(made, rows):
        place[: len(row)] = row
    return made


def _sparse_feature(located: Sequence[Located], spec: SparseFeature, dtype: str, single: bool) -> SparseValues:
    keys = [spec.index_key] if isinstance(spec.index_key, str) else list(spec.index_key)
    sizes = [spec.size] if isinstance(spec.index_key, str) else list(spec.size)
    if len(keys) != len(sizes):
        raise ValueError(f"A SparseFeature needs one size for each index_key. Received: {keys} and {sizes}")
    all_indices, all_values = [], []
    for i, example in enumerate(located):
        where = f"Name: <unknown>, Key: {spec.value_key}, Index: {i}."
        values = _typed(example, spec.value_key, dtype, where)
        columns = [_typed(example, key, "int64", where) for key in keys]
        if any(len(column) != len(values) for column in columns):
            raise InvalidArgumentError(
                None,
                None,
                f"{where}  A SparseFeature has {len(values)} values, and {[len(c) for c in columns]} indices.",
            )
        indices = np.stack(columns, axis=1)
        if not spec.already_sorted:
            order = np.lexsort(indices.T[::-1])
            indices, values = indices[order], values[order]
        all_indices.append(np.concatenate([np.full((len(values), 1), i, np.int64), indices], axis=1))
        all_values.append(values)
    rank = len(keys) + 1
    indices = np.concatenate(all_indices) if located else np.zeros((0, rank), np.int64)
    values = np.concatenate(all_values) if located else empty((0,), dtype)
    if single:
        return SparseValues(indices[:, 1:], values, np.array(sizes, np.int64))
    return SparseValues(indices, values, np.array([len(located), *sizes], np.int64))


# --- arguments ---


def empty(shape: tuple[int, ...], dtype: str) -> np.ndarray:
    """Zeros, or empty strings."""
    return np.full(shape, b"", object) if dtype == "string" else np.zeros(shape, dtype)


def _ordered(features: Mapping[str, Any]) -> list[str]:
    return [name for kinds in _ORDER for name in sorted(features) if isinstance(features[name], kinds)]


def _check(features: Any) -> None:
    if features is None:
        raise ValueError("Invalid argument: features cannot be None.")
    if not features:
        raise ValueError("Invalid argument: features cannot be empty.")
    for name, spec in features.items():
        if isinstance(spec, FixedLenFeature):
            if any(size is None for size in spec.shape):
                raise ValueError(
                    f"First dimension of shape for feature {name} unknown. Consider using FixedLenSequenceFeature. "
                    f"Received feature={spec}."
                )
        elif isinstance(spec, FixedLenSequenceFeature):
            if not spec.allow_missing:
                raise ValueError("Unsupported: FixedLenSequenceFeature requires allow_missing to be True.")
        elif not isinstance(spec, (VarLenFeature, RaggedFeature, SparseFeature)):
            raise TypeError(
                f"Unsupported {type(spec).__name__} {spec!r} for feature {name!r}. Expected a FixedLenFeature, "
                f"VarLenFeature, FixedLenSequenceFeature, SparseFeature or RaggedFeature."
            )


def _serialized(value: Any) -> np.ndarray:
    found = as_array(value)
    if found.dtype != object:
        if not found.size:
            return found.astype(object)
        raise TypeError(f"Expected serialized Examples, bytes. Received values of dtype {found.dtype}.")
    return found


def bytes_of(value: Any) -> bytes:
    """One serialized message, whatever it is given as."""
    found = _serialized(value)
    if found.ndim:
        raise ValueError(f"Input serialized must be a scalar. Received shape {found.shape}: use `parse_example`.")
    single: Any = found[()]
    return bytes(single)


__all__ = ["RaggedValues", "SparseValues", "parse_example", "parse_single_example"]
