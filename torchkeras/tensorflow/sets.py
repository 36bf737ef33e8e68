"""tf.sets: rows of the last axis as sets."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from torchkeras.tensorflow.arguments import invalid
from torchkeras.tensorflow.convert import any_tensor
from torchkeras.tensorflow.sparse.sparse_tensor import SparseTensor

_TYPES = ("int8", "int16", "int32", "int64", "uint8", "uint16", "string")


def _rows(value: Any) -> tuple[dict[tuple[int, ...], set[Any]], tuple[int, ...], Any]:
    """The sets by their place, the shape of the places, and the dtype."""
    found: dict[tuple[int, ...], set[Any]] = {}
    if isinstance(value, SparseTensor):
        shape = tuple(int(n) for n in np.asarray(value.dense_shape.numpy()))
        for place, item in zip(value.indices.numpy().tolist(), value.values.numpy().tolist(), strict=True):
            found.setdefault(tuple(place[:-1]), set()).add(item)
        return found, shape[:-1], value.values.dtype
    tensor = any_tensor(value)
    array = np.asarray(tensor.numpy())
    if array.ndim < 2:
        invalid(f"Shape {list(array.shape)} has rank {array.ndim} < 2", "DenseToDenseSetOperation")
    for place in np.ndindex(*array.shape[:-1]):
        found[place] = set(array[place].tolist())
    return found, array.shape[:-1], tensor.dtype


def _combined(a: Any, b: Any, combine: Callable[[set[Any], set[Any]], set[Any]]) -> SparseTensor:
    first, shape, dtype = _rows(a)
    second, other, second_dtype = _rows(b)
    for name, kind in (("a", dtype), ("b", second_dtype)):
        if kind.name not in _TYPES:
            raise TypeError(f"'{name}' has invalid dtype `{kind}` not in supported dtypes: {', '.join(_TYPES)}.")
    if dtype != second_dtype:
        raise TypeError(f"Types don't match, {dtype} vs {second_dtype}.")
    if shape != other:
        invalid(f"Mismatched shapes {list(shape)} vs {list(other)}", "DenseToDenseSetOperation")
    indices: list[tuple[int, ...]] = []
    values: list[Any] = []
    largest = 0
    for place in np.ndindex(*shape):
        row = sorted(combine(first.get(place, set()), second.get(place, set())))
        indices += [(*place, i) for i in range(len(row))]
        values += row
        largest = max(largest, len(row))
    at = np.array(indices, dtype=np.int64).reshape(len(indices), len(shape) + 1)
    return SparseTensor(at, any_tensor(values, dtype), np.array([*shape, largest], dtype=np.int64))


def intersection(a: Any, b: Any, validate_indices: bool = True) -> SparseTensor:
    """What is in both, for each row of the last axis.

    Args:
        a, b: tensors or SparseTensors of integers or texts, of the same shape up to the last axis.
        validate_indices: accepted.
    """
    return _combined(a, b, set.intersection)


def union(a: Any, b: Any, validate_indices: bool = True) -> SparseTensor:
    """What is in either, for each row of the last axis; arguments as for `intersection`."""
    return _combined(a, b, set.union)


def difference(a: Any, b: Any, aminusb: bool = True, validate_indices: bool = True) -> SparseTensor:
    """What is in a and not in b, or the other way round without `aminusb`; arguments as for `intersection`."""
    return _combined(a, b, set.difference) if aminusb else _combined(b, a, set.difference)


def size(a: Any, validate_indices: bool = True) -> Any:
    """How many different values are in each row of the last axis of a SparseTensor."""
    if not isinstance(a, SparseTensor):
        raise TypeError(f"Expected `SparseTensor`, got {a}.")
    found, shape, _ = _rows(a)
    counts = np.zeros(shape, dtype=np.int32)
    for place, row in found.items():
        counts[place] = len(row)
    return any_tensor(counts)


__all__ = ["difference", "intersection", "size", "union"]
