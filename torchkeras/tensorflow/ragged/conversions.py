"""RaggedTensors from and to dense and sparse tensors, arrays and lists; how they print."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any

import numpy as np
import torch

from torchkeras.core.tensor_shape import TensorShape
from torchkeras.tensorflow import dtypes
from torchkeras.tensorflow.convert import any_tensor, made, tensor
from torchkeras.tensorflow.errors import InvalidArgumentError
from torchkeras.tensorflow.printing import _OLD
from torchkeras.tensorflow.ragged.ragged_tensor import RaggedTensor
from torchkeras.tensorflow.ragged.row_partition import RowPartition
from torchkeras.tensorflow.rows import Integers, as_integers, reshaped, shown, take
from torchkeras.tensorflow.sparse.sparse_tensor import SparseTensor
from torchkeras.tensorflow.string_tensor import StringTensor

# --- to dense ---


def coordinates(partitions: Sequence[RowPartition]) -> Integers:
    """For each flat value its index in the ragged dimensions: an array (values, dimensions)."""
    found = np.arange(partitions[0].static_nrows)[:, None]
    for partition in partitions:
        found = np.concatenate([found[partition._rowids], partition._offsets[:, None]], axis=1)
    return found


def to_tensor(self: RaggedTensor, default_value: Any = None, name: str | None = None, shape: Any = None) -> Any:
    """A dense tensor, shorter rows filled up.

    Args:
        default_value: what fills them: zero, or empty text, unless given; may have the shape of a value.
        shape: what the result is cut or filled up to, None for sizes that are to be as large as needed.
    """
    flat = self.flat_values
    partitions = self._partitions
    sizes = _wanted(self._bounds(), shape)
    depth = len(partitions) + 1
    where = coordinates(partitions)
    inside = (where < np.array(sizes[:depth])).all(axis=1)
    if not inside.all():
        flat, where = take(flat, np.flatnonzero(inside)), where[inside]
    place = np.ravel_multi_index(tuple(where.T), sizes[:depth]) if len(where) else np.zeros(0, dtype=np.int64)
    inner = tuple(flat.shape[1:])
    rows = int(np.prod(sizes[:depth]))
    filled: Any
    if isinstance(flat, StringTensor):
        filler = b"" if default_value is None else any_tensor(default_value)._array
        array = np.empty((rows, *inner), dtype=object)
        array[...] = filler
        array[place] = flat._array
        filled = StringTensor(array.reshape((*sizes[:depth], *inner)))
    else:
        plain = tensor(flat)
        if default_value is None:
            base = plain.new_zeros((rows, *inner))
        else:
            filler = tensor(default_value, plain.dtype)
            if filler.dtype != plain.dtype:
                raise ValueError(
                    f"`default_value` has dtype {dtypes.of_torch(filler.dtype).name}, the ragged tensor has "
                    f"{self.dtype.name}"
                )
            base = filler.expand((rows, *inner)).clone()
        result = base.index_put((torch.as_tensor(place, device=plain.device),), plain)
        filled = made(result.reshape((*sizes[:depth], *inner)))
    return filled if tuple(sizes) == tuple(filled.shape) else _fitted(filled, sizes, default_value)


def _wanted(bounds: list[int], shape: Any) -> list[int]:
    if shape is None:
        return bounds
    if not isinstance(shape, TensorShape):
        given = shape if isinstance(shape, (list, tuple)) else as_integers(shape, "shape")[0].tolist()
        shape = TensorShape([None if n is None or int(n) < 0 else int(n) for n in given])
    if shape.rank is None:
        return bounds
    if shape.rank != len(bounds):
        raise ValueError(f"Shape {shape} must have rank {len(bounds)}")
    return [b if n is None else n for n, b in zip(shape, bounds, strict=True)]


def _fitted(filled: Any, sizes: list[int], default_value: Any) -> Any:
    """Inner dimensions, which are the same everywhere, are cut to what was asked for."""
    if any(have < want for have, want in zip(filled.shape, sizes, strict=True)):
        raise InvalidArgumentError(
            None, None, f"The inner shape {tuple(filled.shape)} cannot be filled up to {tuple(sizes)}"
        )
    return filled[tuple(slice(0, n) for n in sizes)]


def numpy(self: RaggedTensor) -> np.ndarray:
    """The values as an array: one of objects, a row each, unless all rows are of one length."""
    values = self._values.numpy()
    splits = self._partition._splits
    rows = [values[a:b] for a, b in itertools.pairwise(splits)]
    if not rows:
        return np.array([], dtype=values.dtype)
    if len({len(row) for row in rows}) == 1:
        return np.array(rows)
    held = np.empty(len(rows), dtype=object)
    for i, row in enumerate(rows):
        held[i] = row
    return held


def to_list(self: RaggedTensor) -> list[Any]:
    """The values as nested lists."""
    values = self._values.to_list() if isinstance(self._values, RaggedTensor) else self._values.numpy().tolist()
    splits = self._partition._splits.tolist()
    return [values[a:b] for a, b in itertools.pairwise(splits)]


def _as_text(value: Any) -> str:
    if not isinstance(value, np.ndarray):
        return str(value)
    return np.array2string(value, separator=", ") if value.size else repr(value.tolist())


def representation(self: RaggedTensor) -> str:
    """`<tf.RaggedTensor [[1, 2], [3]]>`."""
    with np.printoptions(formatter={"all": _as_text}, **_OLD):  # type: ignore[arg-type]
        return f"<tf.RaggedTensor {_as_text(self.numpy())}>"


# --- to sparse ---


def to_sparse(self: RaggedTensor, name: str | None = None) -> SparseTensor:
    """The values with their indices."""
    flat = self.flat_values
    where = coordinates(self._partitions)
    inner = tuple(flat.shape[1:])
    if inner:
        many = int(np.prod(inner))
        places = np.array(np.unravel_index(np.arange(many), inner)).T
        where = np.concatenate([np.repeat(where, many, axis=0), np.tile(places, (len(where), 1))], axis=1)
        flat = reshaped(flat, (-1,) if len(where) else (0,))
    return SparseTensor(shown(where), flat, shown(np.array(self._bounds())))


# --- from dense and sparse ---


def from_tensor(
    tensor: Any,
    lengths: Any = None,
    padding: Any = None,
    ragged_rank: int = 1,
    name: str | None = None,
    row_splits_dtype: Any = dtypes.int64,
) -> RaggedTensor:
    """A dense tensor's rows.

    Args:
        tensor: of rank 2 or more.
        lengths: how much of each row is kept; several for several ragged dimensions.
        padding: a value that is left out at the ends of rows.
        ragged_rank: how many dimensions are to be ragged.
    """
    if lengths is not None and padding is not None:
        raise ValueError("Specify argument `lengths` or `padding`, but not both.")
    dense = any_tensor(tensor)
    if dense.shape.rank <= 1:
        raise ValueError(
            "The rank of a RaggedTensor must be greater than 1, i.e., a list of scalars won't have ragged dimensions. "
            f"Received argument `tensor` with rank {dense.shape.rank}."
        )
    if not isinstance(ragged_rank, int):
        raise TypeError(f"Argument `ragged_rank` must be an int. Received {ragged_rank!r}.")
    if ragged_rank <= 0:
        raise ValueError(f"Argument `ragged_rank` must be greater than 0. Received {ragged_rank}.")
    if ragged_rank >= dense.shape.rank:
        raise ValueError(
            f"Argument `ragged_rank` must be less than the rank of `tensor`. Received {ragged_rank} and "
            f"{dense.shape.rank}."
        )
    kind = dtypes.as_dtype(row_splits_dtype)
    if isinstance(lengths, (list, tuple)) and lengths and not isinstance(lengths[0], (int, float, np.integer)):
        return _of_nested_lengths(dense, lengths, kind)
    if ragged_rank > 1:
        # All dimensions but the innermost ragged one are full.
        shape = tuple(dense.shape)
        folded = reshaped(dense, (int(np.prod(shape[:ragged_rank])), *shape[ragged_rank:]))
        innermost = from_tensor(folded, lengths, padding, row_splits_dtype=kind)
        nested: RaggedTensor = RaggedTensor._nested(innermost, RowPartition._of_dense(shape[:ragged_rank], kind))
        return nested
    rows, width = int(dense.shape[0]), int(dense.shape[1])
    values = reshaped(dense, (rows * width, *dense.shape[2:]))
    if padding is not None:
        sizes = _unpadded(dense, padding)
    elif lengths is not None:
        sizes = np.clip(as_integers(lengths, "lengths")[0], 0, width)
        if sizes.shape != (rows,):
            raise ValueError(f"Argument `lengths` must have shape ({rows},), got {sizes.shape}.")
    else:
        return RaggedTensor._of(values, RowPartition.from_uniform_row_length(width, nrows=rows, dtype=kind))
    kept = np.flatnonzero((np.arange(width) < sizes[:, None]).reshape(-1))
    return RaggedTensor._of(take(values, kept), RowPartition._of_lengths(sizes, dtype=kind))


def _unpadded(dense: Any, padding: Any) -> Integers:
    """How much of each row comes before the padding."""
    filler = any_tensor(padding, dense.dtype) if not isinstance(padding, torch.Tensor) else padding
    if tuple(filler.shape) != tuple(dense.shape[2:]):
        raise ValueError(
            f"Argument `padding` must have shape `tensor.shape[2:]`. Received {filler.shape} and {dense.shape[2:]}."
        )
    same = np.asarray(dense.numpy() == filler.numpy())
    kept = ~same.reshape(*same.shape[:2], -1).all(axis=2)
    ends: Integers = (kept * np.arange(1, kept.shape[1] + 1)).max(axis=1, initial=0)
    return ends


def _of_nested_lengths(dense: Any, lengths: Sequence[Any], kind: dtypes.DType) -> RaggedTensor:
    nested = [as_integers(one, "lengths")[0] for one in lengths]
    shape = tuple(dense.shape)
    depth = len(nested)
    flat = reshaped(dense, (int(np.prod(shape[: depth + 1])), *shape[depth + 1 :]))
    partitions = [RowPartition._of_lengths(one, dtype=kind) for one in nested]
    where = coordinates(partitions)
    place = np.ravel_multi_index(tuple(where.T), shape[: depth + 1])
    return RaggedTensor._nested(take(flat, place), partitions)


def of_depth(value: Any, depth: int) -> RaggedTensor:
    """A tensor with at least so many dimensions as rows: dense ones become uniform rows."""
    if not isinstance(value, RaggedTensor):
        return from_tensor(value, ragged_rank=depth)
    missing = depth - value.ragged_rank
    return value.with_flat_values(from_tensor(value.flat_values, ragged_rank=missing)) if missing > 0 else value


def from_sparse(st_input: Any, name: str | None = None, row_splits_dtype: Any = dtypes.int64) -> RaggedTensor:
    """The rows of a sparse matrix whose values fill each row from its start."""
    if not isinstance(st_input, SparseTensor):
        raise TypeError(f"Argument `st_input` must be of type SparseTensor, but is of type {type(st_input).__name__}.")
    indices = st_input._where
    if len(st_input._sizes) != 2:
        raise ValueError(f"Shape {tuple(st_input._sizes)} must have rank 2")
    rows, columns = indices[:, 0], indices[:, 1]
    partition = RowPartition.from_value_rowids(
        rows, nrows=int(st_input._sizes[0]), validate=False, dtype=row_splits_dtype
    )
    if not np.array_equal(partition._offsets, columns) or (np.diff(rows) < 0).any():
        raise InvalidArgumentError(
            None, None, f"SparseTensor is not right-ragged\nSparseTensor.indices =\n{indices.tolist()}"
        )
    return RaggedTensor._of(st_input.values, partition)


RaggedTensor.to_tensor, RaggedTensor.to_sparse = to_tensor, to_sparse
RaggedTensor.to_list, RaggedTensor.numpy = to_list, numpy
RaggedTensor.from_tensor, RaggedTensor.from_sparse = staticmethod(from_tensor), staticmethod(from_sparse)
for _name in ("__repr__", "__str__"):
    setattr(RaggedTensor, _name, representation)

__all__ = ["coordinates", "from_sparse", "from_tensor", "numpy", "of_depth", "to_list", "to_sparse", "to_tensor"]
