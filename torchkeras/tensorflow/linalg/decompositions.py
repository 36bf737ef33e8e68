"""Matrices taken apart, and functions of matrices."""

from __future__ import annotations

from typing import Any, NamedTuple

import torch

from torchkeras.tensorflow.arguments import COMPLEX, CONTINUOUS, invalid, of_dtypes, plain_dtype, refuse, sizes
from torchkeras.tensorflow.convert import made, operand
from torchkeras.tensorflow.convert import tensor as plain
from torchkeras.tensorflow.linalg.solving import matrices
from torchkeras.tensorflow.operation import operation


@operation("linalg.cholesky", "Cholesky")
def cholesky(input: Any, name: str | None = None) -> Any:
    """The lower triangular matrix whose square is a symmetric positive-definite one."""
    return made(torch.linalg.cholesky(matrices(input, "Cholesky", square=True)))


class Qr(NamedTuple):
    """What `qr` gives."""

    q: Any
    r: Any


@operation("linalg.qr", "Qr")
def qr(input: Any, full_matrices: bool = False, name: str | None = None) -> Qr:
    """An orthogonal and an upper triangular matrix whose product is the given one."""
    q, r = torch.linalg.qr(matrices(input, "Qr"), mode="complete" if full_matrices else "reduced")
    return Qr(made(q), made(r))


@operation("linalg.svd", "Svd")
def svd(tensor: Any, full_matrices: bool = False, compute_uv: bool = True, name: str | None = None) -> Any:
    """Singular values s, and u and v with `u @ diag(s) @ adjoint(v)` the matrix."""
    x = matrices(tensor, "Svd")
    if not compute_uv:
        return made(torch.linalg.svdvals(x))
    u, s, vh = torch.linalg.svd(x, full_matrices=full_matrices)
    return made(s), made(u), made(vh.mH.resolve_conj().contiguous())


def _lower_half(value: Any) -> torch.Tensor:
    """Symmetric matrices by their lower half alone, which so takes the whole gradient, as in TensorFlow."""
    x = matrices(value, "SelfAdjointEigV2", square=True)
    return torch.tril(x) + torch.tril(x, -1).mH


@operation("linalg.eigh", "SelfAdjointEigV2")
def eigh(tensor: Any, name: str | None = None) -> tuple[Any, Any]:
    """Eigenvalues, the lowest first, and eigenvectors of symmetric matrices; only the lower half is looked at."""
    values, vectors = torch.linalg.eigh(_lower_half(tensor))
    return made(values), made(vectors)


@operation("linalg.eigvalsh", "SelfAdjointEigV2")
def eigvalsh(tensor: Any, name: str | None = None) -> Any:
    """The eigenvalues of symmetric matrices, the lowest first."""
    return made(torch.linalg.eigvalsh(_lower_half(tensor)))


@operation("linalg.eig", "Eig")
def eig(tensor: Any, name: str | None = None) -> tuple[Any, Any]:
    """Eigenvalues and eigenvectors, which are complex."""
    values, vectors = torch.linalg.eig(matrices(tensor, "Eig", square=True))
    return made(values), made(vectors)


@operation("linalg.eigvals", "Eig")
def eigvals(tensor: Any, name: str | None = None) -> Any:
    """The eigenvalues, which are complex."""
    return made(torch.linalg.eigvals(matrices(tensor, "Eig", square=True)))


@operation("linalg.eigh_tridiagonal", "SelfAdjointEigV2")
def eigh_tridiagonal(
    alpha: Any,
    beta: Any,
    eigvals_only: bool = True,
    select: str = "a",
    select_range: Any = None,
    tol: Any = None,
    name: str | None = None,
) -> Any:
    """Eigenvalues, and eigenvectors where asked for, of a symmetric matrix of three diagonals.

    Args:
        alpha, beta: the main diagonal, and the one beside it.
        eigvals_only: whether to leave out the eigenvectors.
        select: 'a' for all, 'i' for those with numbers, 'v' for those with values in `select_range`.
        select_range: the lowest and the highest.
        tol: has no effect: the values are exact to rounding.
    """
    main, beside = (plain(of_dtypes(v, CONTINUOUS, "SelfAdjointEigV2")) for v in (alpha, beta))
    if beside.shape[-1] != main.shape[-1] - 1:
        raise ValueError(f"beta must have one element less than alpha, got {beside.shape[-1]} and {main.shape[-1]}.")
    whole = torch.diag_embed(main) + torch.diag_embed(beside, -1) + torch.diag_embed(beside.conj(), 1)
    values, vectors = torch.linalg.eigh(whole)
    if select == "i":
        low, high = sizes(select_range)
        values, vectors = values[..., low : high + 1], vectors[..., low : high + 1]
    elif select == "v":
        least, most = plain(select_range).tolist()
        held = (values > least) & (values <= most)
        values, vectors = values[held], vectors[..., held]
    elif select != "a":
        raise ValueError(f"'select' must be 'a', 'v' or 'i', got {select!r}.")
    return made(values) if eigvals_only else (made(values), made(vectors))


# --- functions of matrices ---


@operation("linalg.expm", "MatrixExponential")
def expm(input: Any, name: str | None = None) -> Any:
    """The matrix exponential."""
    given = operand(input)
    if plain_dtype(given) not in CONTINUOUS:
        raise ValueError(f"tf.linalg.expm does not support matrices of type {given.dtype}.")
    x = matrices(given, "MatrixExponential", square=True)
    return made(torch.linalg.matrix_exp(x))


def _of_eigenvalues(x: torch.Tensor, function: Any, kernel: str) -> torch.Tensor:
    """A function of matrices by that of their eigenvalues; an error for those that it does not describe."""
    values, vectors = torch.linalg.eig(x)
    again, found = (
        torch.linalg.solve(vectors.mH, (vectors * each.unsqueeze(-2)).mH).mH for each in (values, function(values))
    )
    off = torch.linalg.matrix_norm(again - x) > 1e-3 * torch.linalg.matrix_norm(x)
    if bool(off.any()):
        invalid("A matrix has no full set of eigenvectors; `scipy.linalg` computes this function of it", kernel)
    return found


@operation("linalg.logm", "MatrixLogarithm")
def logm(input: Any, name: str | None = None) -> Any:
    """The matrix logarithm of complex matrices (those that have a full set of eigenvectors)."""
    x = matrices(input, "MatrixLogarithm", square=True)
    if x.dtype not in COMPLEX:
        refuse(x, COMPLEX, "MatrixLogarithm")
    return made(_of_eigenvalues(x, torch.log, "MatrixLogarithm"))


@operation("linalg.sqrtm", "MatrixSquareRoot")
def sqrtm(input: Any, name: str | None = None) -> Any:
    """The matrix whose square is the given one (of those that have a full set of eigenvectors)."""
    x = matrices(input, "MatrixSquareRoot", square=True)
    found = _of_eigenvalues(x, torch.sqrt, "MatrixSquareRoot")
    return made(found if x.dtype in COMPLEX else found.real.contiguous())


__all__ = ["cholesky", "eig", "eigh", "eigh_tridiagonal", "eigvals", "eigvalsh", "expm", "logm", "qr", "sqrtm", "svd"]
