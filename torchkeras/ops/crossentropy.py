"""Crossentropies, for each sample."""

from __future__ import annotations

import warnings
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional

from torchkeras.core import config
from torchkeras.ops.axes import canonical
from torchkeras.ops.operation import operation
from torchkeras.ops.promotion import promoted, tensor


def _logits(output: Tensor, from_logits: bool, activation: str, function: str) -> tuple[Tensor, bool]:
    """The logits where the output remembers them: they keep gradients alive where a probability became 0 or 1."""
    logits = getattr(output, "_keras_logits", None)
    if logits is None:
        return output, from_logits
    if from_logits:
        warnings.warn(
            f'"`{function}` received `from_logits=True`, but the `output` argument was produced by a {activation} '
            f"activation and thus does not represent logits. Was this intended?",
            stacklevel=4,
        )
    return logits, True


def _check_alike(target: Tensor, output: Tensor) -> None:
    if target.shape != output.shape:
        raise ValueError(
            f"Arguments `target` and `output` must have the same shape. "
            f"Received: target.shape={tuple(target.shape)}, output.shape={tuple(output.shape)}"
        )


def _clipped(x: Tensor) -> Tensor:
    return torch.clamp(x, config.epsilon(), 1 - config.epsilon())


@operation
def binary_crossentropy(target: Any, output: Any, from_logits: bool = False) -> Tensor:
    """The crossentropy of each value.

    Args:
        target: 0 or 1, or between.
        output: probabilities.
        from_logits: whether `output` holds logits instead.
    """
    given = tensor(output)
    output, from_logits = _logits(given, from_logits, "Sigmoid", "binary_crossentropy")
    wanted = tensor(target)
    _check_alike(wanted, output)
    wanted, output = promoted(wanted, output)
    if from_logits:
        return functional.binary_cross_entropy_with_logits(output, wanted, reduction="none")
    output = _clipped(output)
    return -(wanted * torch.log(output) + (1 - wanted) * torch.log(1 - output))


@operation
def categorical_crossentropy(target: Any, output: Any, from_logits: bool = False, axis: int = -1) -> Tensor:
    """The crossentropy of each row of probabilities.

    Args:
        target: the true probabilities, such as one-hot rows.
        output: probabilities.
        from_logits: whether `output` holds logits instead.
        axis: along which axis the classes are.
    """
    given = tensor(output)
    output, from_logits = _logits(given, from_logits, "Softmax", "categorical_crossentropy")
    wanted = tensor(target)
    if not wanted.dim():
        raise ValueError(
            f"Arguments `target` and `output` must be at least rank 1. Received: target.shape=(), "
            f"output.shape={tuple(output.shape)}"
        )
    _check_alike(wanted, output)
    wanted, output = promoted(wanted, output)
    if from_logits:
        return -torch.sum(wanted * torch.log_softmax(output, axis), axis)
    output = output / torch.sum(output, axis, keepdim=True)
    return -torch.sum(wanted * torch.log(_clipped(output)), axis)


@operation
def sparse_categorical_crossentropy(target: Any, output: Any, from_logits: bool = False, axis: int = -1) -> Tensor:
    """The crossentropy of each row of probabilities, for targets that are numbers of classes.

    Args:
        target: the true classes: the shape of `output` without the axis, or with size 1 there.
        output: probabilities.
        from_logits: whether `output` holds logits instead.
        axis: along which axis the classes are.
    """
    given = tensor(output)
    output, from_logits = _logits(given, from_logits, "Softmax", "sparse_categorical_crossentropy")
    if not output.dim():
        raise ValueError("Argument `output` must be at least rank 1. Received: output.shape=()")
    axis = canonical(axis, output.dim())
    wanted = tensor(target).to(torch.int64)
    if wanted.dim() == output.dim() and wanted.shape[axis] == 1:
        wanted = wanted.squeeze(axis)
    if wanted.shape != (*output.shape[:axis], *output.shape[axis + 1 :]):
        raise ValueError(
            f"Arguments `target` and `output` must have the same shape up until the last dimension: "
            f"target.shape={tuple(wanted.shape)}, output.shape={tuple(output.shape)}"
        )
    if not from_logits:
        output = torch.log(_clipped(output))
    scores = torch.log_softmax(output, axis)
    return -torch.gather(scores, axis, wanted.unsqueeze(axis)).squeeze(axis)
