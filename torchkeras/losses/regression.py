"""Losses of differences: squared, absolute, in per cent, of logarithms."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor
from torch.nn import functional

from torchkeras.core import config
from torchkeras.losses.inputs import loss_function, same_form
from torchkeras.losses.wrapper import LossFunctionWrapper


def _mean_square(y_true: Tensor, y_pred: Tensor) -> Tensor | None:
    y_true, y_pred = same_form(y_true, y_pred)
    return functional.mse_loss(y_pred, y_true) if y_true.shape == y_pred.shape and y_pred.numel() else None


def _mean_absolute(y_true: Tensor, y_pred: Tensor) -> Tensor | None:
    y_true, y_pred = same_form(y_true, y_pred)
    return functional.l1_loss(y_pred, y_true) if y_true.shape == y_pred.shape and y_pred.numel() else None


@loss_function(mean=_mean_square)
def mean_squared_error(y_true: Any, y_pred: Any) -> Tensor:
    """`mean((y_true - y_pred)²)` over the last axis."""
    y_true, y_pred = same_form(y_true, y_pred)
    return torch.mean(torch.square(y_pred - y_true), -1)


@loss_function(mean=_mean_absolute)
def mean_absolute_error(y_true: Any, y_pred: Any) -> Tensor:
    """`mean(|y_true - y_pred|)` over the last axis."""
    y_true, y_pred = same_form(y_true, y_pred)
    return torch.mean(torch.abs(y_pred - y_true), -1)


@loss_function()
def mean_absolute_percentage_error(y_true: Any, y_pred: Any) -> Tensor:
    """`100 * mean(|(y_true - y_pred) / y_true|)` over the last axis; targets count as 1e-7 at least."""
    y_true, y_pred = same_form(y_true, y_pred)
    size = torch.clamp_min(torch.abs(y_true), config.epsilon())
    return 100.0 * torch.mean(torch.abs((y_true - y_pred) / size), -1)


@loss_function()
def mean_squared_logarithmic_error(y_true: Any, y_pred: Any) -> Tensor:
    """`mean((log(y_true + 1) - log(y_pred + 1))²)` over the last axis; negative values count as 0."""
    y_true, y_pred = same_form(y_true, y_pred)
    predicted = torch.log1p(torch.clamp_min(y_pred, config.epsilon()))
    wanted = torch.log1p(torch.clamp_min(y_true, config.epsilon()))
    return torch.mean(torch.square(predicted - wanted), -1)


class MeanSquaredError(LossFunctionWrapper):
    """The mean of squared differences.

    Example:
        model.compile("sgd", loss=keras.losses.MeanSquaredError())
    """

    def __init__(self, reduction: str | None = "auto", name: str = "mean_squared_error", dtype: Any = None) -> None:
        super().__init__(mean_squared_error, reduction, name, dtype)


class MeanAbsoluteError(LossFunctionWrapper):
    """The mean of absolute differences."""

    def __init__(self, reduction: str | None = "auto", name: str = "mean_absolute_error", dtype: Any = None) -> None:
        super().__init__(mean_absolute_error, reduction, name, dtype)


class MeanAbsolutePercentageError(LossFunctionWrapper):
    """The mean of absolute differences in per cent of the targets."""

    def __init__(
        self, reduction: str | None = "auto", name: str = "mean_absolute_percentage_error", dtype: Any = None
    ) -> None:
        super().__init__(mean_absolute_percentage_error, reduction, name, dtype)


class MeanSquaredLogarithmicError(LossFunctionWrapper):
    """The mean of squared differences of logarithms."""

    def __init__(
        self, reduction: str | None = "auto", name: str = "mean_squared_logarithmic_error", dtype: Any = None
    ) -> None:
        super().__init__(mean_squared_logarithmic_error, reduction, name, dtype)
