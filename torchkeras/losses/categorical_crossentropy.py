"""CategoricalCrossentropy and CategoricalFocalCrossentropy, for one-hot targets."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from torchkeras.core.dtypes import torch_dtype
from torchkeras.losses.inputs import loss_function
from torchkeras.losses.probabilities import check_categorical, clipped, logits_of, smoothed_categorical
from torchkeras.losses.softmax import softmax_crossentropy
from torchkeras.losses.wrapper import LossFunctionWrapper


def _same_dtype(y_true: Tensor, y_pred: Tensor) -> tuple[Tensor, Tensor]:
    if not y_pred.is_floating_point():
        y_pred = y_pred.to(torch_dtype(None))
    return y_true.to(y_pred.dtype), y_pred


def _shares(y_pred: Tensor, axis: int) -> Tensor:
    return clipped(y_pred / torch.sum(y_pred, axis, keepdim=True))


def _crossentropy(
    y_true: Tensor, y_pred: Tensor, from_logits: bool, label_smoothing: Any, axis: int, mean: bool = False
) -> Tensor:
    y_true, y_pred = _same_dtype(y_true, y_pred)
    check_categorical(y_true, y_pred, axis, "categorical_crossentropy")
    y_true = smoothed_categorical(y_true, label_smoothing, axis)
    y_pred, are_logits = logits_of(y_pred, from_logits, "Softmax", "categorical_crossentropy")
    if are_logits:
        return softmax_crossentropy(y_true, y_pred, axis, mean)
    losses = -torch.sum(y_true * torch.log(_shares(y_pred, axis)), axis)
    return torch.mean(losses) if mean else losses


def _mean_over_all(
    y_true: Tensor, y_pred: Tensor, from_logits: bool = False, label_smoothing: Any = 0.0, axis: int = -1
) -> Tensor | None:
    if y_true.shape != y_pred.shape or not y_pred.numel():
        return None
    return _crossentropy(y_true, y_pred, from_logits, label_smoothing, axis, mean=True)


@loss_function(mean=_mean_over_all)
def categorical_crossentropy(
    y_true: Any, y_pred: Any, from_logits: bool = False, label_smoothing: Any = 0.0, axis: int = -1
) -> Tensor:
    """`-sum(y_true * log(y_pred))` over the axis of the classes.

    Args:
        y_true: one-hot, or shares of the classes.
        y_pred: probabilities; or logits.
        from_logits: whether they are logits. A softmax's result counts as its logits either way.
        label_smoothing: how far the labels are moved towards equal shares.
        axis: of the classes.
    """
    return _crossentropy(y_true, y_pred, from_logits, label_smoothing, axis)


@loss_function()
def categorical_focal_crossentropy(
    y_true: Any,
    y_pred: Any,
    alpha: Any = 0.25,
    gamma: Any = 2.0,
    from_logits: bool = False,
    label_smoothing: Any = 0.0,
    axis: int = -1,
) -> Tensor:
    """categorical_crossentropy where what is predicted well counts less: times `alpha * (1 - y_pred)^gamma`.

    Args:
        y_true: one-hot, or shares of the classes.
        y_pred: probabilities; or logits.
        alpha: the weight of the classes, one for all or one for each.
        gamma: how much less.
        from_logits: whether the predictions are logits.
        label_smoothing: how far the labels are moved towards equal shares.
        axis: of the classes.
    """
    y_true, y_pred = _same_dtype(y_true, y_pred)
    check_categorical(y_true, y_pred, axis, "categorical_focal_crossentropy")
    y_true = smoothed_categorical(y_true, label_smoothing, -1)  # the last axis whatever `axis` says, as in Keras
    y_pred, are_logits = logits_of(y_pred, from_logits, "Softmax", "categorical_focal_crossentropy")
    shares = _shares(torch.softmax(y_pred, axis) if are_logits else y_pred, axis)
    if not isinstance(alpha, (int, float)):
        alpha = torch.as_tensor(alpha, dtype=shares.dtype, device=shares.device)
    losses = torch.pow(1.0 - shares, gamma) * alpha * (y_true * torch.log(shares))
    return -torch.sum(losses, axis)


class CategoricalCrossentropy(LossFunctionWrapper):
    """The crossentropy of several classes, for one-hot targets.

    Args:
        from_logits: whether the predictions are logits, not probabilities.
        label_smoothing: how far the labels are moved towards equal shares.
        axis: of the classes.
        reduction: as in `Loss`.
        name: of the loss.
        dtype: as in `Loss`.
    """

    def __init__(
        self,
        from_logits: bool = False,
        label_smoothing: Any = 0.0,
        axis: int = -1,
        reduction: str | None = "auto",
        name: str = "categorical_crossentropy",
        dtype: Any = None,
    ) -> None:
        settings = {"from_logits": from_logits, "label_smoothing": label_smoothing, "axis": axis}
        super().__init__(categorical_crossentropy, reduction, name, dtype, **settings)


class CategoricalFocalCrossentropy(LossFunctionWrapper):
    """The crossentropy of several classes in which what is predicted well counts less, for one-hot targets.

    Args:
        alpha: the weight of the classes, one for all or one for each.
        gamma: how much less.
        from_logits: whether the predictions are logits, not probabilities.
        label_smoothing: how far the labels are moved towards equal shares.
        axis: of the classes.
        reduction: as in `Loss`.
        name: of the loss.
        dtype: as in `Loss`.
    """

    def __init__(
        self,
        alpha: Any = 0.25,
        gamma: Any = 2.0,
        from_logits: bool = False,
        label_smoothing: Any = 0.0,
        axis: int = -1,
        reduction: str | None = "auto",
        name: str = "categorical_focal_crossentropy",
        dtype: Any = None,
    ) -> None:
        settings = {
            "alpha": alpha,
            "gamma": gamma,
            "from_logits": from_logits,
            "label_smoothing": label_smoothing,
            "axis": axis,
        }
        super().__init__(categorical_focal_crossentropy, reduction, name, dtype, **settings)
