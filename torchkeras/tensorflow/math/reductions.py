"""Sums, means, extremes and the like along axes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch

from torchkeras.tensorflow.arguments import (
    COMPLEX,
    CONTINUOUS,
    FLOATS,
    INTEGERS,
    NUMBERS,
    REAL,
    axes_of,
    boolean,
    of_dtypes,
    plain_dtype,
    refuse,
)
from torchkeras.tensorflow.convert import made, operand, owned, tensor, viewed
from torchkeras.tensorflow.dtypes import as_dtype, torch_of
from torchkeras.tensorflow.operation import operation


def _axes(axis: Any, x: torch.Tensor, kernel: str) -> Any:
    """The axes as torch takes them: a number where it is one, else a list."""
    return axis if type(axis) is int else axes_of(axis, x.dim(), kernel)


@operation("math.reduce_sum", "Sum")
def reduce_sum(input_tensor: Any, axis: Any = None, keepdims: bool = False, name: str | None = None) -> Any:
    """The sum along axes, all unless given."""
    x = operand(input_tensor)
    dtype = plain_dtype(x)
    if dtype is torch.bool:
        refuse(x, NUMBERS, "Sum")
    if axis is None and not keepdims:
        return made(torch.sum(x, dtype=dtype))
    axes = _axes(axis, x, "Sum")
    if axes == []:  # torch would take it for all axes
        return made(tensor(x).clone())
    return made(torch.sum(x, axes, keepdim=bool(keepdims), dtype=dtype))


@operation("math.reduce_mean", "Mean")
def reduce_mean(input_tensor: Any, axis: Any = None, keepdims: bool = False, name: str | None = None) -> Any:
    """The mean along axes, all unless given; of integers rounded towards zero."""
    x = operand(input_tensor)
    if plain_dtype(x) not in CONTINUOUS:
        return made(_mean_of_integers(tensor(x), axis, bool(keepdims)))
    if axis is None and not keepdims:
        return made(torch.mean(x))
    axes = _axes(axis, x, "Mean")
    if axes == []:
        return made(tensor(x).clone())
    return made(torch.mean(x, axes, keepdim=bool(keepdims)))


def _mean_of_integers(x: torch.Tensor, axis: Any, keepdims: bool) -> torch.Tensor:
    if x.dtype is torch.bool:
        refuse(x, NUMBERS, "Mean")
    axes = axes_of(axis, x.dim(), "Mean")
    if not axes:
        return x.clone()
    count = 1
    for a in axes:
        count *= x.shape[a]
    total = torch.sum(x, axes, keepdim=keepdims, dtype=torch.int64)
    return torch.div(total, max(count, 1), rounding_mode="trunc").to(x.dtype)


def _extreme(
    value: Any, axis: Any, keepdims: bool, kernel: str, function: Callable[..., torch.Tensor], largest: bool
) -> Any:
    x = of_dtypes(value, REAL, kernel)
    if type(axis) is int and x.numel():
        return made(function(x, axis, keepdim=keepdims))
    x = tensor(x)
    axes = axes_of(axis, x.dim(), kernel)
    if not axes:
        return made(x.clone())
    if any(x.shape[a] == 0 for a in axes):  # of nothing: the other end of the dtype
        shape = [1 if i in axes else n for i, n in enumerate(x.shape) if keepdims or i not in axes]
        ends = as_dtype(x.dtype)
        end: Any = (
            (-float("inf") if largest else float("inf")) if ends.is_floating else (ends.min if largest else ends.max)
        )
        return made(x.new_full(shape, end))
    return made(function(x, axes, keepdim=keepdims))


@operation("math.reduce_max", "Max")
def reduce_max(input_tensor: Any, axis: Any = None, keepdims: bool = False, name: str | None = None) -> Any:
    """The largest element along axes, all unless given."""
    return _extreme(input_tensor, axis, bool(keepdims), "Max", torch.amax, True)


@operation("math.reduce_min", "Min")
def reduce_min(input_tensor: Any, axis: Any = None, keepdims: bool = False, name: str | None = None) -> Any:
    """The smallest element along axes, all unless given."""
    return _extreme(input_tensor, axis, bool(keepdims), "Min", torch.amin, False)


@operation("math.reduce_prod", "Prod")
def reduce_prod(input_tensor: Any, axis: Any = None, keepdims: bool = False, name: str | None = None) -> Any:
    """The product along axes, all unless given."""
    x = owned(input_tensor)
    of_dtypes(x, NUMBERS, "Prod")
    for a in sorted(axes_of(axis, x.dim(), "Prod"), reverse=True):
        x = torch.prod(x, a, keepdim=bool(keepdims), dtype=x.dtype)
    return viewed(x)


def _logical(value: Any, axis: Any, keepdims: bool, kernel: str, function: Callable[..., torch.Tensor]) -> Any:
    x = tensor(boolean(value, kernel))
    axes = axes_of(axis, x.dim(), kernel)
    return made(function(x, axes, keepdim=keepdims) if axes else x.clone())


@operation("math.reduce_all", "All")
def reduce_all(input_tensor: Any, axis: Any = None, keepdims: bool = False, name: str | None = None) -> Any:
    """Whether all are true, along axes, all unless given."""
    return _logical(input_tensor, axis, bool(keepdims), "All", torch.all)


@operation("math.reduce_any", "Any")
def reduce_any(input_tensor: Any, axis: Any = None, keepdims: bool = False, name: str | None = None) -> Any:
    """Whether any is true, along axes, all unless given."""
    return _logical(input_tensor, axis, bool(keepdims), "Any", torch.any)


@operation("math.reduce_logsumexp", "LogSumExp")
def reduce_logsumexp(input_tensor: Any, axis: Any = None, keepdims: bool = False, name: str | None = None) -> Any:
    """log(sum(exp(x))) along axes, without overflow."""
    x = tensor(of_dtypes(input_tensor, FLOATS, "Exp"))
    axes = axes_of(axis, x.dim(), "LogSumExp")
    return made(torch.logsumexp(x, axes, keepdim=bool(keepdims)) if axes else x.clone())


def _variance(value: Any, axis: Any, keepdims: bool) -> torch.Tensor:
    x = tensor(value)
    if x.dtype in INTEGERS or x.dtype is torch.bool:
        if x.dtype is torch.bool:
            refuse(x, NUMBERS, "Mean")
        raise TypeError(f"Input must be either real or complex. Received integer type {as_dtype(x.dtype)}.")
    axes = axes_of(axis, x.dim(), "Mean")
    if not axes:
        return torch.zeros_like(x.real if x.dtype in COMPLEX else x)
    return torch.var(x, axes, correction=0, keepdim=keepdims)


@operation("math.reduce_variance", "Mean")
def reduce_variance(input_tensor: Any, axis: Any = None, keepdims: bool = False, name: str | None = None) -> Any:
    """The mean squared distance from the mean, along axes, all unless given."""
    return made(_variance(input_tensor, axis, bool(keepdims)))


@operation("math.reduce_std", "Sqrt")
def reduce_std(input_tensor: Any, axis: Any = None, keepdims: bool = False, name: str | None = None) -> Any:
    """The standard deviation along axes, all unless given."""
    return made(torch.sqrt(_variance(input_tensor, axis, bool(keepdims))))


@operation("math.reduce_euclidean_norm", "EuclideanNorm")
def reduce_euclidean_norm(input_tensor: Any, axis: Any = None, keepdims: bool = False, name: str | None = None) -> Any:
    """The square root of the sum of squares along axes, all unless given."""
    x = tensor(of_dtypes(input_tensor, NUMBERS, "EuclideanNorm"))
    axes = axes_of(axis, x.dim(), "EuclideanNorm")
    if not axes:
        return made(torch.abs(x))
    wide = x.double() if x.dtype in INTEGERS else x
    return made(torch.linalg.vector_norm(wide, dim=axes, keepdim=bool(keepdims)).to(x.dtype))


@operation("math.count_nonzero", "Sum")
def count_nonzero(
    input: Any, axis: Any = None, keepdims: bool | None = None, dtype: Any = torch.int64, name: str | None = None
) -> Any:
    """How many elements are not 0, along axes, all unless given."""
    x = tensor(input)
    axes = axes_of(axis, x.dim(), "Sum")
    found = torch.sum(x != 0, axes, keepdim=bool(keepdims)) if axes else x != 0
    return made(found.to(torch_of(dtype)))


@operation("math.zero_fraction", "Mean")
def zero_fraction(value: Any, name: str | None = None) -> Any:
    """The share of elements that are 0."""
    x = tensor(value)
    return made((x == 0).float().mean())


__all__ = [
    "count_nonzero", "reduce_all", "reduce_any", "reduce_euclidean_norm", "reduce_logsumexp", "reduce_max",
    "reduce_mean", "reduce_min", "reduce_prod", "reduce_std", "reduce_sum", "reduce_variance", "zero_fraction",
]  # fmt: skip
