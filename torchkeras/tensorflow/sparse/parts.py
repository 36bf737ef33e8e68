"""What the functions on sparse tensors share: their argument, their values by index, results of indices on the host."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch

from torchkeras.graph.keras_tensor import KerasTensor
from torchkeras.tensorflow.convert import Symbolic, made
from torchkeras.tensorflow.rows import take
from torchkeras.tensorflow.sparse.sparse_tensor import SparseTensor


def as_sparse(value: Any) -> SparseTensor:
    """An argument that must be sparse."""
    if isinstance(value, SparseTensor):
        return value
    if isinstance(value, KerasTensor):
        raise Symbolic
    if all(hasattr(value, name) for name in ("indices", "values", "dense_shape")):
        return SparseTensor.from_value(value)
    raise TypeError(f"Input must be a SparseTensor, got {value!r}. `tf.sparse.from_dense` makes one.")


def of_host(where: np.ndarray, values: Any, sizes: Any) -> SparseTensor:
    """A sparse tensor of indices and sizes on the host."""
    indices = made(torch.tensor(np.ascontiguousarray(where, dtype=np.int64)))
    return SparseTensor(indices, values, made(torch.tensor([int(n) for n in sizes], dtype=torch.int64)))


def index_on(index: np.ndarray, like: torch.Tensor) -> torch.Tensor:
    return torch.as_tensor(index, device=like.device)


def in_order(where: np.ndarray, values: Any, sizes: Any) -> SparseTensor:
    """A sparse tensor whose indices are put in the order of rows."""
    order = np.lexsort(tuple(where.T[::-1]))
    return of_host(where[order], take(values, order), sizes)


__all__ = ["as_sparse", "in_order", "index_on", "of_host"]
