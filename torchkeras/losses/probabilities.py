"""What the crossentropies share: logits behind probabilities, smoothed labels, checks."""

from __future__ import annotations

import warnings
from typing import Any

import torch
from torch import Tensor

from torchkeras.core import config


def logits_of(y_pred: Tensor, from_logits: bool, activation: str, name: str) -> tuple[Tensor, bool]:
    """Predictions, and whether they are logits: those behind a softmax or sigmoid, where its result remembers them."""
    logits = getattr(y_pred, "_keras_logits", None)
    if logits is None:
        return y_pred, from_logits
    if from_logits and not torch.compiler.is_compiling():
        warnings.warn(
            f"`{name}` received `from_logits=True`, but the `output` argument was produced by a {activation} "
            f"activation and thus does not represent logits. Was this intended?",
            stacklevel=4,
        )
    return logits, True


def clipped(probabilities: Tensor) -> Tensor:
    """Probabilities kept epsilon away from 0 and 1."""
    epsilon = config.epsilon()
    return torch.clamp(probabilities, epsilon, 1.0 - epsilon)


def smoothed_binary(y_true: Tensor, label_smoothing: Any) -> Tensor:
    """Labels moved towards 0.5."""
    if _is_zero(label_smoothing):
        return y_true
    return y_true * (1.0 - label_smoothing) + 0.5 * label_smoothing


def smoothed_categorical(y_true: Tensor, label_smoothing: Any, axis: int) -> Tensor:
    """Labels moved towards equal shares."""
    if _is_zero(label_smoothing):
        return y_true
    return y_true * (1.0 - label_smoothing) + label_smoothing / y_true.shape[axis]


def _is_zero(label_smoothing: Any) -> bool:
    return not isinstance(label_smoothing, Tensor) and label_smoothing == 0


def check_categorical(y_true: Tensor, y_pred: Tensor, axis: Any, name: str) -> None:
    """Errors and warnings about the shapes that a categorical loss gets."""
    if isinstance(axis, bool):
        raise ValueError(f"`axis` must be of type `int`. Received: axis={axis} of type {type(axis)}")
    shape, wanted = tuple(y_true.shape), tuple(y_pred.shape)
    if shape != wanted:
        hint = ""
        if shape in (wanted[:-1], (*wanted[:-1], 1)):
            hint = (
                f" The targets look like integer labels: use `sparse_{name}`, or make them one-hot with "
                f"`keras.utils.to_categorical(y_true, {wanted[-1]})`."
                if name == "categorical_crossentropy"
                else f" Make integer labels one-hot with `keras.utils.to_categorical(y_true, {wanted[-1]})`."
            )
        raise ValueError(f"Shapes {shape} and {wanted} are incompatible.{hint}")
    if wanted and wanted[-1] == 1 and not torch.compiler.is_compiling():
        warnings.warn(
            f"In loss {name}, expected y_pred.shape to be (batch_size, num_classes) with num_classes > 1. Received: "
            f"y_pred.shape={wanted}. Consider using 'binary_crossentropy' if you only have 2 classes.",
            SyntaxWarning,
            stacklevel=4,
        )
