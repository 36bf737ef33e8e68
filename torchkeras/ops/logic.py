"""Questions about values: comparisons, and, or, not, and choosing by their answers."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from torchkeras.ops.operation import operation
from torchkeras.ops.promotion import floating, promoted, tensor


def _compare(how: Callable[[Any, Any], Any], x1: Any, x2: Any) -> Tensor:
    a, b = promoted(x1, x2)
    result: Tensor = how(a, b)
    return result


@operation
def equal(x1: Any, x2: Any) -> Tensor:
    """Whether they are the same."""
    return _compare(operator.eq, x1, x2)


@operation
def not_equal(x1: Any, x2: Any) -> Tensor:
    """Whether they differ."""
    return _compare(operator.ne, x1, x2)


@operation
def greater(x1: Any, x2: Any) -> Tensor:
    """Whether `x1 > x2`."""
    return _compare(operator.gt, x1, x2)


@operation
def greater_equal(x1: Any, x2: Any) -> Tensor:
    """Whether `x1 >= x2`."""
    return _compare(operator.ge, x1, x2)


@operation
def less(x1: Any, x2: Any) -> Tensor:
    """Whether `x1 < x2`."""
    return _compare(operator.lt, x1, x2)


@operation
def less_equal(x1: Any, x2: Any) -> Tensor:
    """Whether `x1 <= x2`."""
    return _compare(operator.le, x1, x2)


@operation
def logical_and(x1: Any, x2: Any) -> Tensor:
    """Whether both hold; a number holds unless it is 0."""
    return torch.logical_and(tensor(x1), tensor(x2))


@operation
def logical_or(x1: Any, x2: Any) -> Tensor:
    """Whether either holds."""
    return torch.logical_or(tensor(x1), tensor(x2))


@operation
def logical_xor(x1: Any, x2: Any) -> Tensor:
    """Whether one of them holds and not both."""
    return torch.logical_xor(tensor(x1), tensor(x2))


@operation
def logical_not(x: Any) -> Tensor:
    """Whether it does not hold."""
    return torch.logical_not(tensor(x))


@operation
def isfinite(x: Any) -> Tensor:
    """Whether it is a number: neither nan nor infinite."""
    return torch.isfinite(tensor(x))


@operation
def isinf(x: Any) -> Tensor:
    """Whether it is infinite."""
    return torch.isinf(tensor(x))


@operation
def isposinf(x: Any) -> Tensor:
    """Whether it is infinite and positive."""
    x = tensor(x)
    return torch.zeros_like(x, dtype=torch.bool) if x.is_complex() else torch.isposinf(x)


@operation
def isneginf(x: Any) -> Tensor:
    """Whether it is infinite and negative."""
    x = tensor(x)
    return torch.zeros_like(x, dtype=torch.bool) if x.is_complex() else torch.isneginf(x)


@operation
def isnan(x: Any) -> Tensor:
    """Whether it is nan."""
    return torch.isnan(tensor(x))


@operation
def isreal(x: Any) -> Tensor:
    """Whether its imaginary part is 0."""
    return torch.isreal(tensor(x))


@operation
def isclose(x1: Any, x2: Any, rtol: float = 1e-5, atol: float = 1e-8, equal_nan: bool = False) -> Tensor:
    """Whether `|x1 - x2| <= atol + rtol |x2|`."""
    return _isclose(x1, x2, rtol, atol, equal_nan)


def _isclose(x1: Any, x2: Any, rtol: float, atol: float, equal_nan: bool) -> Tensor:
    a, b = promoted(x1, x2)
    if a.dtype is torch.bool:
        a, b = a.to(torch.uint8), b.to(torch.uint8)
    return torch.isclose(a, b, rtol, atol, equal_nan)


@operation
def allclose(x1: Any, x2: Any, rtol: float = 1e-5, atol: float = 1e-8, equal_nan: bool = False) -> Tensor:
    """Whether all are close, as one value; see `isclose`."""
    return torch.all(_isclose(x1, x2, rtol, atol, equal_nan))


@operation
def isin(x1: Any, x2: Any, assume_unique: bool = False, invert: bool = False) -> Tensor:
    """Whether each of `x1` is among `x2`; with `invert`, whether it is not."""
    a, b = promoted(x1, x2)
    if a.dtype is torch.bool:
        a, b = a.to(torch.uint8), b.to(torch.uint8)
    return torch.isin(a, b, assume_unique=assume_unique, invert=invert)


@operation
def where(condition: Any, x1: Any = None, x2: Any = None) -> Any:
    """`x1` where the condition holds, `x2` elsewhere; with the condition alone, its places, as `nonzero`."""
    holds = tensor(condition)
    holds = holds if holds.dtype is torch.bool else holds != 0
    if (x1 is None) != (x2 is None):
        raise ValueError("`x1` and `x2` either both should be `None` or both should have non-None value.")
    if x1 is None:
        return tuple(places.to(torch.int32) for places in torch.nonzero(holds, as_tuple=True))
    a, b = promoted(x1, x2)
    return torch.where(holds, a, b)


@operation
def select(condlist: Any, choicelist: Any, default: Any = 0) -> Tensor:
    """For each place the choice whose condition is the first to hold, else the default."""
    if len(condlist) != len(choicelist):
        raise ValueError(
            f"condlist and choicelist must have the same length. Received: {len(condlist)} and {len(choicelist)}"
        )
    *choices, result = promoted(*choicelist, default)
    for condition, choice in reversed(list(zip(condlist, choices))):
        result = torch.where(tensor(condition).bool(), choice, result)
    return result


@operation
def threshold(x: Any, threshold: float, default_value: float) -> Tensor:
    """`x` where it is more than the threshold, elsewhere the default."""
    x = floating(x)
    return torch.where(x > threshold, x, default_value)
