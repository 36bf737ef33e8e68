"""Small functions on values: tf.get_static_value, tf.timestamp, tensors as messages."""

from __future__ import annotations

import inspect
import math
import time
from typing import Any

import numpy as np
import torch

from torchkeras.core.variable import Variable
from torchkeras.graph.keras_tensor import KerasTensor
from torchkeras.records.tensor_proto import TensorProto, array_of, tensor_proto
from torchkeras.tensorflow.convert import any_tensor, made
from torchkeras.tensorflow.string_tensor import StringTensor
from torchkeras.tensorflow.tensor import Tensor


def get_static_value(tensor: Any, partial: bool = False) -> Any:
    """The value as an array; None for symbols and variables."""
    if isinstance(tensor, (Variable, KerasTensor)):
        return None
    if isinstance(tensor, (Tensor, StringTensor)):
        return tensor.numpy()
    return np.asarray(tensor.detach()) if isinstance(tensor, torch.Tensor) else tensor


def timestamp(name: str | None = None) -> Any:
    """Seconds since 1970, as a float64 tensor."""
    return made(torch.tensor(time.time(), dtype=torch.float64))


def is_symbolic_tensor(tensor: Any) -> bool:
    """Whether this stands for values that are not there yet: a KerasTensor."""
    if not isinstance(tensor, (KerasTensor, torch.Tensor, StringTensor, Variable)):
        raise TypeError(f"Not a tensor: {tensor!r}")
    return isinstance(tensor, KerasTensor)


def make_tensor_proto(
    values: Any, dtype: Any = None, shape: Any = None, verify_shape: bool = False, allow_broadcast: bool = False
) -> TensorProto:
    """A tensor as a message."""
    found = any_tensor(values, dtype)
    if shape is not None and tuple(shape) != tuple(found.shape):
        if math.prod(shape) != math.prod(found.shape) or verify_shape:
            raise TypeError(f"Expected Tensor's shape: {tuple(shape)}, got {tuple(found.shape)}.")
        found = any_tensor(np.asarray(found.numpy()).reshape(shape))
    return tensor_proto(np.asarray(found.numpy()))


def make_ndarray(tensor: TensorProto) -> np.ndarray:
    """The array of a message."""
    return array_of(tensor)


def register_tensor_conversion_function(base_type: Any, conversion_func: Any, priority: int = 100) -> None:
    """From here on values of a class become tensors by a function.

    Args:
        base_type: a class of your own, or several.
        conversion_func: called as (value, dtype=None, name=None, as_ref=False).
        priority: accepted.
    """
    classes: tuple[Any, ...] = base_type if isinstance(base_type, tuple) else (base_type,)
    for cls in classes:
        if not inspect.isclass(cls):
            raise TypeError("Argument `base_type` must be a type or a tuple of types.")
        cls._as_tf_tensor = _converter(conversion_func)  # type: ignore[attr-defined]


def _converter(function: Any) -> Any:
    return lambda value: function(value, dtype=None, name=None, as_ref=False)


__all__ = [
    "get_static_value", "is_symbolic_tensor", "make_ndarray", "make_tensor_proto",
    "register_tensor_conversion_function", "timestamp",
]  # fmt: skip
