"""exponential, and units that level off exponentially below zero: elu, selu, celu."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional

from torchkeras.activations.inputs import tensor

_SELU_SCALE = 1.0507009873554804934193349852946


def exponential(x: Tensor) -> Tensor:
    """`exp(x)`."""
    return torch.exp(tensor(x))


def elu(x: Tensor, alpha: float = 1.0) -> Tensor:
    """`x` if positive, else `alpha * (exp(x) - 1)`."""
    return functional.elu(tensor(x), alpha)


def selu(x: Tensor) -> Tensor:
    """elu with alpha 1.6733, times 1.0507: keeps mean and variance from layer to layer."""
    x = tensor(x)
    # At 0, where values that come from padding or blank pixels lie, Keras has the slope of the positive side and
    # torch.selu that of the negative, which is 1.7 times as steep.
    return torch.where(x < 0, torch.selu(x), x * _SELU_SCALE)


def celu(x: Tensor, alpha: float = 1.0) -> Tensor:
    """`max(x, 0) + min(0, alpha * (exp(x / alpha) - 1))`: elu whose slope is continuous at 0."""
    return torch.celu(tensor(x), alpha)
