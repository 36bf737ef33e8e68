"""Running sums and products along an axis."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch

from torchkeras.tensorflow.arguments import FLOATS, NUMBERS, axis_of, of_dtypes
from torchkeras.tensorflow.convert import made, tensor
from torchkeras.tensorflow.operation import operation


def _running(
    x: torch.Tensor, axis: int, exclusive: bool, reverse: bool, function: Callable[..., torch.Tensor], start: float
) -> torch.Tensor:
    if reverse:
        x = x.flip(axis)
    if exclusive and x.shape[axis]:
        first = torch.full_like(x.narrow(axis, 0, 1), start)
        x = torch.cat([first, x.narrow(axis, 0, x.shape[axis] - 1)], axis)
    x = function(x, axis)
    return x.flip(axis) if reverse else x


@operation("math.cumsum", "Cumsum")
def cumsum(x: Any, axis: Any = 0, exclusive: bool = False, reverse: bool = False, name: str | None = None) -> Any:
    """The sum of the elements up to each.

    Args:
        x: numbers.
        axis: along which.
        exclusive: whether an element's own value is left out.
        reverse: whether to run from the end.
    """
    t = tensor(of_dtypes(x, NUMBERS, "Cumsum"))
    return made(
        _running(
            t, axis_of(axis, t.dim(), "Cumsum"), exclusive, reverse, lambda a, i: torch.cumsum(a, i, dtype=a.dtype), 0
        )
    )


@operation("math.cumprod", "Cumprod")
def cumprod(x: Any, axis: Any = 0, exclusive: bool = False, reverse: bool = False, name: str | None = None) -> Any:
    """The product of the elements up to each; arguments as of `cumsum`."""
    t = tensor(of_dtypes(x, NUMBERS, "Cumprod"))
    return made(
        _running(
            t, axis_of(axis, t.dim(), "Cumprod"), exclusive, reverse, lambda a, i: torch.cumprod(a, i, dtype=a.dtype), 1
        )
    )


@operation("math.cumulative_logsumexp", "CumulativeLogsumexp")
def cumulative_logsumexp(
    x: Any, axis: Any = 0, exclusive: bool = False, reverse: bool = False, name: str | None = None
) -> Any:
    """log(sum(exp(...))) of the elements up to each; arguments as of `cumsum`."""
    t = tensor(of_dtypes(x, FLOATS, "CumulativeLogsumexp"))
    axis = axis_of(axis, t.dim(), "CumulativeLogsumexp")
    return made(_running(t, axis, exclusive, reverse, torch.logcumsumexp, -torch.inf))


__all__ = ["cumprod", "cumsum", "cumulative_logsumexp"]
