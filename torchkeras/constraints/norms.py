"""Constraints on the norms of the vectors in a weight: MaxNorm, MinMaxNorm, UnitNorm."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor

from torchkeras.constraints.constraint import Constraint
from torchkeras.core.config import epsilon

Axis = int | Sequence[int] | None


def _norms(w: Any, axis: Axis) -> Tensor:
    if isinstance(axis, Sequence):
        axis = tuple(axis)
    return torch.sqrt(torch.sum(torch.square(w), axis, keepdim=True))


class MaxNorm(Constraint):
    """Shortens vectors that are longer than `max_value`.

    Args:
        max_value: the greatest norm.
        axis: along which a vector lies: 0 for a Dense kernel (in, out), [0, 1, 2] for a Conv2D kernel (h, w, in, out).
    """

    def __init__(self, max_value: float = 2, axis: Axis = 0) -> None:
        self.max_value, self.axis = max_value, axis

    def __call__(self, w: Any) -> Tensor:
        norms = _norms(w, self.axis)
        return w * (torch.clamp(norms, 0, max(0, self.max_value)) / (epsilon() + norms))

    def get_config(self) -> dict[str, Any]:
        return {"max_value": self.max_value, "axis": self.axis}


class MinMaxNorm(Constraint):
    """Brings norms into a range, at once or, with a `rate` below 1, a part of the way at each step.

    Args:
        min_value: the smallest norm.
        max_value: the greatest norm.
        rate: which part of the way to go: 1 keeps to the range strictly.
        axis: along which a vector lies.
    """

    def __init__(self, min_value: float = 0.0, max_value: float = 1.0, rate: float = 1.0, axis: Axis = 0) -> None:
        self.min_value, self.max_value, self.rate, self.axis = min_value, max_value, rate, axis

    def __call__(self, w: Any) -> Tensor:
        norms = _norms(w, self.axis)
        within = torch.clamp(norms, self.min_value, max(self.min_value, self.max_value))
        desired = self.rate * within + (1 - self.rate) * norms
        return w * (desired / (epsilon() + norms))

    def get_config(self) -> dict[str, Any]:
        return {"min_value": self.min_value, "max_value": self.max_value, "rate": self.rate, "axis": self.axis}


class UnitNorm(Constraint):
    """Makes every vector of length 1.

    Args:
        axis: along which a vector lies.
    """

    def __init__(self, axis: Axis = 0) -> None:
        self.axis = axis

    def __call__(self, w: Any) -> Tensor:
        return w / (epsilon() + _norms(w, self.axis))

    def get_config(self) -> dict[str, Any]:
        return {"axis": self.axis}
