"""Lengths of vectors and matrices."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch

from torchkeras.tensorflow.arguments import COMPLEX, CONTINUOUS, axes_of, of_dtypes, sizes
from torchkeras.tensorflow.convert import made, tensor
from torchkeras.tensorflow.operation import operation

_MATRIX_NORMS = ("euclidean", "fro", 1, 2, np.inf)


def _norm(x: torch.Tensor, ord: Any, axis: Any, keepdims: bool) -> torch.Tensor:
    two = isinstance(axis, (list, tuple)) and len(axis) == 2
    if isinstance(axis, (list, tuple)) and len(axis) not in (1, 2):
        raise ValueError("'axis' must be None, an integer, or a tuple of 2 unique integers.")
    if two and (ord not in _MATRIX_NORMS):
        raise ValueError(f"'ord' must be a supported matrix norm in {_MATRIX_NORMS}, got {ord}")
    if not two and not (ord == "euclidean" or (isinstance(ord, (int, float)) and ord > 0)):
        raise ValueError(f"'ord' must be a supported vector norm, got {ord}")
    dims = axes_of(axis, x.dim(), "Sum")
    if two and dims[0] == dims[1]:
        raise ValueError("'axis' must be None, an integer, or a tuple of 2 unique integers.")
    if ord in ("euclidean", "fro") or (ord == 2 and not two):
        if not dims:
            return x.abs()
        squared = (x * x.conj()).real if x.dtype in COMPLEX else x * x
        return torch.sqrt(squared.sum(dims, keepdim=keepdims))
    if two:
        return torch.linalg.matrix_norm(x, ord, dims, keepdim=keepdims)
    if not dims:
        return x.abs()
    return torch.linalg.vector_norm(x, ord, dims, keepdim=keepdims)


@operation("compat.v1.norm", "Norm")
def norm(
    tensor: Any, ord: Any = "euclidean", axis: Any = None, keepdims: bool | None = None, name: str | None = None
) -> Any:
    """The length of vectors, or the norm of matrices.

    Args:
        tensor: numbers.
        ord: 'euclidean', 'fro' (of matrices), 1, 2, inf, or any positive number (of vectors).
        axis: one axis for vectors, two for matrices; all elements as one vector unless given.
        keepdims: whether the axes stay, with size 1.
    """
    x = _numbers(tensor)
    return made(_norm(x, ord, _plain_axis(axis), bool(keepdims)).to(x.dtype))


def _numbers(value: Any) -> torch.Tensor:
    return tensor(of_dtypes(value, CONTINUOUS, "Sqrt"))


def _plain_axis(axis: Any) -> Any:
    return axis if axis is None or isinstance(axis, (int, list, tuple)) else sizes(axis)


@operation("linalg.normalize", "RealDiv")
def normalize(tensor: Any, ord: Any = "euclidean", axis: Any = None, name: str | None = None) -> tuple[Any, Any]:
    """A tensor divided by its norm, and the norm; arguments as of `norm`."""
    x = _numbers(tensor)
    length = _norm(x, ord, _plain_axis(axis), True)
    if axis is None:
        length = length.reshape([1] * x.dim())
    return made(x / length), made(length)


__all__ = ["norm", "normalize"]
