"""Counting how often numbers occur, without asking the device anything."""

from __future__ import annotations

import torch
from torch import Tensor


def may_look(tensor: Tensor) -> bool:
    """Whether values may be read here and now: nothing has to be waited for."""
    return tensor.device.type == "cpu" and not torch.compiler.is_compiling()


def histogram(index: Tensor, bins: int, weights: Tensor | None = None) -> Tensor:
    """How often (or with which total weight) each of 0 .. bins - 1 occurs in `index`.

    Args:
        index: whole numbers below `bins`, of one axis.
        bins: how many numbers there are.
        weights: of the entries; without them the counts are exact integers.
    """
    if weights is None and may_look(index):
        return torch.bincount(index, minlength=bins)  # on a GPU it would read the largest index back
    if weights is None:
        weights = torch.ones((), dtype=torch.int64, device=index.device).expand(index.shape)
    return torch.zeros(bins, dtype=weights.dtype, device=index.device).scatter_add_(0, index, weights)
