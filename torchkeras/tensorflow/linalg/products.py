"""Products of matrices, vectors and tensors."""

from __future__ import annotations

from typing import Any

import torch

from torchkeras.tensorflow.arguments import COMPLEX, NUMBERS, invalid, plain_dtype, refuse
from torchkeras.tensorflow.convert import made, mismatch, operand, operand_like, owned, pair, tensor, viewed
from torchkeras.tensorflow.dtypes import torch_of
from torchkeras.tensorflow.errors import FailedPreconditionError
from torchkeras.tensorflow.operation import operation
from torchkeras.tensorflow.tensor import plain_rank


@operation("linalg.matmul", "MatMul")
def matmul(
    a: Any,
    b: Any,
    transpose_a: bool = False,
    transpose_b: bool = False,
    adjoint_a: bool = False,
    adjoint_b: bool = False,
    a_is_sparse: bool = False,
    b_is_sparse: bool = False,
    output_type: Any = None,
    grad_a: bool = False,
    grad_b: bool = False,
    name: str | None = None,
) -> Any:
    """The product of matrices, or of batches of them.

    Args:
        a, b: tensors of two axes or more.
        transpose_a, transpose_b: whether to take the matrix the other way round.
        adjoint_a, adjoint_b: the same, with the complex conjugate.
        a_is_sparse, b_is_sparse, grad_a, grad_b: hints without effect here.
        output_type: dtype of the result.
    """
    x, y = pair(a, b, "MatMul")
    if plain_rank(x) < 2 or plain_rank(y) < 2:
        invalid(f"In[0] and In[1] ndims must be >= 2: {x.dim()} and {y.dim()}", "MatMul")
    if transpose_a or transpose_b or adjoint_a or adjoint_b:
        if (transpose_a and adjoint_a) or (transpose_b and adjoint_b):
            raise ValueError("Only one of `transpose_a` and `adjoint_a` (and of b's) can be True.")
        x, y = _turned(x, transpose_a, adjoint_a), _turned(y, transpose_b, adjoint_b)
    if plain_dtype(x) is torch.bool:
        refuse(x, NUMBERS, "MatMul")
    result = torch.matmul(x, y)
    return made(result if output_type is None else result.to(torch_of(output_type)))


def _turned(x: torch.Tensor, transpose: bool, adjoint: bool) -> torch.Tensor:
    return tensor(x).mH if adjoint else tensor(x).mT if transpose else x


@operation("linalg.matvec", "MatMul")
def matvec(
    a: Any,
    b: Any,
    transpose_a: bool = False,
    adjoint_a: bool = False,
    a_is_sparse: bool = False,
    b_is_sparse: bool = False,
    name: str | None = None,
) -> Any:
    """The product of a matrix and a vector, or of batches of them."""
    x, y = pair(a, b, "MatMul")
    if x.dim() < 2 or y.dim() < 1:
        invalid(f"matvec takes a matrix and a vector, got {x.dim()} and {y.dim()} axes", "MatMul")
    return made(torch.matmul(_turned(x, transpose_a, adjoint_a), tensor(y).unsqueeze(-1)).squeeze(-1))


@operation("tensordot", "Tensordot")
def tensordot(a: Any, b: Any, axes: Any, name: str | None = None) -> Any:
    """The sum of products over axes of both.

    Args:
        a, b: tensors of one dtype.
        axes: how many (the last of a, the first of b), or the axes of a and those of b.
    """
    x, y = (tensor(v) for v in pair(a, b, "MatMul"))
    wanted = _dot_axes(axes)
    first, second = (list(range(x.dim() - wanted, x.dim())), list(range(wanted))) if isinstance(wanted, int) else wanted
    # torch would stretch an axis of size 1 to the other's size.
    if [x.shape[i] for i in first] != [y.shape[i] for i in second]:
        invalid(f"Matrix size-incompatible: {list(x.shape)} and {list(y.shape)} along axes {axes}", "MatMul")
    return made(torch.tensordot(x, y, dims=(first, second)))


def _dot_axes(axes: Any) -> Any:
    if isinstance(axes, int):
        if axes < 0:
            raise ValueError(f"`axes` must be at least 0. Received: {axes}.")
        return axes
    if isinstance(axes, (list, tuple)) and len(axes) != 2:
        raise ValueError(f"`axes` must be an integer or have length 2. Received {axes}.")
    if isinstance(axes, (list, tuple)):
        first, second = (_as_list(v) for v in axes)
    else:
        given = tensor(axes).tolist()
        if isinstance(given, int):
            return given
        first, second = (_as_list(v) for v in given)
    if len(first) != len(second):
        raise ValueError(f"Different number of contraction axes `a` and `b`, {len(first)} != {len(second)}.")
    return first, second


def _as_list(value: Any) -> list[int]:
    return [value] if isinstance(value, int) else [int(v) for v in value]


@operation("einsum", "Einsum")
def einsum(equation: str, *inputs: Any, **kwargs: Any) -> Any:
    """The sum of products that a text such as 'ij,jk->ik' describes."""
    kwargs.pop("name", None)
    kwargs.pop("optimize", None)
    if kwargs:
        raise TypeError(
            f"Invalid keyword arguments for this function: {', '.join(sorted(kwargs))}. Expected: name, optimize."
        )
    terms = equation.replace(" ", "").split("->")[0].split(",")
    if len(terms) != len(inputs):
        raise ValueError(f"The equation {equation!r} has {len(terms)} inputs, but {len(inputs)} were given.")
    first = operand(inputs[0])
    parts = [tensor(first), *(tensor(operand_like(x, first, "Einsum")) for x in inputs[1:])]
    for part in parts:
        if part.dtype is not parts[0].dtype:
            mismatch("Einsum", parts[0], part)
    _check_letters(terms, parts)
    found = torch.einsum(equation, *parts)
    return made(found.clone() if len(parts) == 1 else found)  # of one tensor it may be a view


def _check_letters(terms: list[str], parts: list[torch.Tensor]) -> None:
    """One letter is one size; torch would stretch an axis of size 1 to the other's."""
    known: dict[str, int] = {}
    for term, part in zip(terms, parts):
        before, _, after = term.partition("...")
        named = [*zip(before, part.shape), *zip(reversed(after), reversed(part.shape))]
        for letter, size in named:
            if known.setdefault(letter, size) != size:
                invalid(f"Expected dimension {known[letter]} for {letter!r}, but got {size}", "Einsum")


@operation("linalg.cross", "Cross")
def cross(a: Any, b: Any, name: str | None = None) -> Any:
    """The cross product of vectors of three elements, along the last axis."""
    x, y = (tensor(v) for v in pair(a, b, "Cross"))
    if x.shape != y.shape or not x.dim():
        invalid(f"Both inputs must be of same shape: {list(x.shape)} vs. {list(y.shape)}", "Cross")
    if x.shape[-1] != 3:
        raise FailedPreconditionError(None, None, "Cross-products are only defined for 3-element vectors. [Op:Cross]")
    return made(torch.linalg.cross(x, y))


@operation("linalg.matrix_transpose", "MatrixTranspose")
def matrix_transpose(a: Any, name: str = "matrix_transpose", conjugate: bool = False) -> Any:
    """The last two axes the other way round."""
    x = owned(a)
    if x.dim() < 2:
        raise ValueError(
            f"Argument `a` should be a (batch) matrix with rank >= 2. Received `a` = {a} with shape: {tuple(x.shape)}"
        )
    if conjugate and plain_dtype(x) in COMPLEX:
        return made(x.mT.conj_physical())
    return viewed(x.mT)


@operation("linalg.adjoint", "MatrixTranspose")
def adjoint(matrix: Any, name: str | None = None) -> Any:
    """The last two axes the other way round, and the complex conjugate."""
    return matrix_transpose(matrix, conjugate=True)


__all__ = ["adjoint", "cross", "einsum", "matmul", "matrix_transpose", "matvec", "tensordot"]
