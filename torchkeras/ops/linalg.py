"""keras.ops.linalg: factors, inverses and measures of matrices, the last two axes."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor

from torchkeras.core.dtypes import torch_dtype
from torchkeras.core.kinds import call_user
from torchkeras.core.nest import flatten, map_structure
from torchkeras.ops.axes import reduced
from torchkeras.ops.operation import operation
from torchkeras.ops.promotion import floating, result_type, tensor


def _matrix(x: Any, square: bool = False) -> Tensor:
    x = floating(x)
    if x.dim() < 2:
        raise ValueError(f"Expected input to have rank >= 2. Received input with shape {tuple(x.shape)}.")
    if square and x.shape[-1] != x.shape[-2]:
        raise ValueError(f"Expected a square matrix. Received non-square input with shape {tuple(x.shape)}")
    return x


@operation
def cholesky(x: Any, upper: bool = False) -> Tensor:
    """The lower triangle whose product with its transpose is `x`; with `upper`, that transpose."""
    factor, failed = torch.linalg.cholesky_ex(_matrix(x, square=True))
    if failed.device.type != "meta" and bool(failed.any()):
        raise ValueError("Cholesky decomposition was not successful. The input is not positive definite.")
    return factor.mH if upper else factor


@operation
def cholesky_inverse(x: Any, upper: bool = False) -> Tensor:
    """The inverse of the matrix whose Cholesky factor is `x`."""
    x = _matrix(x, square=True)
    one = torch.eye(x.shape[-1], dtype=x.dtype, device=x.device).expand_as(x)
    inverse = torch.linalg.solve_triangular(x, one, upper=upper)
    return inverse @ inverse.mH if upper else inverse.mH @ inverse


@operation
def det(x: Any) -> Tensor:
    """The determinant."""
    return torch.linalg.det(_matrix(x, square=True))


@operation
def slogdet(x: Any) -> tuple[Tensor, Tensor]:
    """The sign of the determinant, and the logarithm of its size."""
    sign, size = torch.linalg.slogdet(_matrix(x, square=True))
    return sign, size.to(sign.dtype)


@operation
def logdet(x: Any) -> Tensor:
    """The logarithm of the determinant of a positive definite matrix."""
    factor = torch.linalg.cholesky(_matrix(x, square=True))
    return 2 * torch.log(torch.diagonal(factor, dim1=-2, dim2=-1).real).sum(-1)


@operation
def eig(x: Any) -> tuple[Tensor, Tensor]:
    """The eigenvalues and, as columns, the eigenvectors; complex numbers."""
    values, vectors = torch.linalg.eig(_matrix(x, square=True))
    return values, vectors


@operation
def eigh(x: Any) -> tuple[Tensor, Tensor]:
    """The eigenvalues, the least first, and the eigenvectors of a symmetric (or Hermitian) matrix."""
    values, vectors = torch.linalg.eigh(_matrix(x, square=True))
    return values.to(vectors.dtype), vectors


@operation
def inv(x: Any) -> Tensor:
    """The inverse."""
    return torch.linalg.inv(_matrix(x, square=True))


@operation
def pinv(x: Any, rcond: Any = None) -> Tensor:
    """The pseudo-inverse.

    Args:
        x: the matrix.
        rcond: singular values less than so much of the greatest count as 0.
    """
    x = _matrix(x)
    if rcond is None:
        rcond = 10.0 * max(x.shape[-2:]) * torch.finfo(x.dtype).eps
    return torch.linalg.pinv(x, rtol=rcond)


@operation
def matrix_rank(x: Any, tol: Any = None) -> Tensor:
    """How many singular values are more than `tol`."""
    x = _matrix(x)
    return torch.linalg.matrix_rank(x, atol=tol, rtol=None if tol is None else 0.0).to(torch.int32)


@operation
def lu_factor(x: Any) -> tuple[Tensor, Tensor]:
    """The factors L and U in one matrix, and for each row of it which row of `x` it is."""
    x = _matrix(x)
    factors, pivots = torch.linalg.lu_factor(x)
    rows = torch.arange(x.shape[-2], device=x.device).expand(*x.shape[:-1]).clone()
    # Pivots exchange row i with row pivots[i], one after the other.
    for i in range(pivots.shape[-1]):
        other = pivots[..., i : i + 1].long() - 1
        here, there = rows[..., i : i + 1].clone(), rows.gather(-1, other)
        rows = rows.scatter(-1, other, here)
        rows[..., i : i + 1] = there
    return factors, torch.argsort(rows, -1).to(torch.int32)


@operation
def qr(x: Any, mode: str = "reduced") -> tuple[Tensor, Tensor]:
    """An orthogonal matrix and an upper triangle, whose product is `x`.

    Args:
        x: the matrix.
        mode: 'reduced', or 'complete' for a square first factor.
    """
    if mode not in ("reduced", "complete"):
        raise ValueError(
            f"`mode` argument value not supported. Expected one of {{'reduced', 'complete'}}. Received: mode={mode}"
        )
    q, r = torch.linalg.qr(_matrix(x), mode)
    return q, r


@operation
def solve(a: Any, b: Any) -> Tensor:
    """The x for which `a x = b`."""
    a = _matrix(a, square=True)
    b = tensor(b, a.dtype)
    if b.dim() == a.dim() - 1:
        return torch.linalg.solve(a, b[..., None])[..., 0]
    return torch.linalg.solve(a, b)


@operation
def solve_triangular(a: Any, b: Any, lower: bool = False) -> Tensor:
    """The x for which `a x = b`, where `a` is a triangle: the upper, unless told."""
    a = _matrix(a, square=True)
    b = tensor(b, a.dtype)
    if b.dim() == a.dim() - 1:
        return torch.linalg.solve_triangular(a, b[..., None], upper=not lower)[..., 0]
    return torch.linalg.solve_triangular(a, b, upper=not lower)


@operation
def svd(x: Any, full_matrices: bool = True, compute_uv: bool = True) -> Any:
    """The singular value decomposition.

    Args:
        x: the matrix.
        full_matrices: whether the first and last factor are square.
        compute_uv: whether to give them: `(u, s, vh)`; the singular values alone if not.
    """
    x = _matrix(x)
    if not compute_uv:
        return torch.linalg.svdvals(x)
    u, s, vh = torch.linalg.svd(x, full_matrices)
    return u, s, vh


@operation
def lstsq(a: Any, b: Any, rcond: float | None = None) -> Tensor:
    """The x for which `a x` is nearest to `b`; the shortest, if there are several.

    Args:
        a: a matrix.
        b: a vector, or one in each column.
        rcond: singular values less than so much of the greatest count as 0.
    """
    a = floating(a)
    b = tensor(b, a.dtype)
    if a.dim() != 2:
        raise ValueError(f"{a.dim()}-dimensional array given. Array must be two-dimensional")
    if len(a) != len(b):
        raise ValueError("Leading dimensions of input arrays must match")
    tolerance = torch.finfo(a.dtype).eps * max(a.shape) if rcond is None else rcond
    return torch.linalg.pinv(a, rtol=tolerance) @ b


@operation
def norm(x: Any, ord: Any = None, axis: int | Sequence[int] | None = None, keepdims: bool = False) -> Tensor:
    """The length of a vector, or the size of a matrix.

    Args:
        x: the values.
        ord: which norm: a number, 'fro' or 'nuc'; unless told, the root of the sum of squares.
        axis: one axis of vectors, or two of matrices; all values unless told.
        keepdims: whether the axes stay, with size 1.
    """
    x = tensor(x)
    x = x.to(torch_dtype(None) if x.dtype is torch.int64 else result_type(x.dtype, float))
    axes = reduced(axis, x.dim())
    if len(axes) == 1 and not isinstance(ord, str):
        return torch.linalg.vector_norm(x, 2 if ord is None else ord, axes, keepdim=keepdims)
    if len(axes) == 1:
        raise ValueError(f"Invalid `ord` argument for vector norm. Received: ord={ord}")
    if ord is None:
        return torch.linalg.vector_norm(x, 2, axes, keepdim=keepdims)
    if len(axes) != 2:
        raise ValueError(f"Invalid axis values. Received: axis={axis}")
    known = ("fro", "nuc", 1, -1, 2, -2, float("inf"), float("-inf"))
    if ord not in known:
        raise ValueError(f"Invalid `ord` argument for matrix norm. Received: ord={ord}. Expected one of {known}")
    return torch.linalg.matrix_norm(x, ord, axes, keepdim=keepdims)


def jvp(fun: Any, primals: Any, tangents: Any, has_aux: bool = False) -> Any:
    """The value of a function, and how it changes in a direction.

    Args:
        fun: the function.
        primals: its arguments.
        tangents: the direction: one tensor for each argument.
        has_aux: whether the function gives something else beside its value, which is given back as a third.
    """
    given = map_structure(floating, primals)
    along = [tensor(t, p.dtype) for t, p in zip(flatten(tangents), flatten(given), strict=True)]
    remaining = iter(along)
    directions = map_structure(lambda _: next(remaining), given)

    def called(*args: Any) -> Any:
        return call_user(fun, *args)

    with warnings.catch_warnings():
        # Forward derivatives load torch's decompositions, which warn about torch's own torch.jit.script.
        warnings.simplefilter("ignore", DeprecationWarning)
        return torch.func.jvp(called, tuple(given), tuple(directions), has_aux=has_aux)


__all__ = [
    "cholesky", "cholesky_inverse", "det", "eig", "eigh", "inv", "jvp", "lstsq", "lu_factor", "matrix_rank", "norm",
    "pinv", "qr", "solve", "solve_triangular", "svd",
]  # fmt: skip
