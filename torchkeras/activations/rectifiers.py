"""relu and its kin: zero, or a slope, below a threshold."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor
from torch.nn import functional

from torchkeras.activations.inputs import tensor


def relu(
    x: Tensor,
    alpha: float = 0.0,
    max_value: float | None = None,
    threshold: float = 0.0,
    *,
    negative_slope: float | None = None,
) -> Tensor:
    """The rectified linear unit: `max(x, 0)` unless told otherwise.

    Args:
        x: a tensor.
        alpha: the slope below the threshold. Keras 3's name is `negative_slope`.
        max_value: what the result is cut off at.
        threshold: what is not above it counts as negative.
        negative_slope: the same as `alpha`.
    """
    x = tensor(x)
    if negative_slope is not None:
        alpha = negative_slope
    if threshold == 0.0 and max_value is None:
        return functional.leaky_relu(x, alpha) if alpha else torch.relu(x)
    if threshold == 0.0 and max_value == 6:
        positive = functional.relu6(x)  # as in Keras; its slope at 6 is 0, that of `clamp` 1
    else:
        positive = torch.threshold(x, threshold, 0.0) if threshold else torch.relu(x)
        positive = positive if max_value is None else torch.clamp(positive, 0.0, max_value)
    if alpha == 0.0:
        return positive
    return positive - alpha * torch.relu(threshold - x)


def relu6(x: Tensor) -> Tensor:
    """`min(max(x, 0), 6)`."""
    return functional.relu6(tensor(x))


def leaky_relu(x: Tensor, alpha: float = 0.2, *, negative_slope: float | None = None) -> Tensor:
    """`x` if positive, else `alpha * x`. Keras 3 names the slope `negative_slope`."""
    return functional.leaky_relu(tensor(x), alpha if negative_slope is None else negative_slope)


def keeps_order(activation: Any) -> bool:
    """Whether this is one that never puts a smaller value above a larger one, to the bit.

    Then the largest of some values, put through it, is the largest of those that were put through it.
    """
    return activation is relu or activation is relu6 or activation is leaky_relu


def relu_of_new(x: Tensor) -> Tensor:
    """relu of a tensor that a kernel has just made, and nobody else needs: in its place, where that saves memory.

    A view is spared: autograd would copy what it is a view of.
    """
    if torch.compiler.is_compiling() or x._is_view():
        return torch.relu(x)
    return torch.relu_(x)


def threshold(x: Tensor, threshold: float, default_value: float) -> Tensor:
    """`x` where it is above the threshold, else `default_value`."""
    return torch.threshold(tensor(x), threshold, default_value)
