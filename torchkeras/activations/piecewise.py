"""Functions made of straight lines or parabolas: the hard, sparse and shrinking ones, and linear."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor
from torch.nn import functional

from torchkeras.activations.inputs import tensor


def linear(x: Any) -> Any:
    """The input itself."""
    return x


def hard_sigmoid(x: Tensor) -> Tensor:
    """`0.2 * x + 0.5`, cut off at 0 and 1: the formula of Keras 2.

    Keras 3 has `x / 6 + 0.5` by the same name, which is torch's `hardsigmoid`.
    """
    return torch.clamp(torch.rsub(tensor(x), 0.5, alpha=-0.2), 0.0, 1.0)  # rsub: 0.5 + 0.2 x in one kernel


def hard_silu(x: Tensor) -> Tensor:
    """`x * min(max(x / 6 + 0.5, 0), 1)`; also called hard_swish."""
    return functional.hardswish(tensor(x))


def hard_tanh(x: Tensor) -> Tensor:
    """`x`, cut off at -1 and 1."""
    return torch.clamp(tensor(x), -1.0, 1.0)


def hard_shrink(x: Tensor, threshold: float = 0.5) -> Tensor:
    """`x` where `|x|` is above the threshold, else 0."""
    return torch.hardshrink(tensor(x), threshold)


def soft_shrink(x: Tensor, threshold: float = 0.5) -> Tensor:
    """`x` moved towards 0 by the threshold, and 0 within it."""
    return functional.softshrink(tensor(x), threshold)


def sparse_plus(x: Tensor) -> Tensor:
    """0 up to -1, `(x + 1)² / 4` up to 1, then `x`."""
    x = tensor(x)
    return torch.where(x < 1, torch.square(torch.relu(x + 1)) / 4, x)


def sparse_sigmoid(x: Tensor) -> Tensor:
    """0 up to -1, `(x + 1) / 2` up to 1, then 1."""
    return torch.rsub(functional.hardtanh(tensor(x)), 0.5, alpha=-0.5)
