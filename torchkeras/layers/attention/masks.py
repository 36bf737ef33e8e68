"""Which positions may attend to which: masks that say True for yes, and what they add to the scores."""

from __future__ import annotations

import functools
from typing import Any

import torch
from torch import Tensor


def combined(*masks: Tensor | None) -> Tensor | None:
    """What all of the masks allow; None where there is no mask."""
    present = [mask if mask.dtype is torch.bool else mask.to(torch.bool) for mask in masks if mask is not None]
    return functools.reduce(torch.logical_and, present) if present else None


def causal_mask(queries: int, keys: int, device: Any) -> Tensor:
    """(1, queries, keys): a position attends to itself and those before it."""
    return torch.ones(1, queries, keys, dtype=torch.bool, device=device).tril()


def window_mask(queries: int, keys: int, window: int, device: Any) -> Tensor:
    """(1, queries, keys): a position attends to those less than `window` steps away."""
    rows, columns = torch.arange(queries, device=device), torch.arange(keys, device=device)
    return ((rows[:, None] - columns).abs() < window).unsqueeze(0)


def fits_kernel(*tensors: Tensor) -> bool:
    """Whether torch's fused attention may be given an additive mask: only where no gradient is to come of it.

    Its backward pass finds the weights anew from the logarithm of their sum, which beside -1e9 has no digits left: in a
    row in which nothing is allowed each weight would count as 1.
    """
    return not (torch.is_grad_enabled() and any(tensor.requires_grad for tensor in tensors))


def additive(mask: Tensor, dtype: torch.dtype, large: float | None = None) -> Tensor:
    """0 where the mask allows and a large negative number where it does not, to be added to scores.

    A row in which nothing is allowed then gives equal weights, as in Keras; torch's own masks would give it zeros.

    Args:
        mask: True (or 1) for what is allowed.
        dtype: the scores' dtype.
        large: Keras's -1e9 unless given; half of float16's least number where that overflows.
    """
    if large is None:
        large = torch.finfo(torch.float16).min / 2 if dtype is torch.float16 else -1e9
    if mask.dtype is torch.bool:
        return torch.zeros(mask.shape, dtype=dtype, device=mask.device).masked_fill_(~mask, large)
    return (1.0 - mask.to(dtype)) * large
