"""BinaryCrossentropy and BinaryFocalCrossentropy."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor
from torch.nn import functional

from torchkeras.core import config
from torchkeras.losses.inputs import loss_function, same_form
from torchkeras.losses.probabilities import clipped, logits_of, smoothed_binary
from torchkeras.losses.wrapper import LossFunctionWrapper


def _mean_from_logits(
    y_true: Tensor, y_pred: Tensor, from_logits: bool = False, label_smoothing: Any = 0.0, axis: Any = -1
) -> Tensor | None:
    if y_true.shape != y_pred.shape or not y_pred.is_floating_point() or not y_pred.numel():
        return None
    logits, are_logits = logits_of(y_pred, from_logits, "Sigmoid", "binary_crossentropy")
    if not are_logits:
        return None
    y_true = smoothed_binary(y_true.to(logits.dtype), label_smoothing)
    return functional.binary_cross_entropy_with_logits(logits, y_true)


@loss_function(mean=_mean_from_logits)
def binary_crossentropy(
    y_true: Any, y_pred: Any, from_logits: bool = False, label_smoothing: Any = 0.0, axis: Any = -1
) -> Tensor:
    """The mean over an axis of `-(y_true * log(y_pred) + (1 - y_true) * log(1 - y_pred))`.

    Args:
        y_true: 0 or 1, or between.
        y_pred: probabilities; or logits.
        from_logits: whether they are logits. A sigmoid's result counts as its logits either way.
        label_smoothing: how far the labels are moved towards 0.5.
        axis: of the mean.
    """
    y_true, y_pred = same_form(y_true, y_pred)
    return torch.mean(_crossentropy(smoothed_binary(y_true, label_smoothing), y_pred, from_logits), axis)


def _crossentropy(y_true: Tensor, y_pred: Tensor, from_logits: bool) -> Tensor:
    logits, are_logits = logits_of(y_pred, from_logits, "Sigmoid", "binary_crossentropy")
    if are_logits:
        if y_true.shape != logits.shape:
            raise ValueError(
                f"`logits` and `labels` must have the same shape, received "
                f"({tuple(logits.shape)} vs {tuple(y_true.shape)})."
            )
        return functional.binary_cross_entropy_with_logits(logits, y_true, reduction="none")
    epsilon = config.epsilon()
    probability = clipped(y_pred)
    one, zero = torch.log(probability + epsilon), torch.log(1.0 - probability + epsilon)
    return -torch.lerp(zero, one, y_true)


@loss_function()
def binary_focal_crossentropy(
    y_true: Any,
    y_pred: Any,
    apply_class_balancing: bool = False,
    alpha: Any = 0.25,
    gamma: Any = 2.0,
    from_logits: bool = False,
    label_smoothing: Any = 0.0,
    axis: Any = -1,
) -> Tensor:
    """binary_crossentropy where what is predicted well counts less: times `(1 - p)^gamma`, p of the right class.

    Args:
        y_true: 0 or 1, or between.
        y_pred: probabilities; or logits.
        apply_class_balancing: whether to weight class 1 by `alpha` and class 0 by `1 - alpha`.
        alpha: the weight of class 1.
        gamma: how much less.
        from_logits: whether the predictions are logits.
        label_smoothing: how far the labels are moved towards 0.5.
        axis: of the mean.
    """
    y_true, y_pred = same_form(y_true, y_pred)
    y_true = smoothed_binary(y_true, label_smoothing)
    probability = torch.sigmoid(y_pred) if from_logits else y_pred
    right = torch.lerp(1.0 - probability, probability, y_true)
    losses = torch.pow(1.0 - right, gamma) * _crossentropy(y_true, y_pred, from_logits)
    if apply_class_balancing:
        losses = (y_true * alpha + (1.0 - y_true) * (1.0 - alpha)) * losses
    return torch.mean(losses, axis)


class BinaryCrossentropy(LossFunctionWrapper):
    """The crossentropy of two classes.

    Args:
        from_logits: whether the predictions are logits, not probabilities.
        label_smoothing: how far the labels are moved towards 0.5.
        axis: of the mean.
        reduction: as in `Loss`.
        name: of the loss.
        dtype: as in `Loss`.
    """

    def __init__(
        self,
        from_logits: bool = False,
        label_smoothing: Any = 0.0,
        axis: Any = -1,
        reduction: str | None = "auto",
        name: str = "binary_crossentropy",
        dtype: Any = None,
    ) -> None:
        settings = {"from_logits": from_logits, "label_smoothing": label_smoothing, "axis": axis}
        super().__init__(binary_crossentropy, reduction, name, dtype, **settings)


class BinaryFocalCrossentropy(LossFunctionWrapper):
    """The crossentropy of two classes in which what is predicted well counts less.

    Args:
        apply_class_balancing: whether to weight class 1 by `alpha` and class 0 by `1 - alpha`.
        alpha: the weight of class 1.
        gamma: how much less.
        from_logits: whether the predictions are logits, not probabilities.
        label_smoothing: how far the labels are moved towards 0.5.
        axis: of the mean.
        reduction: as in `Loss`.
        name: of the loss.
        dtype: as in `Loss`.
    """

    def __init__(
        self,
        apply_class_balancing: bool = False,
        alpha: Any = 0.25,
        gamma: Any = 2.0,
        from_logits: bool = False,
        label_smoothing: Any = 0.0,
        axis: Any = -1,
        reduction: str | None = "auto",
        name: str = "binary_focal_crossentropy",
        dtype: Any = None,
    ) -> None:
        settings = {
            "apply_class_balancing": apply_class_balancing,
            "alpha": alpha,
            "gamma": gamma,
            "from_logits": from_logits,
            "label_smoothing": label_smoothing,
            "axis": axis,
        }
        super().__init__(binary_focal_crossentropy, reduction, name, dtype, **settings)
