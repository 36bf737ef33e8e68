"""exponential, and units that level off exponentially below zero: elu, selu, celu."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional

from torchkeras.activations.inputs import tensor


def exponential(x: Tensor) -> Tensor:
    """`exp(x)`."""
    return torch.exp(tensor(x))


def elu(x: Tensor, alpha: float = 1.0) -> Tensor:
    """`x` if positive, else `alpha * (exp(x) - 1)`."""
    return functional.elu(tensor(x), alpha)


def selu(x: Tensor) -> Tensor:
    """elu with alpha 1.6733, times 1.0507: keeps mean and variance from layer to layer."""
    return torch.selu(tensor(x))


def celu(x: Tensor, alpha: float = 1.0) -> Tensor:
    """`max(x, 0) + min(0, alpha * (exp(x / alpha) - 1))`: elu whose slope is continuous at 0."""
    return torch.celu(tensor(x), alpha)
