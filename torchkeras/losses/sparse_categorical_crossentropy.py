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
    labels = y_true if y_true.dtype == torch.int64 else y_true.to(torch.int64)
    shape = None
    if labels.ndim == 2 == logits.ndim and axis in (-1, 1) and labels.shape == (logits.shape[0], 1):
        labels = labels.squeeze(1)
    if logits.ndim != 2 or labels.ndim != 1 or axis not in (-1, 1):
        logits, labels, shape = _flattened(logits, labels, axis)
    elif labels.shape[0] != logits.shape[0]:
        raise _mismatch(labels.shape, logits.shape, logits.shape[:1], logits.shape[1])
    losses = _fused(logits, labels, ignore_class, reduction)
    return losses if shape is None or reduction == "mean" else losses.reshape(shape)


def _flattened(logits: Tensor, labels: Tensor, axis: int) -> tuple[Tensor, Tensor, torch.Size]:
    """Both as `cross_entropy` takes them, without a copy where there is a way; and the shape of the losses."""
    axis %= logits.ndim
    classes = logits.shape[axis]
    shape = logits.shape[:axis] + logits.shape[axis + 1 :]
    if labels.numel() != shape.numel():
        raise _mismatch(labels.shape, logits.shape, shape, classes)
    if axis == logits.ndim - 1 and logits.is_contiguous():
        return logits.reshape(-1, classes), labels.reshape(-1), shape
    return logits.movedim(axis, 1 if logits.ndim > 1 else 0), labels.reshape(shape), shape


def _fused(logits: Tensor, labels: Tensor, ignore_class: int | None, reduction: str) -> Tensor:
    ignored = _NO_CLASS if ignore_class is None else ignore_class
    if torch.compiler.is_compiling():
        return functional.cross_entropy(logits, labels, ignore_index=ignored, reduction=reduction)
    try:
        return functional.cross_entropy(logits, labels, ignore_index=ignored, reduction=reduction)
    except (IndexError, RuntimeError):
        if labels.device.type == "cpu":  # only there does torch look before it reads
            check_labels(labels, logits.shape[1 if logits.ndim > 1 else 0], ignore_class=ignore_class)
        raise


def _mismatch(given: torch.Size, predictions: torch.Size, wanted: torch.Size, classes: int) -> ValueError:
    one_hot = " One-hot targets go with `categorical_crossentropy`." if given == predictions else ""
    return ValueError(
        f"`y_true` of shape {tuple(given)} and `y_pred` of shape {tuple(predictions)} do not go together: one integer "
        f"label for each prediction of {classes} classes makes {tuple(wanted)}.{one_hot}"
    )


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
