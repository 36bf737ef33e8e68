"""tf.experimental.numpy: sums, means and extremes along axes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch

from torchkeras.tensorflow.arguments import axes_of
from torchkeras.tensorflow.experimental.numpy.operation import floating, given, is_weak, numpy_function, wanted
from torchkeras.tensorflow.experimental.numpy.promotion import lattice, plain

_SMALL = {torch.bool: torch.int64, torch.int8: torch.int64, torch.int16: torch.int64, torch.int32: torch.int64}
_SMALL_UNSIGNED = {torch.uint8: torch.uint64, torch.uint16: torch.uint64, torch.uint32: torch.uint64}


def _widened(x: torch.Tensor, dtype: Any) -> torch.Tensor:
    """What sums and products are computed in: small integers would overflow."""
    if dtype is not None:
        return x.to(wanted(dtype))
    if x.dtype is torch.bool and lattice():
        return x.to(torch.int32)
    if lattice():
        return x
    return x.to(_SMALL.get(x.dtype, _SMALL_UNSIGNED.get(x.dtype, x.dtype)))


def _axes(x: torch.Tensor, axis: Any) -> list[int]:
    return axes_of(axis, x.dim(), "Reduce")


def _over(x: torch.Tensor, axis: Any, keepdims: Any, kernel: Callable[..., torch.Tensor]) -> torch.Tensor:
    """A reduction along one axis at a time."""
    for dim in sorted(_axes(x, axis), reverse=True):
        x = kernel(x, dim, keepdim=bool(keepdims))
    return x


@numpy_function
def sum(a: Any, axis: Any = None, dtype: Any = None, keepdims: Any = None) -> Any:
    """As numpy.sum."""
    x = _widened(plain(a), dtype)
    dims = _axes(x, axis)
    return given(torch.sum(x, dims, bool(keepdims), dtype=x.dtype) if dims else x.clone(), dtype is None and is_weak(a))


@numpy_function
def prod(a: Any, axis: Any = None, dtype: Any = None, keepdims: Any = None) -> Any:
    """As numpy.prod."""
    x = _widened(plain(a), dtype)
    return given(_over(x, axis, keepdims, torch.prod).to(x.dtype), dtype is None and is_weak(a))


@numpy_function
def mean(a: Any, axis: Any = None, dtype: Any = None, out: Any = None, keepdims: Any = None) -> Any:
    """As numpy.mean."""
    _no_out(out)
    x = floating(a) if dtype is None else plain(a).to(wanted(dtype))
    return given(torch.mean(x, _axes(x, axis) or None, bool(keepdims)), dtype is None and is_weak(a))


@numpy_function
def var(a: Any, axis: Any = None, dtype: Any = None, out: Any = None, ddof: int = 0, keepdims: Any = None) -> Any:
    """As numpy.var."""
    _no_out(out)
    x = floating(a) if dtype is None else plain(a).to(wanted(dtype))
    return given(torch.var(x, _axes(x, axis), correction=ddof, keepdim=bool(keepdims)), dtype is None and is_weak(a))


@numpy_function
def std(a: Any, axis: Any = None, keepdims: Any = None) -> Any:
    """As numpy.std."""
    x = floating(a)
    return given(torch.std(x, _axes(x, axis), correction=0, keepdim=bool(keepdims)), is_weak(a))


@numpy_function
def max(a: Any, axis: Any = None, keepdims: Any = None) -> Any:
    """As numpy.max."""
    x = plain(a)
    return given(torch.amax(x, _axes(x, axis), bool(keepdims)) if x.dim() else x.clone(), is_weak(a))


@numpy_function
def min(a: Any, axis: Any = None, keepdims: Any = None) -> Any:
    """As numpy.min."""
    x = plain(a)
    return given(torch.amin(x, _axes(x, axis), bool(keepdims)) if x.dim() else x.clone(), is_weak(a))


@numpy_function
def amax(a: Any, axis: Any = None, out: Any = None, keepdims: Any = None) -> Any:
    """As numpy.amax."""
    _no_out(out)
    return max(a, axis, keepdims)


@numpy_function
def amin(a: Any, axis: Any = None, out: Any = None, keepdims: Any = None) -> Any:
    """As numpy.amin."""
    _no_out(out)
    return min(a, axis, keepdims)


def _no_out(out: Any) -> None:
    if out is not None:
        raise ValueError("Setting out is not supported.")


@numpy_function
def ptp(a: Any, axis: Any = None, keepdims: Any = None) -> Any:
    """As numpy.ptp: the greatest less the least."""
    x = plain(a)
    dims = _axes(x, axis)
    return given(torch.amax(x, dims, bool(keepdims)) - torch.amin(x, dims, bool(keepdims)), is_weak(a))


@numpy_function
def all(a: Any, axis: Any = None, keepdims: Any = None) -> Any:
    """As numpy.all."""
    return given(_over(plain(a).to(torch.bool), axis, keepdims, torch.all))


@numpy_function
def any(a: Any, axis: Any = None, keepdims: Any = None) -> Any:
    """As numpy.any."""
    return given(_over(plain(a).to(torch.bool), axis, keepdims, torch.any))


@numpy_function
def count_nonzero(a: Any, axis: Any = None) -> Any:
    """As numpy.count_nonzero."""
    x = plain(a)
    return given(torch.count_nonzero(x, _axes(x, axis)))


@numpy_function
def argmax(a: Any, axis: Any = None) -> Any:
    """As numpy.argmax."""
    return given(torch.argmax(_ordered(a), axis))


@numpy_function
def argmin(a: Any, axis: Any = None) -> Any:
    """As numpy.argmin."""
    return given(torch.argmin(_ordered(a), axis))


def _ordered(a: Any) -> torch.Tensor:
    x = plain(a)
    return x.to(torch.uint8) if x.dtype is torch.bool else x


@numpy_function
def cumsum(a: Any, axis: Any = None, dtype: Any = None) -> Any:
    """As numpy.cumsum."""
    return _cumulative(a, axis, dtype, torch.cumsum)


@numpy_function
def cumprod(a: Any, axis: Any = None, dtype: Any = None) -> Any:
    """As numpy.cumprod."""
    return _cumulative(a, axis, dtype, torch.cumprod)


def _cumulative(a: Any, axis: Any, dtype: Any, kernel: Callable[..., torch.Tensor]) -> Any:
    x = _widened(plain(a), dtype)
    x = x.reshape(-1) if axis is None else x
    return given(kernel(x, 0 if axis is None else axis, dtype=x.dtype), dtype is None and is_weak(a))


@numpy_function
def nansum(a: Any, axis: Any = None, dtype: Any = None, keepdims: Any = False) -> Any:
    """As numpy.nansum."""
    x = _widened(plain(a), dtype)
    return given(_over(torch.nan_to_num(x, 0.0, float("inf"), float("-inf")), axis, keepdims, torch.sum))


@numpy_function
def nanprod(a: Any, axis: Any = None, dtype: Any = None, keepdims: Any = False) -> Any:
    """As numpy.nanprod."""
    x = _widened(plain(a), dtype)
    return given(_over(torch.where(x != x, torch.ones_like(x), x), axis, keepdims, torch.prod))


@numpy_function
def nanmean(a: Any, axis: Any = None, dtype: Any = None, keepdims: Any = None) -> Any:
    """As numpy.nanmean."""
    x = floating(a) if dtype is None else plain(a).to(wanted(dtype))
    return given(torch.nanmean(x, _axes(x, axis), bool(keepdims)))


@numpy_function
def average(a: Any, axis: Any = None, weights: Any = None, returned: bool = False) -> Any:
    """As numpy.average."""
    x = floating(a)
    if weights is None:
        found = torch.mean(x, _axes(x, axis))
        count = torch.full_like(found, x.numel() // _greater(found.numel(), 1))
        return (given(found), given(count)) if returned else given(found)
    share = floating(weights).to(x.dtype)
    if share.shape != x.shape:
        if axis is None or share.dim() != 1:
            raise ValueError("1D weights expected when shapes of a and weights differ.")
        share = share.reshape([-1 if i == axis % x.dim() else 1 for i in range(x.dim())]).expand_as(x)
    total = torch.sum(share, _axes(x, axis))
    found = torch.sum(x * share, _axes(x, axis)) / total
    return (given(found), given(total)) if returned else given(found)


def _greater(a: int, b: int) -> int:
    return a if a > b else b
