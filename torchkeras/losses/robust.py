"""Losses that grow like the square of small errors and like the size of large ones: Huber and LogCosh."""

from __future__ import annotations

import math
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional

from torchkeras.core.dtypes import torch_dtype
from torchkeras.losses.inputs import loss_function, same_form
from torchkeras.losses.wrapper import LossFunctionWrapper


def _wide(y_true: Tensor, y_pred: Tensor) -> tuple[Tensor, Tensor]:
    # Keras computes huber in floatx whatever the predictions are; what is wider than floatx stays here.
    if y_pred.dtype in (torch.float16, torch.bfloat16):
        y_pred = y_pred.to(torch_dtype(None))
    return same_form(y_true, y_pred)


def _mean_huber(y_true: Tensor, y_pred: Tensor, delta: Any = 1.0) -> Tensor | None:
    y_true, y_pred = _wide(y_true, y_pred)
    fits = y_true.shape == y_pred.shape and y_pred.numel() and isinstance(delta, (int, float)) and delta > 0
    return functional.huber_loss(y_pred, y_true, delta=delta) if fits else None


@loss_function(mean=_mean_huber)
def huber(y_true: Any, y_pred: Any, delta: Any = 1.0) -> Tensor:
    """The mean over the last axis of `error² / 2` up to `delta`, of `delta * |error| - delta² / 2` beyond it."""
    y_true, y_pred = _wide(y_true, y_pred)
    error = y_pred - y_true
    size = torch.abs(error)
    return torch.mean(torch.where(size <= delta, 0.5 * torch.square(error), delta * (size - 0.5 * delta)), -1)


@loss_function()
def log_cosh(y_true: Any, y_pred: Any) -> Tensor:
    """`mean(log(cosh(y_pred - y_true)))` over the last axis."""
    y_true, y_pred = same_form(y_true, y_pred)
    error = y_pred - y_true
    return torch.mean(error + functional.softplus(-2.0 * error, 1.0, 40.0), -1) - math.log(2.0)


class Huber(LossFunctionWrapper):
    """The Huber loss.

    Args:
        delta: the error at which the loss goes over from a parabola to a straight line.
        reduction: as in `Loss`.
        name: of the loss.
        dtype: as in `Loss`.
    """

    def __init__(
        self, delta: Any = 1.0, reduction: str | None = "auto", name: str = "huber_loss", dtype: Any = None
    ) -> None:
        super().__init__(huber, reduction, name, dtype, delta=delta)


class LogCosh(LossFunctionWrapper):
    """The logarithm of the hyperbolic cosine of the error."""

    def __init__(self, reduction: str | None = "auto", name: str = "log_cosh", dtype: Any = None) -> None:
        super().__init__(log_cosh, reduction, name, dtype)
