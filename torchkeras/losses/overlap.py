"""Losses of how far two regions overlap: Dice and Tversky, for segmentation."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from torchkeras.core import config
from torchkeras.losses.inputs import loss_function, same_form
from torchkeras.losses.wrapper import LossFunctionWrapper


def _sum(x: Tensor, axis: Any) -> Tensor:
    return torch.sum(x) if axis is None else torch.sum(x, axis)


@loss_function()
def dice(y_true: Any, y_pred: Any, axis: Any = None) -> Tensor:
    """`1 - 2 * overlap / (size of y_true + size of y_pred)`, over all values or over some axes."""
    y_true, y_pred = same_form(y_true, y_pred)
    overlap = _sum(y_true * y_pred, axis)
    return 1.0 - 2.0 * overlap / (_sum(y_true, axis) + _sum(y_pred, axis) + config.epsilon())


@loss_function()
def tversky(y_true: Any, y_pred: Any, alpha: float = 0.5, beta: float = 0.5, axis: Any = None) -> Tensor:
    """`1 - overlap / (overlap + alpha * missed + beta * false)`, over all values or over some axes.

    Args:
        y_true: targets of 0 and 1.
        y_pred: predictions of the same shape.
        alpha: the weight of what is in the targets alone.
        beta: the weight of what is in the predictions alone.
        axis: over which to sum; None is all.
    """
    y_true, y_pred = same_form(y_true, y_pred)
    overlap = _sum(y_true * y_pred, axis)
    missed = _sum((1.0 - y_pred) * y_true, axis)
    false = _sum(y_pred * (1.0 - y_true), axis)
    return 1.0 - overlap / (overlap + missed * alpha + false * beta + config.epsilon())


class Dice(LossFunctionWrapper):
    """One minus the Dice coefficient.

    Args:
        reduction: as in `Loss`.
        name: of the loss.
        axis: over which to sum; None is all.
        dtype: as in `Loss`.
    """

    def __init__(self, reduction: str | None = "auto", name: str = "dice", axis: Any = None, dtype: Any = None) -> None:
        super().__init__(dice, reduction, name, dtype, axis=axis)


class Tversky(LossFunctionWrapper):
    """One minus the Tversky index: Dice with weights for either kind of error.

    Args:
        alpha: the weight of what is in the targets alone.
        beta: the weight of what is in the predictions alone.
        reduction: as in `Loss`.
        name: of the loss.
        axis: over which to sum; None is all.
        dtype: as in `Loss`.
    """

    def __init__(
        self,
        alpha: float = 0.5,
        beta: float = 0.5,
        reduction: str | None = "auto",
        name: str = "tversky",
        axis: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__(tversky, reduction, name, dtype, alpha=alpha, beta=beta, axis=axis)
