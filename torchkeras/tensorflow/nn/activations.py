"""tf.nn: activations, element by element."""

from __future__ import annotations

from typing import Any

import torch
from torch.nn import functional

from torchkeras.tensorflow.arguments import FLOATS, REAL, axis_of, of_dtypes, plain_dtype, refuse
from torchkeras.tensorflow.convert import made, operand, tensor
from torchkeras.tensorflow.operation import operation


@operation("nn.relu", "Relu")
def relu(features: Any, name: str | None = None) -> Any:
    """max(x, 0)."""
    x = operand(features)
    if plain_dtype(x) not in REAL:
        refuse(x, REAL, "Relu")
    return made(torch.relu(x))


@operation("nn.relu6", "Relu6")
def relu6(features: Any, name: str | None = None) -> Any:
    """min(max(x, 0), 6)."""
    return made(torch.clamp(of_dtypes(features, REAL, "Relu6"), 0, 6))


@operation("nn.elu", "Elu")
def elu(features: Any, name: str | None = None) -> Any:
    """x above 0, exp(x) - 1 below."""
    return made(functional.elu(_plain(features, "Elu")))


@operation("nn.selu", "Selu")
def selu(features: Any, name: str | None = None) -> Any:
    """Scaled elu, with the constants that keep mean and variance."""
    return made(functional.selu(_plain(features, "Selu")))


@operation("nn.gelu", "Gelu")
def gelu(features: Any, approximate: bool = False, name: str | None = None) -> Any:
    """x times the normal distribution's share below x; by tanh where it may be approximate."""
    x = tensor(features)
    if plain_dtype(x) not in FLOATS:
        raise ValueError(f"`features.dtype` must be a floating point tensor. Received: features.dtype={x.dtype}")
    return made(functional.gelu(x, approximate="tanh" if approximate else "none"))


@operation("nn.leaky_relu", "LeakyRelu")
def leaky_relu(features: Any, alpha: Any = 0.2, name: str | None = None) -> Any:
    """x above 0, alpha times x below; integers become float32."""
    x = operand(features)
    if plain_dtype(x) not in FLOATS:
        x = of_dtypes(x, REAL, "LeakyRelu").to(torch.float32)
    return made(functional.leaky_relu(x.as_subclass(torch.Tensor), float(alpha)))


@operation("nn.silu", "Silu")
def silu(features: Any, beta: Any = 1.0) -> Any:
    """x * sigmoid(beta * x)."""
    x = _plain(features, "Sigmoid")
    if isinstance(beta, (int, float)) and beta == 1:
        return made(functional.silu(x))
    return made(x * torch.sigmoid(x * tensor(beta, x.dtype)))


swish = silu


@operation("compat.v1.nn.crelu", "CRelu")
def crelu(features: Any, axis: int = -1, name: str | None = None) -> Any:
    """The relu of x and of -x, one behind the other along an axis."""
    x = tensor(features)
    return made(torch.relu(torch.cat([x, -x], axis_of(axis, x.dim(), "ConcatV2"))))


def _plain(value: Any, kernel: str) -> torch.Tensor:
    return of_dtypes(value, FLOATS, kernel).as_subclass(torch.Tensor)


__all__ = ["crelu", "elu", "gelu", "leaky_relu", "relu", "relu6", "selu", "silu", "swish"]
