"""tf.experimental.numpy: products."""

from __future__ import annotations

from typing import Any

import torch

from torchkeras.tensorflow.experimental.numpy.operation import given, is_weak, numpy_function, wanted
from torchkeras.tensorflow.experimental.numpy.promotion import plain, together


@numpy_function
def matmul(x1: Any, x2: Any) -> Any:
    """As numpy.matmul."""
    (a, b), weak = together(x1, x2)
    return given(torch.matmul(a, b), weak)


@numpy_function
def dot(a: Any, b: Any) -> Any:
    """As numpy.dot."""
    (x, y), weak = together(a, b)
    if not x.dim() or not y.dim():
        return given(x * y, weak)
    return given(torch.tensordot(x, y, ([-1], [-1 if y.dim() == 1 else -2])), weak)


@numpy_function
def vdot(a: Any, b: Any) -> Any:
    """As numpy.vdot."""
    (x, y), weak = together(a, b)
    return given(torch.conj(x.reshape(-1)) @ y.reshape(-1), weak)


@numpy_function
def inner(a: Any, b: Any) -> Any:
    """As numpy.inner."""
    (x, y), weak = together(a, b)
    return given(torch.inner(x, y), weak)


@numpy_function
def outer(a: Any, b: Any) -> Any:
    """As numpy.outer."""
    (x, y), weak = together(a, b)
    return given(torch.outer(x.reshape(-1), y.reshape(-1)), weak)


@numpy_function
def kron(a: Any, b: Any) -> Any:
    """As numpy.kron."""
    (x, y), weak = together(a, b)
    return given(torch.kron(x, y), weak)


@numpy_function
def tensordot(a: Any, b: Any, axes: Any = 2) -> Any:
    """As numpy.tensordot."""
    (x, y), weak = together(a, b)
    if not isinstance(axes, int):
        axes = [[part] if isinstance(part, int) else list(part) for part in axes]
    return given(torch.tensordot(x, y, axes), weak)


@numpy_function
def einsum(subscripts: str, *operands: Any, **kwargs: Any) -> Any:
    """As numpy.einsum; `optimize` and `casting` change nothing."""
    kwargs.pop("optimize", None)
    kwargs.pop("casting", None)
    if kwargs:
        raise TypeError(f"tf.experimental.numpy.einsum has no argument {next(iter(kwargs))!r}")
    parts, weak = together(*operands)
    return given(torch.einsum(subscripts, *parts), weak)


@numpy_function
def cross(a: Any, b: Any, axisa: int = -1, axisb: int = -1, axisc: int = -1, axis: int | None = None) -> Any:
    """As numpy.cross, of vectors with two or three components."""
    if axis is not None:
        axisa = axisb = axisc = axis
    (x, y), weak = together(a, b)
    x, y = x.movedim(axisa, -1), y.movedim(axisb, -1)
    flat = x.shape[-1] == 2 and y.shape[-1] == 2
    x, y = (torch.nn.functional.pad(v, (0, 1)) if v.shape[-1] == 2 else v for v in (x, y))
    found = torch.linalg.cross(*torch.broadcast_tensors(x, y))
    return given(found[..., 2].clone() if flat else found.movedim(-1, axisc), weak)


@numpy_function
def trace(a: Any, offset: int = 0, axis1: int = 0, axis2: int = 1, dtype: Any = None) -> Any:
    """As numpy.trace."""
    x = plain(a)
    x = x if dtype is None else x.to(wanted(dtype))
    return given(torch.diagonal(x, offset, axis1, axis2).sum(-1, dtype=x.dtype), is_weak(a))


@numpy_function
def polyval(p: Any, x: Any) -> Any:
    """As numpy.polyval."""
    (coefficients, at), weak = together(p, x)
    found = torch.zeros_like(at)
    for coefficient in coefficients.reshape(-1):
        found = found * at + coefficient
    return given(found, weak)
