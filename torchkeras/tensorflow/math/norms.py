"""Vectors scaled to length 1."""

from __future__ import annotations

from typing import Any

import torch

from torchkeras.tensorflow.arguments import FLOATS, axes_of, of_dtypes
from torchkeras.tensorflow.convert import made, tensor
from torchkeras.tensorflow.operation import operation


@operation("math.l2_normalize", "L2Normalize")
def l2_normalize(x: Any, axis: Any = None, epsilon: float = 1e-12, name: str | None = None, dim: Any = None) -> Any:
    """A tensor divided by its length along axes.

    Args:
        x: numbers.
        axis: along which, all unless given; `dim` is its old name.
        epsilon: the least squared length to divide by.
    """
    t = tensor(of_dtypes(x, FLOATS, "Square"))
    axes = axes_of(dim if axis is None else axis, t.dim(), "Sum")
    squared = (t * t).sum(axes, keepdim=True) if axes else t * t
    return made(t * torch.rsqrt(squared.clamp(min=epsilon)))


__all__ = ["l2_normalize"]
