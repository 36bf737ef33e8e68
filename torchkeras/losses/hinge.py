"""Hinge losses, of margins between classes."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from torchkeras.losses.inputs import loss_function, same_form
from torchkeras.losses.wrapper import LossFunctionWrapper


def _signed(y_true: Tensor) -> Tensor:
    """Targets of only zeros and ones as -1 and 1; the decision is a tensor, so that nothing waits for the device."""
    binary = torch.all(torch.square(y_true) == y_true)
    return torch.where(binary, 2.0 * y_true - 1.0, y_true)


def _shortfall(y_true: Tensor, y_pred: Tensor) -> Tensor:
    y_true, y_pred = same_form(y_true, y_pred)
    return torch.clamp_min(1.0 - _signed(y_true) * y_pred, 0.0)


@loss_function()
def hinge(y_true: Any, y_pred: Any) -> Tensor:
    """`mean(max(1 - y_true * y_pred, 0))` over the last axis; targets are -1 and 1, or 0 and 1."""
    return torch.mean(_shortfall(y_true, y_pred), -1)


@loss_function()
def squared_hinge(y_true: Any, y_pred: Any) -> Tensor:
    """`mean(max(1 - y_true * y_pred, 0)²)` over the last axis; targets are -1 and 1, or 0 and 1."""
    return torch.mean(torch.square(_shortfall(y_true, y_pred)), -1)


@loss_function()
def categorical_hinge(y_true: Any, y_pred: Any) -> Tensor:
    """`max(neg - pos + 1, 0)`: the largest prediction for another class against that for the right one."""
    y_true, y_pred = same_form(y_true, y_pred)
    positive = torch.sum(y_true * y_pred, -1)
    negative = torch.amax((1.0 - y_true) * y_pred, -1)
    return torch.clamp_min(negative - positive + 1.0, 0.0)


class Hinge(LossFunctionWrapper):
    """The hinge loss, for targets -1 and 1 (or 0 and 1)."""

    def __init__(self, reduction: str | None = "auto", name: str = "hinge", dtype: Any = None) -> None:
        super().__init__(hinge, reduction, name, dtype)


class SquaredHinge(LossFunctionWrapper):
    """The square of the hinge loss, for targets -1 and 1 (or 0 and 1)."""

    def __init__(self, reduction: str | None = "auto", name: str = "squared_hinge", dtype: Any = None) -> None:
        super().__init__(squared_hinge, reduction, name, dtype)


class CategoricalHinge(LossFunctionWrapper):
    """The hinge loss of several classes, for one-hot targets."""

    def __init__(self, reduction: str | None = "auto", name: str = "categorical_hinge", dtype: Any = None) -> None:
        super().__init__(categorical_hinge, reduction, name, dtype)
