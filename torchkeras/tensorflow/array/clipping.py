"""Values and lengths kept within limits."""

from __future__ import annotations

from typing import Any

import torch

from torchkeras.tensorflow.arguments import FLOATS, REAL, axes_of, invalid, of_dtypes, plain_dtype, refuse
from torchkeras.tensorflow.convert import made, operand, operand_like, tensor
from torchkeras.tensorflow.operation import operation


@operation("clip_by_value", "Minimum")
def clip_by_value(t: Any, clip_value_min: Any, clip_value_max: Any, name: str | None = None) -> Any:
    """Values below the least and above the most become these."""
    x = operand(t)
    plain = type(clip_value_min) in _NUMBER and type(clip_value_max) in _NUMBER
    if plain and plain_dtype(x) in FLOATS and clip_value_min <= clip_value_max:
        return made(torch.clamp(x, clip_value_min, clip_value_max))
    if plain_dtype(x) not in REAL:
        refuse(x, REAL, "Minimum")
    low, high = (operand(limit, plain_dtype(x)) for limit in (clip_value_min, clip_value_max))
    for limit in (low, high):
        if plain_dtype(limit) is not plain_dtype(x):
            invalid(f"limits must be of dtype {x.dtype}, got {limit.dtype}", "Minimum")
        if torch.broadcast_shapes(limit.size(), x.size()) != x.size():
            invalid(f"limits of shape {list(limit.size())} do not fit a tensor of shape {list(x.size())}", "Minimum")
    return made(torch.clamp(torch.clamp(x, max=high), min=low))


_NUMBER = (int, float)


@operation("clip_by_norm", "Mul")
def clip_by_norm(t: Any, clip_norm: Any, axes: Any = None, name: str | None = None) -> Any:
    """Made shorter, along axes, where its length is more than `clip_norm`."""
    x = tensor(of_dtypes(t, FLOATS, "Mul"))
    limit = tensor(operand_like(clip_norm, x, "Mul"))
    dims = axes_of(axes, x.dim(), "Sum")
    squared = (x * x).sum(dims, keepdim=True) if dims else x * x
    held = squared > 0
    length = torch.where(held, torch.sqrt(torch.where(held, squared, 1)), squared)
    return made(x * limit / torch.maximum(length, limit))


def _norm_of(tensors: list[torch.Tensor]) -> torch.Tensor:
    # Half the sums of squares, as TensorFlow adds them up.
    halves = [0.5 * t.square().sum() for t in tensors]
    if not halves:
        return torch.zeros(())
    return torch.sqrt(2.0 * torch.stack(halves).sum())


def _list(t_list: Any) -> list[Any]:
    if not isinstance(t_list, (list, tuple)):
        raise TypeError(f"`t_list` should be a sequence of tensors. Received {type(t_list)}.")
    return list(t_list)


@operation("linalg.global_norm", "L2Loss")
def global_norm(t_list: Any, name: str | None = None) -> Any:
    """The length of several tensors taken together; None among them counts nothing."""
    found = [tensor(of_dtypes(t, FLOATS, "L2Loss")) for t in _list(t_list) if t is not None]
    return made(_norm_of(found))


@operation("clip_by_global_norm", "Mul")
def clip_by_global_norm(
    t_list: Any, clip_norm: Any, use_norm: Any = None, name: str | None = None
) -> tuple[list[Any], Any]:
    """Several tensors made shorter together where their common length is more than `clip_norm`, and that length."""
    given = [None if t is None else tensor(of_dtypes(t, FLOATS, "L2Loss")) for t in _list(t_list)]
    held = [t for t in given if t is not None]
    norm = tensor(use_norm) if use_norm is not None else _norm_of(held)
    limit = tensor(operand_like(clip_norm, norm, "Mul"))
    scale = limit * torch.minimum(1.0 / norm, 1.0 / limit)
    scale = scale + (norm - norm)  # NaN where the length is not finite
    return [None if t is None else made(t * scale) for t in given], made(norm.clone())


@operation("clip_by_average_norm", "Mul")
def clip_by_average_norm(t: Any, clip_norm: Any, name: str | None = None) -> Any:
    """Made shorter where its length per element is more than `clip_norm`."""
    x = tensor(of_dtypes(t, FLOATS, "Mul"))
    limit = tensor(operand_like(clip_norm, x, "Mul"))
    average = torch.sqrt(torch.square(x).sum()) / x.numel()
    return made(x * limit * torch.minimum(1.0 / average, 1.0 / limit))


__all__ = ["clip_by_average_norm", "clip_by_global_norm", "clip_by_norm", "clip_by_value", "global_norm"]
