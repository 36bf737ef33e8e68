"""Losses between distributions and counts: KLDivergence and Poisson."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from torchkeras.core import config
from torchkeras.losses.inputs import loss_function, same_form
from torchkeras.losses.wrapper import LossFunctionWrapper


@loss_function()
def kl_divergence(y_true: Any, y_pred: Any) -> Tensor:
    """`sum(y_true * log(y_true / y_pred))` over the last axis, of values between 1e-7 and 1."""
    y_true, y_pred = same_form(y_true, y_pred)
    y_true = torch.clamp(y_true, config.epsilon(), 1.0)
    y_pred = torch.clamp(y_pred, config.epsilon(), 1.0)
    return torch.sum(y_true * torch.log(y_true / y_pred), -1)


@loss_function()
def poisson(y_true: Any, y_pred: Any) -> Tensor:
    """`mean(y_pred - y_true * log(y_pred + 1e-7))` over the last axis."""
    y_true, y_pred = same_form(y_true, y_pred)
    return torch.mean(torch.addcmul(y_pred, y_true, torch.log(y_pred + config.epsilon()), value=-1), -1)


class KLDivergence(LossFunctionWrapper):
    """The Kullback-Leibler divergence of the predictions from the targets."""

    def __init__(self, reduction: str | None = "auto", name: str = "kl_divergence", dtype: Any = None) -> None:
        super().__init__(kl_divergence, reduction, name, dtype)


class Poisson(LossFunctionWrapper):
    """The loss of counts under predicted rates."""

    def __init__(self, reduction: str | None = "auto", name: str = "poisson", dtype: Any = None) -> None:
        super().__init__(poisson, reduction, name, dtype)
