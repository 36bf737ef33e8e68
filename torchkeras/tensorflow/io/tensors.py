"""Tensors as bytes, and back."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch

from torchkeras import records
from torchkeras.core.string_array import StringArray
from torchkeras.tensorflow import dtypes
from torchkeras.tensorflow.arguments import invalid
from torchkeras.tensorflow.convert import any_tensor, made
from torchkeras.tensorflow.dispatch import Composite, CompositeTensor
from torchkeras.tensorflow.io.values import dense
from torchkeras.tensorflow.operation import operation
from torchkeras.tensorflow.sparse.sparse_tensor import SparseTensor
from torchkeras.tensorflow.strings.arguments import one_text, text_result, texts
from torchkeras.tensorflow.tensor import array_of


def _serialized(value: Any) -> bytes:
    if isinstance(value, CompositeTensor):
        raise Composite
    found = any_tensor(value)
    if isinstance(found, StringArray):
        return records.serialize_tensor(found._array)
    return records.serialize_tensor(found.as_subclass(torch.Tensor))


@operation("io.serialize_tensor", "SerializeTensor")
def serialize_tensor(tensor: Any, name: str | None = None) -> Any:
    """A tensor as the bytes of a TensorProto."""
    return text_result([_serialized(tensor)], ())


@operation("io.parse_tensor", "ParseTensor")
def parse_tensor(serialized: Any, out_type: Any, name: str | None = None) -> Any:
    """The tensor in the bytes of a TensorProto.

    Args:
        out_type: the dtype it must have.
    """
    return _parsed(one_text(serialized, "ParseTensor"), dtypes.as_dtype(out_type))


def _parsed(serialized: bytes, wanted: dtypes.DType) -> Any:
    found = dense(records.parse_tensor(serialized, wanted.name))
    return made(found.as_subclass(torch.Tensor).to(wanted.torch)) if wanted.name == "bfloat16" else found


# --- sparse ones, in three parts: indices, values, shape ---


def _sparse(value: Any) -> SparseTensor:
    if not isinstance(value, SparseTensor):
        raise TypeError(f"Input must be a SparseTensor. Received: {value!r} of type {type(value).__name__}")
    return value


def _check_type(out_type: Any) -> None:
    if dtypes.as_dtype(out_type) != dtypes.string:
        raise ValueError(f"Sparse tensors are serialized as strings here. Received: out_type={out_type!r}")


def serialize_sparse(sp_input: Any, out_type: Any = dtypes.string, name: str | None = None) -> Any:
    """A sparse tensor as three texts: indices, values and shape as the bytes of TensorProtos."""
    _check_type(out_type)
    found = _sparse(sp_input)
    return text_result([_serialized(part) for part in (found.indices, found.values, found.dense_shape)], (3,))


def serialize_many_sparse(sp_input: Any, out_type: Any = dtypes.string, name: str | None = None) -> Any:
    """Each row of a sparse tensor as three texts, see `serialize_sparse`."""
    _check_type(out_type)
    found = _sparse(sp_input)
    indices, shape = array_of(found.indices), array_of(found.dense_shape)
    if len(shape) < 2:
        invalid(f"Rank of input SparseTensor should be > 1, but saw rank: {len(shape)}", "SerializeManySparse")
    parts: list[bytes] = []
    for row in range(int(shape[0])):
        mine = np.flatnonzero(indices[:, 0] == row)
        values = found.values
        chosen = values._array[mine] if isinstance(values, StringArray) else array_of(values)[mine]
        parts += [records.serialize_tensor(part) for part in (indices[mine][:, 1:], chosen, shape[1:])]
    return text_result(parts, (int(shape[0]), 3))


def deserialize_many_sparse(
    serialized_sparse: Any, dtype: Any, rank: int | None = None, name: str | None = None
) -> Any:
    """Serialized sparse tensors as one with one more axis, as large as the largest.

    Args:
        serialized_sparse: three texts in each row.
        dtype: of the values.
        rank: how many axes each has, if it is to be checked.
    """
    found, wanted = texts(serialized_sparse, "DeserializeManySparse"), dtypes.as_dtype(dtype)
    if found.ndim != 2 or found.shape[1] != 3:
        invalid(
            f"Serialized sparse should be a matrix with three columns, got {list(found.shape)}", "DeserializeManySparse"
        )
    indices, values, shapes = [], [], []
    for number, row in enumerate(found):
        places = records.parse_tensor(row[0], "int64")
        indices.append(np.concatenate([np.full((len(places), 1), number, np.int64), places], axis=1))
        values.append(records.parse_tensor(row[1], wanted.name))
        shapes.append(records.parse_tensor(row[2], "int64"))
    if len({len(shape) for shape in shapes}) > 1 or (rank is not None and shapes and len(shapes[0]) != rank):
        invalid(f"Inconsistent ranks of sparse tensors: {[len(s) for s in shapes]}", "DeserializeManySparse")
    shape = np.concatenate([[len(found)], np.max(shapes, axis=0)]).astype(np.int64)
    return SparseTensor(dense(np.concatenate(indices)), dense(np.concatenate(values)), dense(shape))
