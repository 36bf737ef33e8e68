"""Clipping gradients, as TensorFlow does it, over whole lists. What comes in is left as it is."""

from __future__ import annotations

import torch
from torch import Tensor


def clip_by_value(gradients: list[Tensor], limit: float) -> list[Tensor]:
    """Each value between -limit and limit."""
    clipped = torch._foreach_clamp_min(gradients, -limit)
    torch._foreach_clamp_max_(clipped, limit)
    return list(clipped)


def clip_by_norm(gradients: list[Tensor], limit: float) -> list[Tensor]:
    """Each gradient shortened to the norm `limit` if it is longer."""
    norms = torch._foreach_clamp_min(torch._foreach_norm(gradients), limit)
    scales = torch._foreach_mul(torch._foreach_reciprocal(norms), limit)
    return list(torch._foreach_mul(gradients, scales))


def clip_by_global_norm(groups: list[list[Tensor]], limit: float) -> list[list[Tensor]]:
    """All gradients shortened alike if together they are longer than `limit`.

    A norm that is not finite makes all of them NaN, as in TensorFlow, not just those that were bad.
    """
    home = groups[0][0]
    parts = [torch.linalg.vector_norm(torch.stack(list(torch._foreach_norm(group)))) for group in groups]
    if len(parts) > 1:
        parts = [torch.stack([part.to(home.device, home.dtype) for part in parts])]
    norm = torch.linalg.vector_norm(parts[0])
    scale = limit / norm.clamp_min(limit) + (norm - norm)
    return [
        list(torch._foreach_mul(group, scale if len(groups) == 1 else scale.to(group[0].device, group[0].dtype)))
        for group in groups
    ]
