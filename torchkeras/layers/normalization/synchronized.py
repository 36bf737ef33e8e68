"""The moments of a batch that several processes share.

Each sends the moments of its own part, one word forwards and one backwards. Parts are put together as Chan, Golub and
LeVeque do it ("Updating formulae and a pairwise algorithm for computing sample variances", 1979), not as a difference
of squares, which a mean far from 0 would spoil.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor
from torch.autograd.function import once_differentiable

from torchkeras.core.replicas import Replicas


def moments(x: Tensor, dims: list[int], mask: Tensor | None, replicas: Replicas) -> tuple[Tensor, Tensor]:
    """Mean and biased variance over `dims`, which stay as 1, and over all processes; differentiable once.

    Args:
        mask: positions where it is False do not count. It lacks x's last axis.
        replicas: those who share the batch. All of them have to call this, in the same order.
    """
    counts = None if mask is None else mask.to(x.dtype).unsqueeze(-1)
    mean, variance = _Moments.apply(x, counts, dims, replicas)
    return mean, variance


class _Moments(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, x: Tensor, counts: Tensor | None, dims: list[int], replicas: Replicas) -> Any:
        ctx.counted = x.numel() > 0 and not replicas.idle
        own = _moments(x, counts, dims) if ctx.counted else _none_of(x, dims)
        number, means, squares = replicas.stacked(torch.stack(own)).unbind(1)
        total = number.sum(0)
        mean = (number * means).sum(0) / total
        variance = (squares + number * (means - mean).square()).sum(0) / total
        ctx.replicas = replicas
        ctx.save_for_backward(x, counts, mean, total)
        return mean, variance

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, to_mean: Tensor, to_variance: Tensor) -> Any:
        x, counts, mean, total = ctx.saved_tensors
        both = torch.stack([to_mean, to_variance])
        ctx.replicas.add_up([both])
        if not ctx.counted:
            return torch.zeros_like(x), None, None, None
        to_mean, to_variance = both / total
        gradient = torch.addcmul(to_mean, x - mean, 2.0 * to_variance)
        return gradient if counts is None else gradient * counts, None, None, None


def _moments(x: Tensor, counts: Tensor | None, dims: list[int]) -> tuple[Tensor, Tensor, Tensor]:
    """Of this process's part: how many values there are, their mean, and the sum of the squares around it."""
    if counts is None:
        variance, mean = torch.var_mean(x, dims, correction=0, keepdim=True)
        number = torch.full_like(mean, x.numel() / mean.numel())
        return number, mean, variance * number
    number = counts.expand_as(x).sum(dims, keepdim=True)
    mean = (x * counts).sum(dims, keepdim=True) / number.clamp_min(1.0)
    return number, mean, ((x - mean).square() * counts).sum(dims, keepdim=True)


def _none_of(x: Tensor, dims: list[int]) -> tuple[Tensor, Tensor, Tensor]:
    zeros = x.new_zeros([1 if i in dims else size for i, size in enumerate(x.shape)])
    return zeros, zeros, zeros
