"""Activations, dropout and normalization."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor

from torchkeras import activations
from torchkeras.backend.operation import backend_function
from torchkeras.ops.creation import sizes
from torchkeras.ops.promotion import tensor


@backend_function("tf.nn.relu")
def relu(x: Any, alpha: float = 0.0, max_value: float | None = None, threshold: float = 0.0) -> Tensor:
    """`max(x, 0)` unless told otherwise; see `keras.activations.relu`."""
    return activations.relu(tensor(x), alpha, max_value, threshold)


@backend_function("tf.nn.elu")
def elu(x: Any, alpha: float = 1.0) -> Tensor:
    """`x` if positive, else `alpha * (exp(x) - 1)`."""
    return activations.elu(tensor(x), alpha)


@backend_function("tf.nn.softmax")
def softmax(x: Any, axis: int = -1) -> Tensor:
    """Probabilities along the axis."""
    return activations.softmax(tensor(x), axis)


@backend_function("tf.math.softplus")
def softplus(x: Any) -> Tensor:
    """`log(exp(x) + 1)`."""
    return activations.softplus(tensor(x))


@backend_function("tf.nn.softsign")
def softsign(x: Any) -> Tensor:
    """`x / (|x| + 1)`."""
    return activations.softsign(tensor(x))


@backend_function("tf.math.sigmoid")
def sigmoid(x: Any) -> Tensor:
    """`1 / (1 + exp(-x))`."""
    return activations.sigmoid(tensor(x))


@backend_function()
def hard_sigmoid(x: Any) -> Tensor:
    """`0.2 * x + 0.5`, cut off at 0 and 1."""
    return activations.hard_sigmoid(tensor(x))


@backend_function("tf.math.tanh")
def tanh(x: Any) -> Tensor:
    """The hyperbolic tangent."""
    return torch.tanh(tensor(x))


@backend_function("tf.nn.dropout")
def dropout(x: Any, level: float, noise_shape: Any = None, seed: Any = None) -> Tensor:
    """Sets a share of the values to zero and scales the others up; always, not in training alone.

    Args:
        x: a tensor.
        level: the share.
        noise_shape: the shape of the mask, 1 for axes that share it.
        seed: gives the same mask in each call.
    """
    x = tensor(x)
    shape = x.shape if noise_shape is None else sizes(noise_shape)
    source = None
    if seed is not None and x.device.type != "meta":
        source = torch.Generator(x.device).manual_seed(int(seed))
    kept = 1.0 - float(level)
    noise = torch.empty(shape, dtype=x.dtype, device=x.device).bernoulli_(kept, generator=source)
    return x * (noise.div_(kept) if kept > 0 else noise)


# --- normalization ---


@backend_function()
def batch_normalization(
    x: Any, mean: Any, var: Any, beta: Any, gamma: Any, axis: int = -1, epsilon: float = 1e-3
) -> Tensor:
    """`(x - mean) / sqrt(var + epsilon) * gamma + beta`; `beta` and `gamma` may be None."""
    x = tensor(x)
    beside = [-1 if place == axis % x.dim() else 1 for place in range(x.dim())]

    def along(value: Any) -> Tensor:
        made = tensor(value, x.dtype)
        return made.reshape(beside) if made.dim() == 1 else made

    factor = torch.rsqrt(along(var) + epsilon)
    factor = factor if gamma is None else factor * along(gamma)
    shift = -along(mean) * factor
    return x * factor + (shift if beta is None else shift + along(beta))


@backend_function()
def normalize_batch_in_training(
    x: Any, gamma: Any, beta: Any, reduction_axes: Sequence[int], epsilon: float = 1e-3
) -> tuple[Tensor, Tensor, Tensor]:
    """The values normalized by their own mean and variance over the axes, with these two."""
    x = tensor(x)
    axes = tuple(axis % x.dim() for axis in reduction_axes)
    variance, mean = torch.var_mean(x, axes, correction=0, keepdim=True)
    shape = mean.shape
    normalized = (x - mean) * torch.rsqrt(variance + epsilon)
    if gamma is not None:
        normalized = normalized * tensor(gamma, x.dtype).reshape(shape)
    if beta is not None:
        normalized = normalized + tensor(beta, x.dtype).reshape(shape)
    kept = [size for axis, size in enumerate(shape) if axis not in axes]
    return normalized, mean.reshape(kept), variance.reshape(kept)
