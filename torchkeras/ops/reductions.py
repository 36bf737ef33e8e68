"""Sums, means, extremes and their kin, over one axis, several, or all."""

from __future__ import annotations

import builtins
from typing import Any

import torch
from torch import Tensor

from torchkeras.core.dtypes import torch_dtype
from torchkeras.ops.axes import Axis, canonical, gathered, reduced, restored
from torchkeras.ops.operation import operation
from torchkeras.ops.promotion import floating, tensor

_SMALL_SIGNED = (torch.bool, torch.int8, torch.int16)
_SMALL_UNSIGNED = (torch.uint8, torch.uint16)


def sum_dtype(dtype: torch.dtype) -> torch.dtype:
    """In what type Keras 3 sums: small integers in 32 bits."""
    if dtype in _SMALL_SIGNED:
        return torch.int32
    return torch.uint32 if dtype in _SMALL_UNSIGNED else dtype


@operation
def sum(x: Any, axis: Axis = None, keepdims: bool = False) -> Tensor:
    """The sum."""
    return summed(tensor(x), axis, keepdims)


def summed(x: Tensor, axis: Axis, keepdims: bool) -> Tensor:
    """The sum, in the type Keras 3 sums in."""
    axes = reduced(axis, x.dim())
    if x.is_floating_point() and axes:
        return torch.sum(x, axes, keepdim=keepdims)
    wanted = sum_dtype(x.dtype)
    if not axes:
        return x.to(wanted)
    work = torch.int64 if wanted is torch.uint32 else wanted
    return torch.sum(x, axes, keepdim=keepdims, dtype=work).to(wanted)


@operation
def prod(x: Any, axis: Axis = None, keepdims: bool = False, dtype: Any = None) -> Tensor:
    """The product."""
    return multiplied(tensor(x), axis, keepdims, dtype)


def multiplied(x: Tensor, axis: Axis, keepdims: bool, dtype: Any) -> Tensor:
    """The product, in that type or another."""
    wanted = sum_dtype(x.dtype) if dtype is None else torch_dtype(dtype)
    axes = reduced(axis, x.dim())
    result = x.to(torch.int64 if wanted is torch.uint32 else wanted)
    for place in sorted(axes, reverse=True):
        result = torch.prod(result, place, keepdim=keepdims, dtype=result.dtype)
    return result.to(wanted)


@operation
def mean(x: Any, axis: Axis = None, keepdims: bool = False) -> Tensor:
    """The mean; of integers a float."""
    x = floating(x)
    axes = reduced(axis, x.dim())
    return torch.mean(x, axes, keepdim=keepdims) if axes else x


@operation
def var(x: Any, axis: Axis = None, keepdims: bool = False) -> Tensor:
    """The variance: the mean of the squared distances from the mean."""
    return _var(floating(x), axis, keepdims)


def _var(x: Tensor, axis: Axis, keepdims: bool) -> Tensor:
    axes = reduced(axis, x.dim())
    if not axes:
        return torch.zeros_like(x)
    if x.is_complex():
        return torch.var(x, axes, correction=0, keepdim=keepdims).to(x.dtype)
    return torch.var(x, axes, correction=0, keepdim=keepdims)


@operation
def std(x: Any, axis: Axis = None, keepdims: bool = False) -> Tensor:
    """The standard deviation: the square root of the variance."""
    variance = _var(floating(x), axis, keepdims)
    return torch.sqrt(variance.real if variance.is_complex() else variance)


@operation
def max(x: Any, axis: Axis = None, keepdims: bool = False, initial: Any = None) -> Tensor:
    """The greatest value, and at least `initial`."""
    return _extreme(torch.amax, torch.maximum, tensor(x), axis, keepdims, initial)


@operation
def min(x: Any, axis: Axis = None, keepdims: bool = False, initial: Any = None) -> Tensor:
    """The least value, and at most `initial`."""
    return _extreme(torch.amin, torch.minimum, tensor(x), axis, keepdims, initial)


@operation
def amax(x: Any, axis: Axis = None, keepdims: bool = False) -> Tensor:
    """The greatest value; another name of `max`."""
    return _extreme(torch.amax, torch.maximum, tensor(x), axis, keepdims, None)


@operation
def amin(x: Any, axis: Axis = None, keepdims: bool = False) -> Tensor:
    """The least value; another name of `min`."""
    return _extreme(torch.amin, torch.minimum, tensor(x), axis, keepdims, None)


def _extreme(how: Any, pair: Any, x: Tensor, axis: Axis, keepdims: bool, initial: Any) -> Tensor:
    axes = reduced(axis, x.dim())
    if initial is None and not x.numel() and builtins.any(not x.shape[i] for i in axes):
        raise ValueError("Cannot take the greatest or least of no values. Give `initial`, which is then the result.")
    if not x.numel() and initial is not None:
        shape = [1 if i in axes else n for i, n in enumerate(x.shape) if keepdims or i not in axes]
        return torch.full(shape, initial, dtype=x.dtype, device=x.device)
    result: Tensor = how(x, axes, keepdim=keepdims) if axes else x
    return result if initial is None else pair(result, tensor(initial, x.dtype).to(x.device))


@operation
def ptp(x: Any, axis: Axis = None, keepdims: bool = False) -> Tensor:
    """From the least to the greatest value."""
    x = tensor(x)
    axes = reduced(axis, x.dim())
    return torch.amax(x, axes, keepdim=keepdims) - torch.amin(x, axes, keepdim=keepdims)


@operation
def all(x: Any, axis: Axis = None, keepdims: bool = False) -> Tensor:
    """Whether all hold."""
    x = tensor(x).bool()
    axes = reduced(axis, x.dim())
    return torch.all(x, axes, keepdim=keepdims) if axes else x


@operation
def any(x: Any, axis: Axis = None, keepdims: bool = False) -> Tensor:
    """Whether any holds."""
    x = tensor(x).bool()
    axes = reduced(axis, x.dim())
    return torch.any(x, axes, keepdim=keepdims) if axes else x


@operation
def count_nonzero(x: Any, axis: Axis = None) -> Tensor:
    """How many are not 0."""
    x = tensor(x)
    axes = reduced(axis, x.dim())
    return torch.sum(x != 0, axes).to(torch.int32) if axes else (x != 0).to(torch.int32)


@operation
def argmax(x: Any, axis: int | None = None, keepdims: bool = False) -> Tensor:
    """Where the greatest value is: the first, if there are several; among all values unless an axis is given."""
    return place_of(torch.argmax, tensor(x), axis, keepdims)


@operation
def argmin(x: Any, axis: int | None = None, keepdims: bool = False) -> Tensor:
    """Where the least value is; see `argmax`."""
    return place_of(torch.argmin, tensor(x), axis, keepdims)


def place_of(how: Any, x: Tensor, axis: int | None, keepdims: bool) -> Tensor:
    """`argmax` or `argmin` as int32."""
    x = x.to(torch.uint8) if x.dtype is torch.bool else x
    if axis is not None:
        axis = canonical(axis, x.dim())
    result: Tensor = how(x, axis, keepdim=keepdims)
    return result.to(torch.int32)


@operation
def logsumexp(x: Any, axis: Axis = None, keepdims: bool = False) -> Tensor:
    """`log(sum(exp(x)))`, without overflow."""
    x = floating(x)
    axes = reduced(axis, x.dim())
    return torch.logsumexp(x, axes, keepdim=keepdims) if axes else x


@operation
def cumsum(x: Any, axis: int | None = None, dtype: Any = None) -> Tensor:
    """The sum of each value and all before it; along all values unless an axis is given."""
    return running(torch.cumsum, tensor(x), axis, dtype)


@operation
def cumprod(x: Any, axis: int | None = None, dtype: Any = None) -> Tensor:
    """The product of each value and all before it."""
    return running(torch.cumprod, tensor(x), axis, dtype)


def running(how: Any, x: Tensor, axis: int | None, dtype: Any) -> Tensor:
    """A running sum or product along an axis, or of all values in a row."""
    wanted = torch_dtype(dtype) if dtype is not None else torch.int32 if x.dtype is torch.bool else x.dtype
    if axis is None:
        x, axis = x.reshape(-1), 0
    result: Tensor = how(x.to(torch.int32) if x.dtype is torch.bool else x, canonical(axis, x.dim()), dtype=wanted)
    return result


@operation
def median(x: Any, axis: Axis = None, keepdims: bool = False) -> Tensor:
    """The value in the middle, or between the two in the middle."""
    x = floating(x)
    line, axes = gathered(x, axis)
    count = line.shape[-1]
    ordered = torch.sort(line, -1)[0]
    middle = ordered[..., (count - 1) // 2]
    if count % 2 == 0:
        middle = (middle + ordered[..., count // 2]) / 2
    # A nan sorts to the end; it makes the median nan.
    middle = torch.where(torch.isnan(ordered[..., -1]), ordered[..., -1], middle)
    return restored(middle, axes, keepdims)
