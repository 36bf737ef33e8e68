"""SparseCategoricalCrossentropy, for integer labels."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor
from torch.nn import functional

from torchkeras.core.dtypes import torch_dtype
from torchkeras.losses.inputs import loss_function
from torchkeras.losses.labels import check_labels
from torchkeras.losses.probabilities import clipped, logits_of
from torchkeras.losses.wrapper import LossFunctionWrapper

# torch's own default, -100, would hide a wrong label.
_NO_CLASS = torch.iinfo(torch.int64).min


def _mean_over_all(
    y_true: Tensor, y_pred: Tensor, from_logits: bool = False, axis: int = -1, ignore_class: int | None = None
) -> Tensor | None:
    # With a class to ignore the mean is over the others.
    if ignore_class is not None or not y_pred.numel():
        return None
    return _crossentropy(y_true, _logits(y_pred, from_logits), axis, None, "mean")


@loss_function(mean=_mean_over_all)
def sparse_categorical_crossentropy(
    y_true: Any, y_pred: Any, from_logits: bool = False, axis: int = -1, ignore_class: int | None = None
) -> Tensor:
    """`-log(y_pred[y_true])`: minus the logarithm of the right class's probability.

    Args:
        y_true: labels from 0 on, of any dtype, in the shape of the predictions without the classes' axis; an axis of
            size 1 in its place does no harm.
        y_pred: probabilities; or logits.
        from_logits: whether they are logits. A softmax's result counts as its logits either way.
        axis: of the classes.
        ignore_class: a label whose loss is 0, and which is left out of the mean.
    """
    losses = _crossentropy(y_true, _logits(y_pred, from_logits), axis, ignore_class, "none")
    if ignore_class is not None:
        losses._keras_mask = (y_true != ignore_class).reshape(losses.shape)  # type: ignore[attr-defined]
    return losses


def _logits(y_pred: Tensor, from_logits: bool) -> Tensor:
    if not y_pred.is_floating_point():
        y_pred = y_pred.to(torch_dtype(None))
    logits, are_logits = logits_of(y_pred, from_logits, "Softmax", "sparse_categorical_crossentropy")
    return logits if are_logits else torch.log(clipped(logits))


def _crossentropy(y_true: Tensor, logits: Tensor, axis: int, ignore_class: int | None, reduction: str) -> Tensor:
    """torch's fused kernel; the classes go to the axis where it wants them as a view."""
    axis %= logits.ndim
    classes = logits.shape[axis]
    shape = logits.shape[:axis] + logits.shape[axis + 1 :]
    if y_true.numel() != shape.numel():
        one_hot = " One-hot targets go with `categorical_crossentropy`." if y_true.shape == logits.shape else ""
        raise ValueError(
            f"`y_true` of shape {tuple(y_true.shape)} and `y_pred` of shape {tuple(logits.shape)} do not go together: "
            f"one integer label for each prediction of {classes} classes makes {tuple(shape)}.{one_hot}"
        )
    labels = y_true if y_true.dtype == torch.int64 else y_true.to(torch.int64)
    if axis == logits.ndim - 1 and logits.is_contiguous():
        logits, labels = logits.reshape(-1, classes), labels.reshape(-1)
    else:
        logits, labels = logits.movedim(axis, 1 if logits.ndim > 1 else 0), labels.reshape(shape)
    ignored = _NO_CLASS if ignore_class is None else ignore_class
    if torch.compiler.is_compiling():
        losses = functional.cross_entropy(logits, labels, ignore_index=ignored, reduction=reduction)
    else:
        try:
            losses = functional.cross_entropy(logits, labels, ignore_index=ignored, reduction=reduction)
        except (IndexError, RuntimeError):
            if labels.device.type == "cpu":  # only there does torch look before it reads
                check_labels(labels, classes, ignore_class=ignore_class)
            raise
    return losses if reduction == "mean" else losses.reshape(shape)


class SparseCategoricalCrossentropy(LossFunctionWrapper):
    """The crossentropy of several classes, for integer labels.

    Args:
        from_logits: whether the predictions are logits, not probabilities.
        ignore_class: a label that is left out of the loss.
        reduction: as in `Loss`.
        name: of the loss.
        axis: of the classes.
        dtype: as in `Loss`.

    Example:
        loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
        loss([1, 2], model(images))
    """

    def __init__(
        self,
        from_logits: bool = False,
        ignore_class: int | None = None,
        reduction: str | None = "auto",
        name: str = "sparse_categorical_crossentropy",
        axis: int = -1,
        dtype: Any = None,
    ) -> None:
        settings: dict[str, Any] = {"from_logits": from_logits, "ignore_class": ignore_class}
        if axis != -1:
            settings["axis"] = axis
        super().__init__(sparse_categorical_crossentropy, reduction, name, dtype, **settings)
