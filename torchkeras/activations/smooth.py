"""Smooth functions: sigmoid, tanh, softplus, gelu, silu and their kin."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional

from torchkeras.activations.inputs import tensor


def sigmoid(x: Tensor) -> Tensor:
    """`1 / (1 + exp(-x))`. The result remembers its logits, as `softmax`'s does."""
    x = tensor(x)
    result = torch.sigmoid(x)
    result._keras_logits = x  # type: ignore[attr-defined]
    return result


def log_sigmoid(x: Tensor) -> Tensor:
    """`log(sigmoid(x))`."""
    return functional.logsigmoid(tensor(x))


def tanh(x: Tensor) -> Tensor:
    """The hyperbolic tangent."""
    return torch.tanh(tensor(x))


def tanh_shrink(x: Tensor) -> Tensor:
    """`x - tanh(x)`."""
    return functional.tanhshrink(tensor(x))


def softplus(x: Tensor) -> Tensor:
    """`log(exp(x) + 1)`."""
    # From where on to take x itself: torch's 20 is too early for float64.
    return functional.softplus(tensor(x), 1.0, 40.0)


def softsign(x: Tensor) -> Tensor:
    """`x / (|x| + 1)`."""
    return functional.softsign(tensor(x))


def squareplus(x: Tensor, b: float = 4) -> Tensor:
    """`(x + sqrt(x² + b)) / 2`."""
    x = tensor(x)
    return (x + torch.sqrt(torch.square(x) + b)) / 2


def gelu(x: Tensor, approximate: bool = False) -> Tensor:
    """`x * P(X <= x)` for a standard normal X; `approximate` takes the tanh formula."""
    return functional.gelu(tensor(x), approximate="tanh" if approximate else "none")


def swish(x: Tensor) -> Tensor:
    """`x * sigmoid(x)`; also called silu."""
    return functional.silu(tensor(x))


def mish(x: Tensor) -> Tensor:
    """`x * tanh(softplus(x))`."""
    return functional.mish(tensor(x))
