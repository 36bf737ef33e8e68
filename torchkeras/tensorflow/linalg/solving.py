"""Systems of equations, inverses and determinants."""

from __future__ import annotations

from typing import Any, NamedTuple

import torch

from torchkeras.tensorflow.arguments import CONTINUOUS, invalid, of_dtypes, plain_dtype
from torchkeras.tensorflow.convert import made, operand_like, pair, tensor
from torchkeras.tensorflow.dtypes import torch_of
from torchkeras.tensorflow.operation import operation


def matrices(value: Any, kernel: str, square: bool = False) -> torch.Tensor:
    """An argument as a plain tensor of matrices of floating-point or complex numbers."""
    x = tensor(of_dtypes(value, CONTINUOUS, kernel))
    if x.dim() < 2:
        invalid(f"Input tensor must have at least 2 axes, got shape {list(x.shape)}", kernel)
    if square and x.shape[-1] != x.shape[-2]:
        invalid(f"Input matrices must be square, got {x.shape[-2]} != {x.shape[-1]}", kernel)
    return x


def _system(matrix: Any, rhs: Any, kernel: str, square: bool = True) -> tuple[torch.Tensor, torch.Tensor]:
    a, b = pair(matrix, rhs, kernel)
    a, b = matrices(a, kernel, square), matrices(b, kernel)
    if a.shape[-2] != b.shape[-2]:
        invalid(f"matrix and rhs must have the same number of rows, got {a.shape[-2]} and {b.shape[-2]}", kernel)
    return a, b


@operation("linalg.det", "MatrixDeterminant")
def det(input: Any, name: str | None = None) -> Any:
    """The determinant."""
    return made(torch.linalg.det(matrices(input, "MatrixDeterminant", square=True)))


class LogMatrixDeterminant(NamedTuple):
    """What `slogdet` gives."""

    sign: Any
    log_abs_determinant: Any


@operation("linalg.slogdet", "LogMatrixDeterminant")
def slogdet(input: Any, name: str | None = None) -> LogMatrixDeterminant:
    """The determinant's sign and the logarithm of its size."""
    sign, size = torch.linalg.slogdet(matrices(input, "LogMatrixDeterminant", square=True))
    return LogMatrixDeterminant(made(sign), made(size))


@operation("linalg.logdet", "Cholesky")
def logdet(matrix: Any, name: str | None = None) -> Any:
    """The logarithm of the determinant of symmetric positive-definite matrices."""
    factor = torch.linalg.cholesky(matrices(matrix, "Cholesky", square=True))
    return made(2.0 * torch.log(factor.diagonal(0, -2, -1).real).sum(-1))


@operation("linalg.inv", "MatrixInverse")
def inv(input: Any, adjoint: bool = False, name: str | None = None) -> Any:
    """The inverse; of the conjugate transposed matrices where `adjoint`."""
    x = matrices(input, "MatrixInverse", square=True)
    return made(torch.linalg.inv(x.mH if adjoint else x))


@operation("linalg.solve", "MatrixSolve")
def solve(matrix: Any, rhs: Any, adjoint: bool = False, name: str | None = None) -> Any:
    """The X of `matrix @ X = rhs`."""
    a, b = _system(matrix, rhs, "MatrixSolve")
    return made(torch.linalg.solve(a.mH if adjoint else a, b))


@operation("linalg.triangular_solve", "MatrixTriangularSolve")
def triangular_solve(matrix: Any, rhs: Any, lower: bool = True, adjoint: bool = False, name: str | None = None) -> Any:
    """The X of `matrix @ X = rhs` for triangular matrices; the other half is not looked at."""
    a, b = _system(matrix, rhs, "MatrixTriangularSolve")
    if adjoint:
        a, lower = a.mH, not lower
    return made(torch.linalg.solve_triangular(a, b, upper=not lower))


@operation("linalg.cholesky_solve", "MatrixTriangularSolve")
def cholesky_solve(chol: Any, rhs: Any, name: str | None = None) -> Any:
    """The X of `A @ X = rhs`, given A's Cholesky factor."""
    a, b = _system(chol, rhs, "MatrixTriangularSolve")
    inner = torch.linalg.solve_triangular(a, b, upper=False)
    return made(torch.linalg.solve_triangular(a.mH, inner, upper=True))


@operation("linalg.lstsq", "MatrixSolveLs")
def lstsq(matrix: Any, rhs: Any, l2_regularizer: Any = 0.0, fast: bool = True, name: str | None = None) -> Any:
    """The X that makes `matrix @ X - rhs` shortest.

    Args:
        matrix, rhs: of both the first axis of the system.
        l2_regularizer: how much the length of X counts as well.
        fast: by the normal equations; else by a decomposition that also takes matrices of lower rank.
    """
    a, b = _system(matrix, rhs, "MatrixSolveLs", square=False)
    if not fast:
        return made(torch.linalg.pinv(a) @ b)
    weight = tensor(operand_like(l2_regularizer, a, "MatrixSolveLs"))
    small = min(a.shape[-2:])
    extra = weight * torch.eye(small, dtype=a.dtype, device=a.device)
    if a.shape[-2] >= a.shape[-1]:
        return made(torch.cholesky_solve(a.mH @ b, torch.linalg.cholesky(a.mH @ a + extra)))
    return made(a.mH @ torch.cholesky_solve(b, torch.linalg.cholesky(a @ a.mH + extra)))


@operation("linalg.pinv", "Svd")
def pinv(a: Any, rcond: Any = None, validate_args: bool = False, name: str | None = None) -> Any:
    """The Moore-Penrose inverse.

    Args:
        a: matrices.
        rcond: singular values below this share of the largest count as 0.
    """
    x = tensor(a)
    if plain_dtype(x) not in CONTINUOUS:
        raise TypeError(f"Input `a` must have float-like `dtype` (saw {x.dtype}).")
    x = matrices(x, "Svd")
    if rcond is None:
        limit: Any = 10.0 * max(x.shape[-2:]) * torch.finfo(x.dtype).eps
    else:
        limit = tensor(operand_like(rcond, x.real, "Svd"))
    return made(torch.linalg.pinv(x, rtol=limit))


@operation("linalg.matrix_rank", "Svd")
def matrix_rank(a: Any, tol: Any = None, validate_args: bool = False, name: str | None = None) -> Any:
    """How many singular values are more than `tol`."""
    x = tensor(a)
    if plain_dtype(x) not in CONTINUOUS:
        raise TypeError(f"Input `a` must have float-like `dtype` (saw {x.dtype}).")
    values = torch.linalg.svdvals(matrices(x, "Svd"))
    if tol is None:
        limit = torch.finfo(x.dtype).eps * max(x.shape[-2:]) * values.amax(-1, keepdim=True)
    else:
        limit = tensor(operand_like(tol, values, "Svd"))
    return made((values > limit).sum(-1).to(torch.int32))


# --- by LU ---


class Lu(NamedTuple):
    """What `lu` gives: both factors in one matrix, and which row each row came from."""

    lu: Any
    p: Any


@operation("linalg.lu", "Lu")
def lu(input: Any, output_idx_type: Any = torch.int32, name: str | None = None) -> Lu:
    """The factors of matrices: lower times upper triangular, rows permuted."""
    x = matrices(input, "Lu", square=True)
    factors, pivots = torch.linalg.lu_factor(x)
    rows = torch.lu_unpack(factors, pivots, unpack_data=False)[0]
    return Lu(made(factors), made(rows.argmax(-2).to(torch_of(output_idx_type))))


def _factors(lower_upper: Any) -> tuple[torch.Tensor, torch.Tensor]:
    x = matrices(lower_upper, "MatMul", square=True)
    one = torch.eye(x.shape[-1], dtype=x.dtype, device=x.device)
    return torch.tril(x, -1) + one, torch.triu(x)


def _permuted(x: torch.Tensor, rows: torch.Tensor) -> torch.Tensor:
    return x.gather(-2, rows.long().unsqueeze(-1).expand(*rows.shape, x.shape[-1]).expand(x.shape))


@operation("linalg.lu_reconstruct", "MatMul")
def lu_reconstruct(lower_upper: Any, perm: Any, validate_args: bool = False, name: str | None = None) -> Any:
    """The matrices that `lu` took apart."""
    lower, upper = _factors(lower_upper)
    return made(_permuted(lower @ upper, tensor(perm).argsort(-1)))


@operation("linalg.lu_solve", "MatrixTriangularSolve")
def lu_solve(lower_upper: Any, perm: Any, rhs: Any, validate_args: bool = False, name: str | None = None) -> Any:
    """The X of `A @ X = rhs`, given what `lu` made of A."""
    lower, upper = _factors(lower_upper)
    b = matrices(operand_like(rhs, lower, "MatrixTriangularSolve"), "MatrixTriangularSolve")
    inner = torch.linalg.solve_triangular(lower, _permuted(b, tensor(perm)), upper=False, unitriangular=True)
    return made(torch.linalg.solve_triangular(upper, inner, upper=True))


@operation("linalg.lu_matrix_inverse", "MatrixTriangularSolve")
def lu_matrix_inverse(lower_upper: Any, perm: Any, validate_args: bool = False, name: str | None = None) -> Any:
    """The inverse of A, given what `lu` made of it."""
    x = matrices(lower_upper, "MatMul", square=True)
    one = torch.eye(x.shape[-1], dtype=x.dtype, device=x.device).expand(x.shape)
    return lu_solve(x, perm, one)


# --- banded systems ---


@operation("linalg.banded_triangular_solve", "BandedTriangularSolve")
def banded_triangular_solve(
    bands: Any, rhs: Any, lower: bool = True, adjoint: bool = False, name: str | None = None
) -> Any:
    """The X of `A @ X = rhs` for triangular A of few diagonals.

    Args:
        bands: the diagonals, from the main one down (lower) or from the highest to the main one (upper); those below
            the main one start with as many unused values, those above end with them.
        rhs: the right-hand side.
        lower: which half.
        adjoint: whether to take the conjugate transposed A.
    """
    x = matrices(bands, "BandedTriangularSolve")
    count, n = x.shape[-2:]
    whole = torch.zeros(*x.shape[:-2], n, n, dtype=x.dtype, device=x.device)
    for i in range(count):
        d = -i if lower else count - 1 - i
        row = x[..., i, i:] if lower else x[..., i, : n - d]
        whole = torch.diagonal_scatter(whole, row, d, -2, -1)
    return triangular_solve(whole, rhs, lower, adjoint)


def _three(diagonals: Any, form: str, kernel: str) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """The diagonals above, on and below the main one, each as long as the main one."""
    if form == "matrix":
        x = matrices(diagonals, kernel, square=True)
        above, main, below = (x.diagonal(d, -2, -1) for d in (1, 0, -1))
        return torch.nn.functional.pad(above, (0, 1)), main, torch.nn.functional.pad(below, (1, 0))
    if form == "sequence":
        above, main, below = (tensor(d) for d in diagonals)
        n = main.shape[-1]
        above = above if above.shape[-1] == n else torch.nn.functional.pad(above, (0, 1))
        below = below if below.shape[-1] == n else torch.nn.functional.pad(below, (1, 0))
        return above, main, below
    if form != "compact":
        raise ValueError(f"diagonals_format must be one of 'matrix', 'sequence', or 'compact'. Received {form!r}.")
    x = matrices(diagonals, kernel)
    if x.shape[-2] != 3:
        raise ValueError(f"Expected 3 diagonals, got {x.shape[-2]}.")
    return x[..., 0, :], x[..., 1, :], x[..., 2, :]


@operation("linalg.tridiagonal_solve", "TridiagonalSolve")
def tridiagonal_solve(
    diagonals: Any,
    rhs: Any,
    diagonals_format: str = "compact",
    transpose_rhs: bool = False,
    conjugate_rhs: bool = False,
    name: str | None = None,
    partial_pivoting: bool = True,
    perturb_singular: bool = False,
) -> Any:
    """The X of `A @ X = rhs` for A of three diagonals.

    Args:
        diagonals: above (its last value unused), on and below (its first unused) the main one, by `diagonals_format`:
            'compact' (one tensor of three rows), 'sequence' (three tensors) or 'matrix'.
        rhs: matrices, or vectors.
        transpose_rhs, conjugate_rhs: how to take them.
    """
    above, main, below = _three(diagonals, diagonals_format, "TridiagonalSolve")
    b = tensor(operand_like(rhs, main, "TridiagonalSolve"))
    vector = b.dim() == main.dim()
    b = b.unsqueeze(-1) if vector else b.mT if transpose_rhs else b
    b = b.conj() if conjugate_rhs else b
    whole = torch.diag_embed(main) + torch.diag_embed(above[..., :-1], 1) + torch.diag_embed(below[..., 1:], -1)
    found = torch.linalg.solve(whole, b)
    return made(found.squeeze(-1) if vector else found)


@operation("linalg.tridiagonal_matmul", "TridiagonalMatMul")
def tridiagonal_matmul(diagonals: Any, rhs: Any, diagonals_format: str = "compact", name: str | None = None) -> Any:
    """A matrix of three diagonals times another; arguments as of `tridiagonal_solve`."""
    above, main, below = (d.unsqueeze(-1) for d in _three(diagonals, diagonals_format, "TridiagonalMatMul"))
    b = matrices(operand_like(rhs, main, "TridiagonalMatMul"), "TridiagonalMatMul")
    up = torch.nn.functional.pad(b[..., 1:, :], (0, 0, 0, 1))
    down = torch.nn.functional.pad(b[..., :-1, :], (0, 0, 1, 0))
    return made(above * up + main * b + below * down)


__all__ = [
    "banded_triangular_solve", "cholesky_solve", "det", "inv", "logdet", "lstsq", "lu", "lu_matrix_inverse",
    "lu_reconstruct", "lu_solve", "matrices", "matrix_rank", "pinv", "slogdet", "solve", "triangular_solve",
    "tridiagonal_matmul", "tridiagonal_solve",
]  # fmt: skip
