"""tf.constant and tf.convert_to_tensor."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import torch

from torchkeras.core.tensor_shape import TensorShape
from torchkeras.core.variable import Variable
from torchkeras.tensorflow.convert import any_tensor, made, tensor, viewed
from torchkeras.tensorflow.dtypes import as_dtype
from torchkeras.tensorflow.operation import operation
from torchkeras.tensorflow.string_tensor import StringTensor

#: What has the last word on a new constant where NumPy's behaviour is switched on so: (tensor, value, dtype).
_finish: Callable[[Any, Any, Any], Any] | None = None


def set_finish(function: Callable[[Any, Any, Any], Any] | None) -> None:
    """From now on `constant` asks this function, or nobody."""
    global _finish
    _finish = function


@operation()
def constant(value: Any, dtype: Any = None, shape: Any = None, name: str = "Const") -> Any:
    """A tensor of a number, text, array or nested list; a copy of it.

    Args:
        value: what to make it of.
        dtype: of the tensor; numbers are float32 and int32 unless given, arrays keep theirs.
        shape: what to make the values into; a single value fills it.
    """
    if isinstance(value, torch.Tensor) and dtype is not None:
        found = viewed(tensor(value).to(as_dtype(dtype).torch))
    else:
        found = any_tensor(value, dtype)
    if shape is not None:
        found = _shaped(found, tuple(TensorShape(shape)), value)
    return found if _finish is None else _finish(found, value, dtype)


def _shaped(found: Any, shape: tuple[int, ...], value: Any) -> Any:
    size, wanted = math.prod(found.shape), math.prod(shape)
    if size == wanted:
        if isinstance(found, StringTensor):
            return StringTensor(found._array.reshape(shape))
        return viewed(found.as_subclass(torch.Tensor).reshape(shape))
    if size != 1:
        raise TypeError(
            f"Eager execution of tf.constant with unsupported shape. Tensor {value} has {size} elements, but got "
            f"`shape` {shape} with {wanted} elements)."
        )
    if isinstance(found, StringTensor):
        raise TypeError(f"A single text cannot fill the shape {shape}; use tf.fill.")
    return made(found.as_subclass(torch.Tensor).reshape(()).expand(shape).clone())


@operation()
def convert_to_tensor(
    value: Any, dtype: Any = None, dtype_hint: Any = None, name: str | None = None, preferred_dtype: Any = None
) -> Any:
    """A tensor of anything that can be one; tensors as they are."""
    hint = dtype_hint if preferred_dtype is None else preferred_dtype
    if dtype is None and hint is not None and not isinstance(value, (torch.Tensor, StringTensor, Variable)):
        try:
            return any_tensor(value, hint)
        except (TypeError, ValueError):
            return any_tensor(value)
    return any_tensor(value, dtype)
