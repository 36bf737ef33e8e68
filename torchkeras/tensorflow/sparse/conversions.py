"""Sparse tensors from and to dense ones."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import torch

from torchkeras.tensorflow import dtypes
from torchkeras.tensorflow.arguments import invalid
from torchkeras.tensorflow.convert import any_tensor, made, tensor
from torchkeras.tensorflow.operation import operation
from torchkeras.tensorflow.sparse.parts import as_sparse, in_order, index_on, of_host
from torchkeras.tensorflow.sparse.sparse_tensor import SparseTensor
from torchkeras.tensorflow.string_tensor import StringTensor


@operation("sparse.from_dense", "Where")
def from_dense(tensor: Any, name: str | None = None) -> SparseTensor:
    """The values of a dense tensor that are not zero, or not empty text."""
    dense = any_tensor(tensor)
    if not dense.shape.rank:
        invalid("WhereOp : Unhandled input dimensions: 0", "Where")
    if isinstance(dense, StringTensor):
        where = np.argwhere(dense._array != b"").astype(np.int64)
        return of_host(where, StringTensor(dense._array[tuple(where.T)]), dense.shape)
    plain = _plain(dense)
    places = plain.nonzero()
    return of_host(places.cpu().numpy(), made(plain[tuple(places.T)]), plain.shape)


def _plain(value: Any) -> torch.Tensor:
    return tensor(value)


@operation("sparse.to_dense", "SparseToDense")
def to_dense(sp_input: Any, default_value: Any = None, validate_indices: bool = True, name: str | None = None) -> Any:
    """The whole tensor.

    Args:
        sp_input: a SparseTensor.
        default_value: what stands where no value is; zero or empty text unless given.
        validate_indices: whether indices must be in order and without repetition.
    """
    sparse = as_sparse(sp_input)
    where, sizes = sparse._where, sparse._sizes
    _check(where, sizes, validate_indices)
    place = np.ravel_multi_index(tuple(where.T), sizes) if len(where) else np.zeros(0, dtype=np.int64)
    values = sparse.values
    if isinstance(values, StringTensor):
        array = np.empty(math.prod(sizes), dtype=object)
        array[:] = b"" if default_value is None else any_tensor(default_value, dtypes.string)._array
        array[place] = values._array
        return StringTensor(array.reshape(sizes))
    plain = tensor(values)
    filler = 0 if default_value is None else tensor(default_value, plain.dtype)
    if isinstance(filler, torch.Tensor) and filler.dtype is not plain.dtype:
        raise ValueError(
            f"Tensor conversion requested dtype {dtypes.of_torch(plain.dtype).name} for Tensor with dtype "
            f"{dtypes.of_torch(filler.dtype).name}"
        )
    if isinstance(filler, torch.Tensor) and filler.dim():
        invalid(f"default_value should be a scalar, got a tensor of shape {tuple(filler.shape)}", "SparseToDense")
    base = plain.new_full((math.prod(sizes),), filler.item() if isinstance(filler, torch.Tensor) else filler)
    return made(base.index_put((index_on(place, plain),), plain).reshape(sizes))


def _check(where: np.ndarray, sizes: list[int], in_order: bool) -> None:
    outside = ((where < 0) | (where >= np.array(sizes, dtype=np.int64))).any(axis=1)
    if outside.any():
        number = int(np.flatnonzero(outside)[0])
        invalid(
            f"indices[{number}] = {_said(where[number])} is out of bounds: need 0 <= index < {_said(sizes)}",
            "SparseToDense",
        )
    if not in_order or len(where) < 2:
        return
    place = np.ravel_multi_index(tuple(where.T), sizes)
    wrong = np.flatnonzero(np.diff(place) <= 0)
    if len(wrong):
        number = int(wrong[0]) + 1
        if place[number] == place[number - 1]:
            invalid(f"indices[{number}] = {_said(where[number])} is repeated", "SparseToDense")
        invalid(
            f"indices[{number}] = {_said(where[number])} is out of order. Many sparse ops require sorted indices.\n"
            f"    Use `tf.sparse.reorder` to create a correctly ordered copy.\n\n",
            "SparseToDense",
        )


def _said(index: Any) -> str:
    return f"[{','.join(str(int(n)) for n in index)}]"


@operation("sparse.reorder", "SparseReorder")
def reorder(sp_input: Any, name: str | None = None) -> SparseTensor:
    """The same tensor with its indices in the order of rows."""
    sparse = as_sparse(sp_input)
    return in_order(sparse._where, sparse.values, sparse._sizes)


@operation("sparse.to_indicator", "SparseToIndicator")
def to_indicator(sp_input: Any, vocab_size: Any, name: str | None = None) -> Any:
    """Booleans that say which numbers each row has: the last dimension becomes `vocab_size`.

    Args:
        sp_input: a SparseTensor of integers from 0 up to `vocab_size`.
        vocab_size: how many different numbers there may be.
    """
    sparse = as_sparse(sp_input)
    size = int(vocab_size)
    numbers = tensor(sparse.values).cpu().numpy().astype(np.int64)
    if ((numbers < 0) | (numbers >= size)).any():
        invalid(f"the values must be in [0, {size}), got {numbers.tolist()}", "SparseToIndicator")
    shape = [*sparse._sizes[:-1], size]
    found = np.zeros(shape, dtype=bool)
    found[(*sparse._where[:, :-1].T, numbers)] = True
    return made(torch.from_numpy(found))


@operation("sparse.eye", "SparseEye")
def eye(num_rows: Any, num_columns: Any = None, dtype: Any = dtypes.float32, name: str | None = None) -> SparseTensor:
    """Ones on the diagonal."""
    rows = int(num_rows)
    columns = rows if num_columns is None else int(num_columns)
    steps = np.arange(min(rows, columns), dtype=np.int64)
    ones = torch.ones(len(steps), dtype=dtypes.torch_of(dtype))
    return of_host(np.stack([steps, steps], axis=1), made(ones), [rows, columns])


__all__ = ["eye", "from_dense", "reorder", "to_dense", "to_indicator"]
