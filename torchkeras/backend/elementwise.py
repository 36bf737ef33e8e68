"""Functions of each value by itself, and comparisons."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from torchkeras.backend.operation import backend_function
from torchkeras.ops.promotion import tensor


def _pair(x: Any, y: Any) -> tuple[Any, Any]:
    """Two operands as tensors; a number takes the other's dtype."""
    if isinstance(y, (int, float)):
        x = tensor(x)
        return x, torch.as_tensor(y, dtype=x.dtype, device=x.device)
    if isinstance(x, (int, float)):
        y = tensor(y)
        return torch.as_tensor(x, dtype=y.dtype, device=y.device), y
    return tensor(x), tensor(y)


@backend_function("tf.math.abs")
def abs(x: Any) -> Tensor:
    """The absolute value."""
    return torch.abs(tensor(x))


@backend_function("tf.math.square")
def square(x: Any) -> Tensor:
    """`x * x`."""
    return torch.square(tensor(x))


def sqrt(x: Any) -> Tensor:
    """The square root; of negative numbers 0."""
    return _root(maximum(x, 0.0))


@backend_function("tf.math.sqrt")
def _root(x: Any) -> Tensor:
    return torch.sqrt(tensor(x))


@backend_function("tf.math.exp")
def exp(x: Any) -> Tensor:
    """The exponential."""
    return torch.exp(tensor(x))


@backend_function("tf.math.log")
def log(x: Any) -> Tensor:
    """The natural logarithm."""
    return torch.log(tensor(x))


@backend_function("tf.math.sin")
def sin(x: Any) -> Tensor:
    """The sine."""
    return torch.sin(tensor(x))


@backend_function("tf.math.cos")
def cos(x: Any) -> Tensor:
    """The cosine."""
    return torch.cos(tensor(x))


@backend_function("tf.math.round")
def round(x: Any) -> Tensor:
    """The nearest whole number; halves go to the even one."""
    return torch.round(tensor(x))


@backend_function("tf.math.sign")
def sign(x: Any) -> Tensor:
    """-1, 0 or 1."""
    return torch.sign(tensor(x))


@backend_function("tf.math.pow")
def pow(x: Any, a: Any) -> Tensor:
    """`x` to the power of `a`."""
    return torch.pow(tensor(x), a if isinstance(a, (int, float)) else tensor(a))


@backend_function("tf.clip_by_value")
def clip(x: Any, min_value: Any, max_value: Any) -> Tensor:
    """`x`, cut off at the least and the greatest value, each of which may be None."""
    x = tensor(x)
    if isinstance(min_value, (int, float)) and isinstance(max_value, (int, float)) and max_value < min_value:
        max_value = min_value
    low, high = (v if v is None or isinstance(v, (int, float)) else tensor(v) for v in (min_value, max_value))
    result: Tensor = torch.clamp(x, low, high)  # type: ignore[arg-type]
    return result


@backend_function("tf.math.maximum")
def maximum(x: Any, y: Any) -> Tensor:
    """The greater of each two values."""
    return torch.maximum(*_pair(x, y))


@backend_function("tf.math.minimum")
def minimum(x: Any, y: Any) -> Tensor:
    """The lesser of each two values."""
    return torch.minimum(*_pair(x, y))


def _comparison(name: str, function: Callable[..., Tensor], meaning: str) -> Callable[[Any, Any], Tensor]:
    def compare(x: Any, y: Any) -> Tensor:
        return function(*_pair(x, y))

    compare.__name__ = compare.__qualname__ = name
    compare.__doc__ = f"Whether {meaning}, for each two values."
    return backend_function(f"tf.math.{name}")(compare)


equal = _comparison("equal", torch.eq, "x and y are equal")
not_equal = _comparison("not_equal", torch.ne, "x and y differ")
greater = _comparison("greater", torch.gt, "x is greater than y")
greater_equal = _comparison("greater_equal", torch.ge, "x is greater than or equal to y")
less = _comparison("less", torch.lt, "x is less than y")
less_equal = _comparison("less_equal", torch.le, "x is less than or equal to y")
