"""Crossentropies as Keras 2 computes them, value by value or row by row, not averaged."""

from __future__ import annotations

import warnings
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from torchkeras.backend.operation import backend_function
from torchkeras.core.config import epsilon
from torchkeras.ops.promotion import tensor


def _logits(output: Tensor, from_logits: bool, activation: str, function: str) -> tuple[Tensor, bool]:
    """The logits that an output of softmax or sigmoid remembers: they keep gradients alive."""
    logits = getattr(output, "_keras_logits", None)
    if logits is None:
        return output, from_logits
    if from_logits:
        warnings.warn(
            f'"`{function}` received `from_logits=True`, but the `output` argument was produced by a {activation} '
            f"activation and thus does not represent logits. Was this intended?",
            stacklevel=5,
        )
    return logits, True


def _clipped(x: Tensor) -> Tensor:
    return torch.clamp(x, epsilon(), 1.0 - epsilon())


def _check_shapes(target: Tensor, output: Tensor) -> None:
    if target.shape != output.shape:
        raise ValueError(f"Shapes {tuple(target.shape)} and {tuple(output.shape)} are incompatible")


@backend_function()
def binary_crossentropy(target: Any, output: Any, from_logits: bool = False) -> Tensor:
    """The crossentropy of each value.

    Args:
        target: 0 or 1, or between.
        output: probabilities.
        from_logits: whether `output` holds logits instead.
    """
    output, from_logits = _logits(tensor(output), from_logits, "Sigmoid", "binary_crossentropy")
    wanted = tensor(target, output.dtype)
    if from_logits:
        wanted, output = torch.broadcast_tensors(wanted, output)
        return F.binary_cross_entropy_with_logits(output, wanted, reduction="none")
    output = _clipped(output)
    # Keras 2 adds epsilon once more.
    return -(wanted * torch.log(output + epsilon()) + (1 - wanted) * torch.log(1 - output + epsilon()))


@backend_function()
def binary_focal_crossentropy(
    target: Any,
    output: Any,
    apply_class_balancing: bool = False,
    alpha: float = 0.25,
    gamma: float = 2.0,
    from_logits: bool = False,
) -> Tensor:
    """The crossentropy of each value, less where the prediction is sure; see `keras.losses`."""
    given = tensor(output)
    probabilities = torch.sigmoid(given) if from_logits else given
    wanted = tensor(target, given.dtype)
    sureness = wanted * probabilities + (1 - wanted) * (1 - probabilities)
    result = torch.pow(1.0 - sureness, gamma) * binary_crossentropy(wanted, given, from_logits)
    return (wanted * alpha + (1 - wanted) * (1 - alpha)) * result if apply_class_balancing else result


@backend_function()
def categorical_crossentropy(target: Any, output: Any, from_logits: bool = False, axis: int = -1) -> Tensor:
    """The crossentropy of each row of probabilities.

    Args:
        target: the true probabilities, such as one-hot rows.
        output: probabilities.
        from_logits: whether `output` holds logits instead.
        axis: along which axis the classes are.
    """
    output, from_logits = _logits(tensor(output), from_logits, "Softmax", "categorical_crossentropy")
    wanted = tensor(target, output.dtype)
    _check_shapes(wanted, output)
    if from_logits:
        return -torch.sum(wanted * torch.log_softmax(output, axis), axis)
    output = output / torch.sum(output, axis, keepdim=True)
    return -torch.sum(wanted * torch.log(_clipped(output)), axis)


@backend_function()
def categorical_focal_crossentropy(
    target: Any, output: Any, alpha: float = 0.25, gamma: float = 2.0, from_logits: bool = False, axis: int = -1
) -> Tensor:
    """The crossentropy of each row, less where the prediction is sure; see `keras.losses`."""
    output, from_logits = _logits(tensor(output), from_logits, "Softmax", "categorical_focal_crossentropy")
    wanted = tensor(target, output.dtype)
    _check_shapes(wanted, output)
    output = torch.softmax(output, axis) if from_logits else output
    output = _clipped(output / torch.sum(output, axis, keepdim=True))
    return torch.sum(torch.pow(1.0 - output, gamma) * alpha * -wanted * torch.log(output), axis)


@backend_function()
def sparse_categorical_crossentropy(
    target: Any, output: Any, from_logits: bool = False, axis: int = -1, ignore_class: int | None = None
) -> Tensor:
    """The crossentropy of each row of probabilities, for targets that are numbers of classes.

    Args:
        target: the true classes.
        output: probabilities.
        from_logits: whether `output` holds logits instead.
        axis: along which axis the classes are.
        ignore_class: a number that means no class: there the result is 0.
    """
    output, from_logits = _logits(tensor(output), from_logits, "Softmax", "sparse_categorical_crossentropy")
    scores = (output if from_logits else torch.log(_clipped(output))).movedim(axis, -1)
    wanted = tensor(target).to(torch.int64)
    if wanted.dim() != scores.dim() - 1:  # (N, 1) for (N, classes)
        wanted = wanted.reshape(scores.shape[:-1])
    ignored = None if ignore_class is None else wanted == ignore_class
    if ignored is not None:
        wanted = torch.where(ignored, 0, wanted)
    result = -torch.gather(torch.log_softmax(scores, -1), -1, wanted.unsqueeze(-1)).squeeze(-1)
    if ignored is None:
        return result
    result = torch.where(ignored, 0.0, result)
    result._keras_mask = ~ignored  # type: ignore[attr-defined]
    return result
