"""Comparisons of tensors and functions of booleans."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch

from torchkeras.tensorflow.arguments import REAL, boolean, invalid, of_dtypes
from torchkeras.tensorflow.convert import from_python, is_stringy, made, pair, tensor
from torchkeras.tensorflow.math.arithmetic import binary
from torchkeras.tensorflow.operation import operation
from torchkeras.tensorflow.string_tensor import to_bytes_array

less = binary("math.less", "Less", torch.lt, REAL, "Where x < y.", numbers=True)
less_equal = binary("math.less_equal", "LessEqual", torch.le, REAL, "Where x <= y.", numbers=True)
greater = binary("math.greater", "Greater", torch.gt, REAL, "Where x > y.", numbers=True)
greater_equal = binary("math.greater_equal", "GreaterEqual", torch.ge, REAL, "Where x >= y.", numbers=True)


@operation("math.equal", "Equal")
def equal(x: Any, y: Any, name: str | None = None) -> Any:
    """Where x and y are the same; of texts too."""
    try:
        a, b = pair(x, y, "Equal")
    except TypeError:
        return made(from_python(_texts_equal(x, y), torch.bool))
    return made(torch.eq(a, b))


@operation("math.not_equal", "NotEqual")
def not_equal(x: Any, y: Any, name: str | None = None) -> Any:
    """Where x and y differ; of texts too."""
    try:
        a, b = pair(x, y, "NotEqual")
    except TypeError:
        return made(from_python(~_texts_equal(x, y), torch.bool))
    return made(torch.ne(a, b))


def _texts_equal(x: Any, y: Any) -> np.ndarray:
    if not (is_stringy(x) and is_stringy(y)):
        if is_stringy(x) or is_stringy(y):
            invalid("cannot compare strings with numbers", "Equal")
        raise
    a, b = np.broadcast_arrays(to_bytes_array(x), to_bytes_array(y))
    return np.array([p == q for p, q in zip(a.reshape(-1), b.reshape(-1))], dtype=bool).reshape(a.shape)


# --- booleans ---


@operation("math.logical_and", "LogicalAnd")
def logical_and(x: Any, y: Any, name: str | None = None) -> Any:
    """Where both are true."""
    return made(torch.logical_and(boolean(x, "LogicalAnd"), boolean(y, "LogicalAnd")))


@operation("math.logical_or", "LogicalOr")
def logical_or(x: Any, y: Any, name: str | None = None) -> Any:
    """Where either is true."""
    return made(torch.logical_or(boolean(x, "LogicalOr"), boolean(y, "LogicalOr")))


@operation("math.logical_xor", "LogicalXor")
def logical_xor(x: Any, y: Any, name: str | None = "LogicalXor") -> Any:
    """Where one is true and the other is not."""
    return made(torch.logical_xor(boolean(x, "LogicalXor"), boolean(y, "LogicalXor")))


@operation("math.logical_not", "LogicalNot")
def logical_not(x: Any, name: str | None = None) -> Any:
    """Where it is false."""
    return made(torch.logical_not(boolean(x, "LogicalNot")))


# --- order ---


@operation("math.is_non_decreasing", "LessEqual")
def is_non_decreasing(x: Any, name: str | None = None) -> Any:
    """Whether each element, row after row, is at least the one before."""
    flat = tensor(of_dtypes(x, REAL, "LessEqual")).reshape(-1)
    return made((flat[1:] >= flat[:-1]).all())


@operation("math.is_strictly_increasing", "Less")
def is_strictly_increasing(x: Any, name: str | None = None) -> Any:
    """Whether each element, row after row, is larger than the one before."""
    flat = tensor(of_dtypes(x, REAL, "Less")).reshape(-1)
    return made((flat[1:] > flat[:-1]).all())


__all__ = [
    "equal", "greater", "greater_equal", "is_non_decreasing", "is_strictly_increasing", "less", "less_equal",
    "logical_and", "logical_not", "logical_or", "logical_xor", "not_equal",
]  # fmt: skip
