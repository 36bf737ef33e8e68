"""Reductions that leave nan out."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from torchkeras.ops.axes import Axis, gathered, reduced, restored
from torchkeras.ops.operation import operation
from torchkeras.ops.promotion import floating, tensor
from torchkeras.ops.reductions import multiplied, place_of, running, summed


def _without_nan(x: Any, instead: float) -> Tensor:
    x = tensor(x)
    return torch.where(torch.isnan(x), instead, x) if x.is_floating_point() or x.is_complex() else x


@operation
def nansum(x: Any, axis: Axis = None, keepdims: bool = False) -> Tensor:
    """The sum of what is not nan."""
    return summed(_without_nan(x, 0), axis, keepdims)


@operation
def nanprod(x: Any, axis: Axis = None, keepdims: bool = False) -> Tensor:
    """The product of what is not nan."""
    return multiplied(_without_nan(x, 1), axis, keepdims, None)


@operation
def nancumsum(x: Any, axis: int | None = None, dtype: Any = None) -> Tensor:
    """`cumsum` with nan as 0."""
    return running(torch.cumsum, _without_nan(x, 0), axis, dtype)


@operation
def nancumprod(x: Any, axis: int | None = None, dtype: Any = None) -> Tensor:
    """`cumprod` with nan as 1."""
    return running(torch.cumprod, _without_nan(x, 1), axis, dtype)


@operation
def nanmean(x: Any, axis: Axis = None, keepdims: bool = False) -> Tensor:
    """The mean of what is not nan."""
    x = floating(x)
    axes = reduced(axis, x.dim())
    return torch.nanmean(x, axes, keepdim=keepdims) if axes else x


@operation
def nanvar(x: Any, axis: Axis = None, keepdims: bool = False) -> Tensor:
    """The variance of what is not nan."""
    return _nanvar(floating(x), axis, keepdims)


@operation
def nanstd(x: Any, axis: Axis = None, keepdims: bool = False) -> Tensor:
    """The standard deviation of what is not nan."""
    return torch.sqrt(_nanvar(floating(x), axis, keepdims))


def _nanvar(x: Tensor, axis: Axis, keepdims: bool) -> Tensor:
    axes = reduced(axis, x.dim())
    if not axes:
        return torch.zeros_like(x)
    return torch.nanmean(torch.square(x - torch.nanmean(x, axes, keepdim=True)), axes, keepdim=keepdims)


@operation
def nanmax(x: Any, axis: Axis = None, keepdims: bool = False) -> Tensor:
    """The greatest value that is not nan; nan where there is none."""
    return _nan_extreme(torch.amax, float("-inf"), tensor(x), axis, keepdims)


@operation
def nanmin(x: Any, axis: Axis = None, keepdims: bool = False) -> Tensor:
    """The least value that is not nan; nan where there is none."""
    return _nan_extreme(torch.amin, float("inf"), tensor(x), axis, keepdims)


def _nan_extreme(how: Any, instead: float, x: Tensor, axis: Axis, keepdims: bool) -> Tensor:
    axes = reduced(axis, x.dim())
    if not axes:
        return x
    result: Tensor = how(_without_nan(x, instead), axes, keepdim=keepdims)
    if not x.is_floating_point():
        return result
    return torch.where(torch.all(torch.isnan(x), axes, keepdim=keepdims), float("nan"), result)


@operation
def nanargmax(x: Any, axis: int | None = None, keepdims: bool = False) -> Tensor:
    """Where the greatest value that is not nan is; -1 where there is none."""
    return _nan_place(torch.argmax, float("-inf"), tensor(x), axis, keepdims)


@operation
def nanargmin(x: Any, axis: int | None = None, keepdims: bool = False) -> Tensor:
    """Where the least value that is not nan is; -1 where there is none."""
    return _nan_place(torch.argmin, float("inf"), tensor(x), axis, keepdims)


def _nan_place(how: Any, instead: float, x: Tensor, axis: int | None, keepdims: bool) -> Tensor:
    result = place_of(how, _without_nan(x, instead), axis, keepdims)
    if not x.is_floating_point():
        return result
    nothing = torch.all(torch.isnan(x), reduced(axis, x.dim()), keepdim=keepdims)
    return torch.where(nothing, -1, result)


@operation
def nanmedian(x: Any, axis: Axis = None, keepdims: bool = False) -> Tensor:
    """The median of what is not nan."""
    x = floating(x)
    line, axes = gathered(x, axis)
    return restored(torch.nanquantile(_quantile_type(line), 0.5, -1).to(x.dtype), axes, keepdims)


def _quantile_type(x: Tensor) -> Tensor:
    return x if x.dtype in (torch.float32, torch.float64) else x.float()
