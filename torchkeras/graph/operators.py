"""The operators of a symbolic tensor: what each computes, and how TensorFlow names it in summaries."""

from __future__ import annotations

import operator
from typing import Any

import torch

#: Operators are named as TensorFlow names them in summaries: `x + y` is the layer tf.__operators__.add.
OPERATORS: dict[str, Any] = {
    "__add__": ("tf.__operators__.add", operator.add, False),
    "__radd__": ("tf.__operators__.add", operator.add, True),
    "__sub__": ("tf.math.subtract", operator.sub, False),
    "__rsub__": ("tf.math.subtract", operator.sub, True),
    "__mul__": ("tf.math.multiply", operator.mul, False),
    "__rmul__": ("tf.math.multiply", operator.mul, True),
    "__truediv__": ("tf.math.truediv", operator.truediv, False),
    "__rtruediv__": ("tf.math.truediv", operator.truediv, True),
    "__floordiv__": ("tf.math.floordiv", operator.floordiv, False),
    "__rfloordiv__": ("tf.math.floordiv", operator.floordiv, True),
    "__mod__": ("tf.math.floormod", operator.mod, False),
    "__rmod__": ("tf.math.floormod", operator.mod, True),
    "__pow__": ("tf.math.pow", operator.pow, False),
    "__rpow__": ("tf.math.pow", operator.pow, True),
    "__matmul__": ("tf.linalg.matmul", operator.matmul, False),
    "__rmatmul__": ("tf.linalg.matmul", operator.matmul, True),
    "__and__": ("tf.math.logical_and", operator.and_, False),
    "__rand__": ("tf.math.logical_and", operator.and_, True),
    "__or__": ("tf.math.logical_or", operator.or_, False),
    "__ror__": ("tf.math.logical_or", operator.or_, True),
    "__neg__": ("tf.math.negative", operator.neg, False),
    "__abs__": ("tf.math.abs", operator.abs, False),
    "__invert__": ("tf.math.logical_not", operator.invert, False),
    "__eq__": ("tf.math.equal", operator.eq, False),
    "__ne__": ("tf.math.not_equal", operator.ne, False),
    "__lt__": ("tf.math.less", operator.lt, False),
    "__le__": ("tf.math.less_equal", operator.le, False),
    "__gt__": ("tf.math.greater", operator.gt, False),
    "__ge__": ("tf.math.greater_equal", operator.ge, False),
}


def getitem(tensor: Any, index: Any) -> Any:
    """`tensor[index]`, negative steps included, which torch itself refuses."""
    parts = index if isinstance(index, tuple) else (index,)
    if any(isinstance(p, slice) and p.step is not None and p.step < 0 for p in parts):
        return _stepped_back(tensor, parts)
    return tensor[index]


def _stepped_back(tensor: Any, parts: tuple[Any, ...]) -> Any:
    taken = sum(1 for p in parts if p is not None and p is not Ellipsis)
    rest = [slice(None)] * (tensor.dim() - taken)
    if Ellipsis in [p for p in parts if p is Ellipsis]:
        at = next(i for i, p in enumerate(parts) if p is Ellipsis)
        parts = (*parts[:at], *rest, *parts[at + 1 :])
    axis = 0
    forward: list[Any] = []
    for part in parts:
        if isinstance(part, slice) and part.step is not None and part.step < 0:
            chosen = range(*part.indices(tensor.shape[axis]))
            tensor = tensor.index_select(axis, torch.tensor(list(chosen), dtype=torch.long, device=tensor.device))
            forward.append(slice(None))
        else:
            forward.append(part)
        axis += part is not None
    return tensor[tuple(forward)]
