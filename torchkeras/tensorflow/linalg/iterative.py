"""tf.linalg.experimental: systems of equations solved step by step."""

from __future__ import annotations

from typing import Any, NamedTuple

import torch

from torchkeras.tensorflow.convert import made, tensor
from torchkeras.tensorflow.operation import operation


class ConjugateGradientState(NamedTuple):
    """Where conjugate gradients have come to: steps, solution, residual, direction, and the residual's size."""

    i: Any
    x: Any
    r: Any
    p: Any
    gamma: Any


@operation("linalg.experimental.conjugate_gradient", "ConjugateGradient")
def conjugate_gradient(
    operator: Any,
    rhs: Any,
    preconditioner: Any = None,
    x: Any = None,
    tol: float = 1e-5,
    max_iter: int = 20,
    name: str = "conjugate_gradient",
) -> ConjugateGradientState:
    """Solves `operator @ x = rhs` for a symmetric positive-definite operator, by conjugate gradients.

    Args:
        operator: an object with `matvec`, or a matrix.
        rhs: vectors.
        preconditioner: the same, of an approximate inverse.
        x: where to start.
        tol: the residual's length, as a share of the right-hand side's, at which to stop.
        max_iter: the most steps.
    """
    b = tensor(rhs)
    solution = torch.zeros_like(b) if x is None else tensor(x)
    residual = b if x is None else b - _applied(operator, solution)
    limit = tol * torch.linalg.vector_norm(b, dim=-1).max()
    direction = residual if preconditioner is None else _applied(preconditioner, residual)
    size = (residual * direction).sum(-1, keepdim=True)
    steps = 0
    while steps < max_iter and bool((torch.linalg.vector_norm(residual, dim=-1) > limit).any()):
        along = _applied(operator, direction)
        length = size / (direction * along).sum(-1, keepdim=True)
        solution = solution + length * direction
        residual = residual - length * along
        turned = residual if preconditioner is None else _applied(preconditioner, residual)
        before, size = size, (residual * turned).sum(-1, keepdim=True)
        direction = turned + size / before * direction
        steps += 1
    count = torch.tensor(steps, dtype=torch.int32)
    return ConjugateGradientState(
        made(count), *(made(t.clone()) for t in (solution, residual, direction, size[..., 0]))
    )


def _applied(operator: Any, vector: torch.Tensor) -> torch.Tensor:
    if hasattr(operator, "matvec"):
        return tensor(operator.matvec(made(vector.clone())))
    return (tensor(operator) @ vector.unsqueeze(-1)).squeeze(-1)


__all__ = ["conjugate_gradient"]
