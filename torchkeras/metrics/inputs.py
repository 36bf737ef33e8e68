"""What metrics are given, as tensors of fitting type and shape."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from torch import Tensor

from torchkeras.core.variable import Variable


def as_tensor(value: Any, device: torch.device | None = None) -> Tensor:
    """A tensor for a tensor, a Variable, an array, a list or a number; a number stays on the CPU, as torch lets it."""
    if isinstance(value, Tensor):
        return value
    if isinstance(value, Variable):
        return value._read()
    if isinstance(value, (bool, int, float)):
        return torch.tensor(value)
    if isinstance(value, (list, tuple)) and value and isinstance(value[0], Tensor):
        return torch.stack([as_tensor(item) for item in value])
    array = np.asarray(value)
    if array.dtype.kind not in "fiub":
        raise TypeError(
            f"A metric takes numbers: tensors, arrays or lists of them. "
            f"Received a value of type {type(value).__name__}: {value!r}"
        )
    return torch.tensor(array, device=device)


def cast(tensor: Tensor, dtype: torch.dtype) -> Tensor:
    return tensor if tensor.dtype is dtype else tensor.to(dtype)


def cast_floats(tensor: Tensor, dtype: torch.dtype) -> Tensor:
    """Floating values in `dtype`; class numbers and truth values as they are, for comparisons."""
    return tensor.to(dtype) if tensor.dtype is not dtype and tensor.is_floating_point() else tensor


def align_weight(values: Tensor, weight: Tensor, lacking: str = "mean") -> tuple[Tensor, Tensor]:
    """Values and their weights in shapes that multiply.

    Weights get or lose a last axis of size 1 and are expanded to the values. Where they have fewer axes than the
    values (one weight per sample of a map), the values are reduced over the axes that the weights lack: `lacking` is
    'mean' or 'sum'.
    """
    rank = values.dim()
    if weight.dim() == 0 or weight.shape == values.shape:
        return values, weight.expand(values.shape)
    if weight.dim() == rank + 1 and weight.shape[-1] == 1:
        weight = weight.squeeze(-1)
    elif weight.dim() == rank - 1:
        weight = weight.unsqueeze(-1)
    if weight.dim() < rank:
        reduce = torch.sum if lacking == "sum" else torch.mean
        values = reduce(values, tuple(range(weight.dim(), rank)), dtype=weight.dtype)
    try:
        return (values, weight.expand(values.shape)) if rank else (values.expand(weight.shape), weight)
    except RuntimeError:
        raise ValueError(
            f"`sample_weight` of shape {tuple(weight.shape)} does not fit values of shape {tuple(values.shape)}: "
            f"expected one weight per sample, or a shape that broadcasts to that of the values."
        ) from None
