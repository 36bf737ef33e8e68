"""Normalization: values moved and scaled to a mean, a variance or a length."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional

from torchkeras.core import config
from torchkeras.ops.axes import reduced
from torchkeras.ops.operation import operation
from torchkeras.ops.promotion import floating, result_type, tensor


@operation
def batch_normalization(
    x: Any, mean: Any, variance: Any, axis: int, offset: Any = None, scale: Any = None, epsilon: float = 1e-3
) -> Tensor:
    """`(x - mean) / sqrt(variance + epsilon) * scale + offset`.

    Args:
        x: the values.
        mean: one for each place along the axis.
        variance: likewise.
        axis: the axis that keeps its own statistics, such as that of the channels.
        offset: what to add, for each place.
        scale: what to multiply with, for each place.
        epsilon: keeps the division from 0.
    """
    x = tensor(x)
    shape = [-1 if i == axis % x.dim() else 1 for i in range(x.dim())]

    def along(value: Any) -> Tensor:
        value = tensor(value, x.dtype)
        return value.reshape(shape) if value.dim() == 1 else value

    factor = torch.rsqrt(along(variance) + epsilon)
    if scale is not None:
        factor = factor * along(scale)
    shift = -along(mean) * factor
    return x * factor + (shift if offset is None else shift + along(offset))


@operation
def layer_normalization(
    x: Any,
    gamma: Any = None,
    beta: Any = None,
    axis: int | Sequence[int] = -1,
    epsilon: float | None = None,
    **kwargs: Any,
) -> Tensor:
    """Each sample's values along the axes, less their mean, divided by their standard deviation.

    Args:
        x: the values.
        gamma: what to multiply with afterwards.
        beta: what to add afterwards.
        axis: along which axis, or axes.
        epsilon: keeps the division from 0; the global setting unless told.
        kwargs: `rms_scaling=True`, which leaves the mean in and adds no `beta`.
    """
    rms_scaling = kwargs.pop("rms_scaling", False)
    if kwargs:
        raise TypeError(f"layer_normalization() got an unexpected keyword argument {next(iter(kwargs))!r}")
    epsilon = config.epsilon() if epsilon is None else epsilon
    given = tensor(x)
    values = given.to(result_type(given.dtype, torch.float32))
    axes = tuple(sorted(reduced(axis, values.dim())))
    gamma, beta = (_beside(v, values, axes) for v in (gamma, beta))
    behind = axes == tuple(range(values.dim() - len(axes), values.dim()))
    if rms_scaling:
        result = values * torch.rsqrt(torch.var(values, axes, correction=0, keepdim=True) + epsilon)
        result = result if gamma is None else result * gamma
    elif behind and all(v is None or v.shape == values.shape[axes[0] :] for v in (gamma, beta)):
        result = functional.layer_norm(values, values.shape[axes[0] :], gamma, beta, epsilon)
    else:
        variance, mean = torch.var_mean(values, axes, correction=0, keepdim=True)
        result = (values - mean) * torch.rsqrt(variance + epsilon)
        result = result if gamma is None else result * gamma
        result = result if beta is None else result + beta
    return result.to(given.dtype)


def _beside(value: Any, x: Tensor, axes: tuple[int, ...]) -> Tensor | None:
    """Weights in a shape that broadcasts against the values."""
    if value is None:
        return None
    value = tensor(value, x.dtype)
    if value.dim() == x.dim() or axes == (x.dim() - 1,) or value.shape == x.shape[axes[0] :]:
        return value
    return value.reshape([n if i in axes else 1 for i, n in enumerate(x.shape)])


@operation
def rms_normalization(
    x: Any, scale: Any = None, axis: int | Sequence[int] = -1, epsilon: float | None = None
) -> Tensor:
    """The values along the axes, divided by the root of the mean of their squares.

    Args:
        x: the values.
        scale: what to multiply with afterwards.
        axis: along which axis, or axes.
        epsilon: keeps the division from 0; the global setting unless told.
    """
    given = tensor(x)
    values = given.to(result_type(given.dtype, torch.float32))
    values = values.reshape(1) if not values.dim() else values
    axes = reduced(axis, values.dim())
    squares = torch.mean(torch.square(values), axes, keepdim=True)
    result = values * torch.rsqrt(squares + (config.epsilon() if epsilon is None else epsilon))
    if scale is not None:
        result = result * tensor(scale, values.dtype)
    return result.to(given.dtype)


@operation
def normalize(x: Any, axis: int = -1, order: int = 2, epsilon: float | None = None) -> Tensor:
    """`x` divided by its norm along the axis.

    Args:
        x: the values.
        axis: along which axis.
        order: which norm: 2 for the root of the sum of squares.
        epsilon: the least number to divide by; the global setting unless told.
    """
    if not isinstance(order, int) or order < 1:
        raise ValueError(f"Argument `order` must be an int >= 1. Received: order={order}")
    x = floating(x)
    x = x.reshape(1) if not x.dim() else x
    least = config.epsilon() if epsilon is None else epsilon
    if order == 2:  # by Keras's formula: its gradient at 0 is 0
        inverse = torch.rsqrt(torch.sum(torch.square(x), axis, keepdim=True))
        return x * torch.minimum(inverse, torch.tensor(1 / least, dtype=x.dtype, device=x.device))
    return x / torch.clamp(torch.linalg.vector_norm(x, order, axis, keepdim=True), min=least)
