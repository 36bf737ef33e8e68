"""tf.experimental.numpy: making arrays."""

from __future__ import annotations

import numbers
from typing import Any

import numpy as np
import torch

from torchkeras.core.device import default_device
from torchkeras.tensorflow.arguments import sizes
from torchkeras.tensorflow.convert import viewed
from torchkeras.tensorflow.experimental.numpy.operation import floating, given, is_weak, numpy_function, wanted
from torchkeras.tensorflow.experimental.numpy.promotion import (
    common,
    default_float,
    dtype_of,
    is_literal,
    lattice,
    plain,
    settings,
)
from torchkeras.tensorflow.tensor import Tensor


def _float(dtype: Any) -> torch.dtype:
    """The dtype of a function whose default is `float`."""
    return default_float() if dtype is float else wanted(dtype) or default_float()


def _shape(shape: Any) -> list[int]:
    return sizes(shape) if not isinstance(shape, numbers.Integral) else [int(shape)]


@numpy_function
def array(val: Any, dtype: Any = None, copy: bool = True, ndmin: int = 0) -> Any:
    """As numpy.array: of Python's numbers in NumPy's dtypes."""
    if type(val) is Tensor and dtype is None and not copy and val.dim() >= ndmin:
        return val
    if isinstance(val, (list, tuple)) and dtype_of(val) is not None:
        kind = common(*val).dtype
        found = torch.stack([plain(item, kind) for item in val])
    else:
        found = plain(val)
    weak = dtype is None and is_weak(val)
    if dtype is not None:
        found = found.to(wanted(dtype))
    found = found.reshape([1] * max(ndmin - found.dim(), 0) + list(found.shape))
    return given(found.clone() if copy else found.view_as(found), weak)


@numpy_function
def asarray(a: Any, dtype: Any = None) -> Any:
    """As numpy.asarray: tensors of that dtype as they are."""
    if type(a) is Tensor and (dtype is None or a.dtype == wanted(dtype)):
        return a
    return array(a, dtype, copy=False)


@numpy_function
def asanyarray(a: Any, dtype: Any = None) -> Any:
    """As `asarray`."""
    return asarray(a, dtype)


@numpy_function
def ascontiguousarray(a: Any, dtype: Any = None) -> Any:
    """As `array`."""
    return array(a, dtype, ndmin=1)


@numpy_function
def copy(a: Any) -> Any:
    """As numpy.copy."""
    return given(plain(a).to(default_device()).clone(), is_weak(a))


@numpy_function
def zeros(shape: Any, dtype: Any = float) -> Any:
    """As numpy.zeros."""
    return given(torch.zeros(_shape(shape), dtype=_float(dtype), device=default_device()))


@numpy_function
def ones(shape: Any, dtype: Any = float) -> Any:
    """As numpy.ones."""
    return given(torch.ones(_shape(shape), dtype=_float(dtype), device=default_device()))


@numpy_function
def empty(shape: Any, dtype: Any = float) -> Any:
    """As numpy.empty, with zeros."""
    return given(torch.zeros(_shape(shape), dtype=_float(dtype), device=default_device()))


@numpy_function
def full(shape: Any, fill_value: Any, dtype: Any = None) -> Any:
    """As numpy.full."""
    value = plain(fill_value, wanted(dtype))
    return given(value.expand(_shape(shape)).clone(), dtype is None and is_weak(fill_value))


@numpy_function
def zeros_like(a: Any, dtype: Any = None) -> Any:
    """As numpy.zeros_like."""
    return given(torch.zeros_like(plain(a), dtype=wanted(dtype)), dtype is None and is_weak(a))


@numpy_function
def ones_like(a: Any, dtype: Any = None) -> Any:
    """As numpy.ones_like."""
    return given(torch.ones_like(plain(a), dtype=wanted(dtype)), dtype is None and is_weak(a))


@numpy_function
def empty_like(a: Any, dtype: Any = None) -> Any:
    """As numpy.empty_like, with zeros."""
    return given(torch.zeros_like(plain(a), dtype=wanted(dtype)), dtype is None and is_weak(a))


@numpy_function
def full_like(
    a: Any, fill_value: Any, dtype: Any = None, order: str = "K", subok: bool = True, shape: Any = None
) -> Any:
    """As numpy.full_like."""
    if order != "K" or shape is not None:
        raise ValueError("Non-standard orders and other shapes are not supported.")
    x = plain(a)
    return given(plain(fill_value).to(wanted(dtype) or x.dtype).expand(x.shape).clone())


@numpy_function
def eye(N: int, M: int | None = None, k: int = 0, dtype: Any = float) -> Any:
    """As numpy.eye."""
    ones = torch.ones((N, N if M is None else M), dtype=_float(dtype), device=default_device())
    return given(torch.triu(torch.tril(ones, k), k))


@numpy_function
def identity(n: int, dtype: Any = float) -> Any:
    """As numpy.identity."""
    return given(torch.eye(n, dtype=_float(dtype), device=default_device()))


@numpy_function
def arange(start: Any, stop: Any = None, step: Any = 1, dtype: Any = None) -> Any:
    """As numpy.arange."""
    ends = [v.numpy() if hasattr(v, "numpy") else v for v in (start, stop, step) if v is not None]
    if not ends[-1]:
        raise ValueError("step must be non-zero")
    found = torch.from_numpy(np.arange(start if stop is None else ends[0], None if stop is None else ends[1], ends[-1]))
    if stop is None:
        found = torch.from_numpy(np.arange(0, ends[0], ends[-1]))
    literal = dtype is None and all(is_literal(v) for v in (start, stop, step) if v is not None)
    if dtype is not None:
        found = found.to(wanted(dtype))
    elif literal and lattice():
        found = found.to(torch.int32 if found.dtype is torch.int64 else torch.float32)
    elif literal and settings.prefer_float32 and found.dtype is torch.float64:
        found = found.float()
    return given(found.to(default_device()), literal and lattice())


@numpy_function
def linspace(
    start: Any,
    stop: Any,
    num: int = 50,
    endpoint: bool = True,
    retstep: bool = False,
    dtype: Any = float,
    axis: int = 0,
) -> Any:
    """As numpy.linspace."""
    low, high = floating(start), floating(stop)
    steps = max(num - 1 if endpoint else num, 1)
    step = (high - low) / steps
    shape = torch.broadcast_shapes(low.shape, high.shape)
    places = torch.arange(num, dtype=step.dtype, device=step.device).reshape(-1, *[1] * len(shape))
    found = (low + places * step).movedim(0, axis).to(_float(dtype))
    return (given(found), given(step)) if retstep else given(found)


@numpy_function
def logspace(
    start: Any, stop: Any, num: int = 50, endpoint: bool = True, base: Any = 10.0, dtype: Any = None, axis: int = 0
) -> Any:
    """As numpy.logspace."""
    exponents = plain(linspace(start, stop, num, endpoint, axis=axis))
    return given(torch.pow(plain(base).to(exponents.dtype), exponents).to(_float(dtype)))


@numpy_function
def geomspace(start: Any, stop: Any, num: int = 50, endpoint: bool = True, dtype: Any = None, axis: int = 0) -> Any:
    """As numpy.geomspace."""
    low, high = floating(start), floating(stop)
    exponents = plain(linspace(0.0, 1.0, num, endpoint)).to(low.dtype)
    exponents = exponents.reshape(-1, *[1] * torch.broadcast_tensors(low, high)[0].dim())
    return given((low * torch.pow(high / low, exponents)).movedim(0, axis).to(_float(dtype)))


@numpy_function
def diag(v: Any, k: int = 0) -> Any:
    """As numpy.diag."""
    return given(torch.diag(plain(v), k).clone(), is_weak(v))


@numpy_function
def diagflat(v: Any, k: int = 0) -> Any:
    """As numpy.diagflat."""
    return given(torch.diagflat(plain(v), k), is_weak(v))


@numpy_function
def tri(N: int, M: int | None = None, k: int = 0, dtype: Any = None) -> Any:
    """As numpy.tri."""
    return given(torch.tril(torch.ones((N, N if M is None else M), dtype=_float(dtype), device=default_device()), k))


@numpy_function
def vander(x: Any, N: int | None = None, increasing: bool = False) -> Any:
    """As numpy.vander."""
    return given(torch.linalg.vander(plain(x), N=N) if increasing else torch.vander(plain(x), N))


@numpy_function
def meshgrid(*xi: Any, **kwargs: Any) -> Any:
    """As numpy.meshgrid."""
    indexing = kwargs.pop("indexing", "xy")
    if kwargs.pop("sparse", False) or not kwargs.pop("copy", True) or kwargs:
        raise ValueError("tf.experimental.numpy.meshgrid takes no arguments but `indexing`.")
    return [given(grid.clone()) for grid in torch.meshgrid(*(plain(x) for x in xi), indexing=indexing)]


@numpy_function
def diag_indices(n: int, ndim: int = 2) -> Any:
    """As numpy.diag_indices."""
    return tuple(viewed(torch.arange(n, device=default_device())) for _ in range(ndim))
