"""Arguments and results of tf.functions: arrays become tensors, and what remains of Python's values is told apart."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch

from torchkeras.core.kinds import bridge
from torchkeras.core.tensor_shape import TensorShape
from torchkeras.core.variable import Variable
from torchkeras.graph.keras_tensor import KerasTensor
from torchkeras.tensorflow.convert import any_tensor, is_stringy
from torchkeras.tensorflow.string_tensor import StringTensor
from torchkeras.tensorflow.tensor import Tensor, plain_dtype, plain_shape
from torchkeras.tensorflow.type_specs import TensorSpec, TypeSpec, type_spec_from_value


def argument(value: Any) -> Any:
    """An argument as the function sees it: arrays and torch's tensors as tf.Tensors, all else as it came."""
    kind = type(value)
    if kind is Tensor or kind is int or kind is float or kind is bool or kind is str or value is None:
        return value
    if kind is torch.Tensor:
        return bridge.lend(value)
    if isinstance(value, (np.ndarray, np.generic)):
        return any_tensor(value) if value.dtype.kind in "fiubc" or is_stringy(value) else value
    if kind is list or kind is tuple:
        if any(_convertible(item) for item in value):
            return kind([argument(item) for item in value])
        return value
    if kind is dict:
        return {key: argument(item) for key, item in value.items()}
    return value


def _convertible(value: Any) -> bool:
    return isinstance(value, (np.ndarray, np.generic, list, tuple, dict)) or type(value) is torch.Tensor


def result(value: Any, name: str) -> Any:
    """A result as tf.function gives it: numbers, texts, arrays and Variables as tensors."""
    kind = type(value)
    if kind is Tensor or value is None or kind is StringTensor or isinstance(value, (KerasTensor, TypeSpec)):
        return value
    if isinstance(value, Variable):
        return value.value()
    if isinstance(value, (bool, int, float, complex, str, bytes, np.ndarray, np.generic)):
        return any_tensor(value)
    if isinstance(value, torch.Tensor):
        return bridge.lend(value)
    if isinstance(value, (list, tuple)) and not isinstance(value, TensorShape):
        items = [result(item, name) for item in value]
        if hasattr(value, "_fields"):
            return type(value)(*items)
        return tuple(items) if isinstance(value, tuple) else items
    if isinstance(value, dict):
        made = {key: result(item, name) for key, item in value.items()}
        return made if kind is dict or not callable(kind) else _like(value, made)
    if hasattr(value, "_type_spec") or hasattr(value, "element_spec") or hasattr(value, "_is_tf_result"):
        return value
    raise TypeError(
        f"To be compatible with tf.function, Python functions must return zero or more Tensors or ExtensionTypes or "
        f"None values; in compilation of {name}, found return value of type {kind.__name__}, which is not a Tensor or "
        f"ExtensionType."
    )


def _like(value: Any, made: dict[Any, Any]) -> Any:
    try:
        return type(value)(made)
    except TypeError:
        return made


def key_of(value: Any) -> Any:
    """What decides whether a call is like an earlier one: a tensor's dtype and shape, a Python value itself."""
    kind = type(value)
    if kind is Tensor:
        return plain_dtype(value), plain_shape(value)
    if kind is int or kind is float or kind is bool or kind is str or value is None or kind is bytes:
        return value  # 1 and 1.0 count as the same, as they do in TensorFlow
    if kind is list or kind is tuple:
        return (kind, *[key_of(item) for item in value])
    if isinstance(value, dict):
        return (kind, *[(key, key_of(value[key])) for key in value])
    if isinstance(value, StringTensor):
        return "string", tuple(value.shape)
    if isinstance(value, Variable):
        return "variable", value.parameter.dtype, tuple(value.shape)
    if isinstance(value, TypeSpec):
        return value
    tracing_type = getattr(value, "__tf_tracing_type__", None)
    if tracing_type is not None:
        return tracing_type(None)
    spec = getattr(value, "_type_spec", None)
    if spec is None:
        spec = getattr(value, "element_spec", None)
        spec = None if spec is None else (kind, repr(spec))
    return spec if spec is not None else (kind, id(value))


def spec_of(value: Any, name: str | None = None) -> Any:
    """What stands for a value in signatures: a spec for tensors, the value itself for Python's own."""
    if isinstance(value, TensorSpec):
        return value if value.name or name is None else TensorSpec(value.shape, value.dtype, name)
    if isinstance(value, TypeSpec):
        return value
    if type(value) is Tensor or isinstance(value, StringTensor):
        return TensorSpec(value.shape, value.dtype, name)
    if isinstance(value, KerasTensor):
        return TensorSpec(value.shape, value.dtype, name)
    if isinstance(value, (list, tuple)):
        items = [spec_of(item, name and f"{name}_{i}") for i, item in enumerate(value)]
        if hasattr(value, "_fields"):
            return type(value)(*items)
        return tuple(items) if isinstance(value, tuple) else items
    if isinstance(value, dict):
        return {key: spec_of(item, name and str(key)) for key, item in value.items()}
    return type_spec_from_value(value) if hasattr(value, "_type_spec") else value


def said(spec: Any) -> str:
    """A spec as TensorFlow's signatures write it: `Literal[3]`, `Tuple[...]`, `Dict[['a', ...]]`."""
    if isinstance(spec, TypeSpec):
        return repr(spec)
    if isinstance(spec, dict):
        return "Dict[" + ", ".join(f"[{key!r}, {said(item)}]" for key, item in spec.items()) + "]"
    if isinstance(spec, (list, tuple)):
        return ("Tuple" if isinstance(spec, tuple) else "List") + "[" + ", ".join(map(said, spec)) + "]"
    if spec is None or isinstance(spec, (bool, int, float, str, bytes)):
        return f"Literal[{spec!r}]"
    return f"Reference[{type(spec).__name__}]"


__all__ = ["argument", "key_of", "result", "said", "spec_of"]
