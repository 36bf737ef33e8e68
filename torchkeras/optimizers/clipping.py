"""Clipping gradients, as TensorFlow does it, over whole lists. What comes in is left as it is.

Of gradients in parts (core/shards.py) the lists hold the rows of this process, and norms are those of all rows.
"""

from __future__ import annotations

import torch
from torch import Tensor

from torchkeras.core.shards import add_up


def clip_by_value(gradients: list[Tensor], limit: float) -> list[Tensor]:
    """Each value between -limit and limit."""
    clipped = torch._foreach_clamp_min(gradients, -limit)
    torch._foreach_clamp_max_(clipped, limit)
    return list(clipped)


def clip_by_norm(gradients: list[Tensor], limit: float, like: Tensor | None = None) -> list[Tensor]:
    """Each gradient shortened to the norm `limit` if it is longer.

    Args:
        gradients: of this process.
        limit: the norm.
        like: a parameter in parts, where the gradients are the rows of such.
    """
    norms = torch._foreach_clamp_min(_norms(gradients, like), limit)
    scales = torch._foreach_mul(torch._foreach_reciprocal(norms), limit)
    return list(torch._foreach_mul(gradients, scales))


def clip_by_global_norm(
    groups: list[list[Tensor]], limit: float, likes: list[Tensor | None] | None = None
) -> list[list[Tensor]]:
    """All gradients shortened alike if together they are longer than `limit`.

    A norm that is not finite makes all of them NaN, as in TensorFlow, not just those that were bad.

    Args:
        groups: the gradients of this process.
        limit: the norm.
        likes: for each group a parameter in parts, where the gradients are the rows of such.
    """
    home = groups[0][0]
    found = zip(groups, likes or [None] * len(groups), strict=True)
    parts = [torch.linalg.vector_norm(torch.stack(_norms(group, like))) for group, like in found]
    if len(parts) > 1:
        parts = [torch.stack([part.to(home.device, home.dtype) for part in parts])]
    norm = torch.linalg.vector_norm(parts[0])
    scale = limit / norm.clamp_min(limit) + (norm - norm)
    return [
        list(torch._foreach_mul(group, scale if len(groups) == 1 else scale.to(group[0].device, group[0].dtype)))
        for group in groups
    ]


def _norms(gradients: list[Tensor], like: Tensor | None) -> list[Tensor]:
    norms = list(torch._foreach_norm(gradients))
    if like is None:
        return norms
    return list(add_up(torch.stack(norms).square_(), like).sqrt_().unbind())
