"""Sums, means, extremes and their kin, over one axis, several, or all."""

from __future__ import annotations

import math
from typing import Any

import torch
from torch import Tensor

from torchkeras.backend.operation import backend_function
from torchkeras.backend.values import cast
from torchkeras.core.dtypes import torch_dtype
from torchkeras.ops.axes import Axis, canonical, reduced
from torchkeras.ops.promotion import tensor


def _numbers(x: Any) -> Tensor:
    """A tensor; truth values as floats."""
    x = tensor(x)
    return x.to(torch_dtype(None)) if x.dtype is torch.bool else x


@backend_function("tf.math.reduce_sum")
def sum(x: Any, axis: Axis = None, keepdims: bool = False) -> Tensor:
    """The sum, in the dtype of `x`."""
    x = tensor(x)
    axes = reduced(axis, x.dim())
    return torch.sum(x, axes, keepdim=keepdims, dtype=x.dtype) if axes else x.clone()


@backend_function("tf.math.reduce_prod")
def prod(x: Any, axis: Axis = None, keepdims: bool = False) -> Tensor:
    """The product, in the dtype of `x`."""
    x = tensor(x)
    for place in sorted(reduced(axis, x.dim()), reverse=True):
        x = torch.prod(x, place, keepdim=keepdims, dtype=x.dtype)
    return x


@backend_function("tf.math.reduce_mean")
def mean(x: Any, axis: Axis = None, keepdims: bool = False) -> Tensor:
    """The mean; of integers a whole number, rounded towards 0, as in TensorFlow."""
    x = _numbers(x)
    axes = reduced(axis, x.dim())
    if not axes:
        return x.clone()
    if x.is_floating_point() or x.is_complex():
        return torch.mean(x, axes, keepdim=keepdims)
    count = math.prod(x.shape[place] for place in axes)
    return torch.div(torch.sum(x, axes, keepdim=keepdims, dtype=x.dtype), count, rounding_mode="trunc")


@backend_function("tf.math.reduce_variance")
def var(x: Any, axis: Axis = None, keepdims: bool = False) -> Tensor:
    """The variance: the mean of the squared distances from the mean."""
    x = _numbers(x)
    axes = reduced(axis, x.dim())
    return torch.var(x, axes, correction=0, keepdim=keepdims) if axes else torch.zeros_like(x)


@backend_function("tf.math.reduce_std")
def std(x: Any, axis: Axis = None, keepdims: bool = False) -> Tensor:
    """The standard deviation: the square root of the variance."""
    x = _numbers(x)
    axes = reduced(axis, x.dim())
    return torch.std(x, axes, correction=0, keepdim=keepdims) if axes else torch.zeros_like(x)


@backend_function("tf.math.reduce_max")
def max(x: Any, axis: Axis = None, keepdims: bool = False) -> Tensor:
    """The greatest value."""
    x = tensor(x)
    axes = reduced(axis, x.dim())
    return torch.amax(x, axes, keepdim=keepdims) if axes else x.clone()


@backend_function("tf.math.reduce_min")
def min(x: Any, axis: Axis = None, keepdims: bool = False) -> Tensor:
    """The least value."""
    x = tensor(x)
    axes = reduced(axis, x.dim())
    return torch.amin(x, axes, keepdim=keepdims) if axes else x.clone()


def any(x: Any, axis: Axis = None, keepdims: bool = False) -> Tensor:
    """Whether any value is not 0."""
    return _any(cast(x, "bool"), axis, keepdims)


def all(x: Any, axis: Axis = None, keepdims: bool = False) -> Tensor:
    """Whether no value is 0."""
    return _all(cast(x, "bool"), axis, keepdims)


@backend_function("tf.math.reduce_any")
def _any(x: Any, axis: Axis = None, keepdims: bool = False) -> Tensor:
    x = tensor(x)
    axes = reduced(axis, x.dim())
    return torch.any(x, axes, keepdim=keepdims) if axes else x.clone()


@backend_function("tf.math.reduce_all")
def _all(x: Any, axis: Axis = None, keepdims: bool = False) -> Tensor:
    x = tensor(x)
    axes = reduced(axis, x.dim())
    return torch.all(x, axes, keepdim=keepdims) if axes else x.clone()


@backend_function("tf.math.argmax")
def argmax(x: Any, axis: int = -1) -> Tensor:
    """Where along the axis the greatest value is."""
    return torch.argmax(_numbers(x), axis)


@backend_function("tf.math.argmin")
def argmin(x: Any, axis: int = -1) -> Tensor:
    """Where along the axis the least value is."""
    return torch.argmin(_numbers(x), axis)


@backend_function("tf.math.reduce_logsumexp")
def logsumexp(x: Any, axis: Axis = None, keepdims: bool = False) -> Tensor:
    """`log(sum(exp(x)))`, without overflow."""
    x = tensor(x)
    axes = reduced(axis, x.dim())
    return torch.logsumexp(x, axes, keepdim=keepdims) if axes else x.clone()


@backend_function("tf.math.cumsum")
def cumsum(x: Any, axis: int = 0) -> Tensor:
    """The sum of each value and all before it along the axis."""
    x = tensor(x)
    return torch.cumsum(x, canonical(axis, x.dim()), dtype=x.dtype)


@backend_function("tf.math.cumprod")
def cumprod(x: Any, axis: int = 0) -> Tensor:
    """The product of each value and all before it along the axis."""
    x = tensor(x)
    return torch.cumprod(x, canonical(axis, x.dim()), dtype=x.dtype)


@backend_function("tf.math.l2_normalize")
def l2_normalize(x: Any, axis: Axis = None) -> Tensor:
    """`x` divided by the root of the sum of its squares along the axis."""
    x = tensor(x)
    squares = torch.sum(torch.square(x), reduced(axis, x.dim()), keepdim=True)
    return x * torch.rsqrt(torch.clamp(squares, min=1e-12))
