"""Ragged and sparse tensors as elements: their specs, rows and batches."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import torch

from torchkeras.core.tensor_shape import TensorShape
from torchkeras.tensorflow.convert import any_tensor
from torchkeras.tensorflow.dtypes import as_dtype
from torchkeras.tensorflow.errors import InvalidArgumentError
from torchkeras.tensorflow.ragged.ragged_tensor import RaggedTensor
from torchkeras.tensorflow.rows import chained, take
from torchkeras.tensorflow.sparse.sparse_tensor import SparseTensor
from torchkeras.tensorflow.string_tensor import StringTensor


def is_ragged(spec: Any) -> bool:
    return hasattr(spec, "ragged_rank")


def unbatched(spec: Any) -> Any:
    """The spec of a row."""
    if hasattr(spec, "_unbatched"):
        return spec._unbatched()
    shape = spec.shape[1:] if spec.shape.rank is not None else TensorShape(None)
    if is_ragged(spec):
        return type(spec)(shape, spec.dtype, max(spec.ragged_rank - 1, 0), spec.row_splits_dtype)
    return type(spec)(shape, spec.dtype)


def batched(spec: Any, size: int | None) -> Any:
    """The spec of a batch."""
    if hasattr(spec, "_batched"):
        return spec._batched(size)
    shape = TensorShape([size]).concatenate(spec.shape)
    if is_ragged(spec):
        return type(spec)(shape, spec.dtype, spec.ragged_rank + 1, spec.row_splits_dtype)
    return type(spec)(shape, spec.dtype)


# --- batches ---


def stack_dense(values: Sequence[Any]) -> Any:
    """Dense tensors of one shape as one of one dimension more."""
    if isinstance(values[0], StringTensor):
        return StringTensor(np.stack([value._array for value in values]))
    return any_tensor(torch.stack([value.as_subclass(torch.Tensor) for value in values]))


def stack_ragged(values: Sequence[Any], row_splits_dtype: Any = "int64") -> Any:
    """Tensors, ragged or of different first sizes, as a RaggedTensor of one dimension more."""
    first = values[0]
    if not isinstance(first, RaggedTensor) and not len(first.shape):
        return stack_dense(values)
    levels: list[list[np.ndarray]] = []
    for value in values:
        lengths = [_ints(part) for part in value.nested_row_lengths()] if isinstance(value, RaggedTensor) else []
        levels.append([np.array([int(value.nrows() if isinstance(value, RaggedTensor) else value.shape[0])]), *lengths])
    if len({len(level) for level in levels}) > 1:
        raise InvalidArgumentError(None, None, "Elements of different ragged rank cannot be batched.")
    flat = chained([value.flat_values if isinstance(value, RaggedTensor) else value for value in values])
    kind = as_dtype(row_splits_dtype).as_numpy_dtype
    nested = [np.concatenate(parts).astype(kind) for parts in zip(*levels)]
    return RaggedTensor.from_nested_row_lengths(flat, nested)


def _ints(value: Any) -> np.ndarray:
    return np.asarray(value.numpy() if hasattr(value, "numpy") else value)


def stack_dense_as_ragged(values: Sequence[Any], row_splits_dtype: Any) -> Any:
    """Dense tensors whose shapes may differ in any dimension, as a RaggedTensor that is ragged in all of them."""
    return stack_ragged([_all_ragged(value) for value in values], row_splits_dtype)


def _all_ragged(value: Any) -> Any:
    rank = len(value.shape)
    if rank < 2 or isinstance(value, RaggedTensor):
        return value
    kind: Any = RaggedTensor
    return kind.from_tensor(value, ragged_rank=rank - 1)


def stack_sparse(values: Sequence[Any]) -> Any:
    """SparseTensors as one of one dimension more, as large as the largest."""
    shapes = np.stack([_ints(value.dense_shape) for value in values])
    indices = [np.concatenate([np.full((len(i), 1), n), i], 1) for n, i in enumerate(_ints(v.indices) for v in values)]
    return SparseTensor(
        np.concatenate(indices).astype(np.int64),
        chained([value.values for value in values]),
        np.concatenate([[len(values)], shapes.max(axis=0)]).astype(np.int64),
    )


def stacked(values: Sequence[Any]) -> Any:
    """Ragged or sparse leaves, or extension types, as one."""
    if hasattr(values[0], "_stack_rows"):
        return values[0]._stack_rows(list(values))
    return stack_ragged(values) if isinstance(values[0], RaggedTensor) else stack_sparse(values)


def rows_of(leaf: Any, count: int) -> Iterator[Any]:
    """The rows of a leaf of any kind."""
    if isinstance(leaf, SparseTensor):
        return sparse_rows(leaf)
    if hasattr(leaf, "_row"):
        return (leaf._row(i) for i in range(count))
    return (None if leaf is None else leaf[i] for i in range(count))


def sparse_rows(value: Any) -> Iterator[Any]:
    """The rows of a SparseTensor."""
    indices, shape = _ints(value.indices), _ints(value.dense_shape)
    for row in range(int(shape[0])):
        mine = np.flatnonzero(indices[:, 0] == row)
        yield SparseTensor(indices[mine, 1:], take(value.values, mine), shape[1:])


__all__ = [
    "batched", "is_ragged", "rows_of", "stack_dense", "stack_dense_as_ragged", "stack_ragged", "stack_sparse",
    "stacked", "unbatched",
]  # fmt: skip
