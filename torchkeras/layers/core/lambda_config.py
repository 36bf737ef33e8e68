"""The functions of a Lambda layer in its config: by name, or, where they have none, as Keras's bytecode.

A name is looked up among the custom objects, the registered functions and the activations. Bytecode can do anything
once it runs, so that it is read only where the caller of the loading function says so: core/safe_mode.py.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import torch
from torch import Tensor

from torchkeras import activations
from torchkeras.core.bytecode import code_of_function, function_of_code
from torchkeras.core.config_values import with_values
from torchkeras.core.errors import UnknownName, UnsafeConfig
from torchkeras.core.registry import get_registered_name, get_registered_object
from torchkeras.core.safe_mode import in_safe_mode


class _Staying(threading.local):
    functions = False


_staying = _Staying()


@contextmanager
def functions_as_they_are() -> Iterator[None]:
    """Configs hold the functions themselves: for a copy of a layer that never leaves the process."""
    outer, _staying.functions = _staying.functions, True
    try:
        yield
    finally:
        _staying.functions = outer


def saved_function(function: Any, what: str, layer: str) -> tuple[Any, str]:
    """What stands for a function in a config, and which sort that is, in Keras 2's words: 'function' or 'lambda'."""
    if _staying.functions:
        return function, "function"
    if callable(function) and getattr(function, "__name__", "<lambda>") != "<lambda>":
        return activations.FAMILY.names.get(function) or get_registered_name(function), "function"
    return code_of_function(function, f"The {what} of Lambda layer {layer!r}"), "lambda"


def function_from_config(
    value: Any, kind: str | None, what: str, layer: str, custom_objects: dict[str, Any] | None, module: Any = None
) -> Any:
    """The function that a config names or holds.

    Args:
        value: the name or the bytecode, in Keras 2's form or Keras 3's dict.
        kind: 'function', 'lambda' (bytecode), or None in Keras 3's form.
        what: which argument of the layer it is, for error messages.
        layer: the layer's name, by which a function for saved bytecode is looked up.
        module: the module it was written in, whose names bytecode may use where the program has imported it.
    """
    if callable(value) or isinstance(value, Tensor):
        return value
    if isinstance(value, dict):
        kind, value = _of_keras3(value)
    if kind == "lambda":
        return _of_code(value, what, layer, custom_objects, module)
    if not isinstance(value, str):
        raise ValueError(f"The {what} of Lambda layer {layer!r} is saved in an unknown form: {str(value)[:200]}")
    found = get_registered_object(value, custom_objects, activations.FAMILY.objects)
    if found is None:
        raise UnknownName(
            f"Unknown {what} of Lambda layer {layer!r}: {value!r}. Pass it in custom_objects={{{value!r}: ...}} or "
            f"register it with `@keras.utils.register_keras_serializable()`."
        )
    return found


def _of_keras3(saved: dict[str, Any]) -> tuple[str, Any]:
    content = saved.get("config")
    if saved.get("class_name") == "__lambda__":
        if isinstance(content, dict) and "value" in content:
            return "lambda", content["value"]
        content = content if isinstance(content, dict) else {}
        return "lambda", [content.get("code"), content.get("defaults"), content.get("closure")]
    registered = saved.get("registered_name")
    return "function", content if registered in (None, "function") else registered


def _of_code(value: Any, what: str, layer: str, custom_objects: dict[str, Any] | None, module: Any) -> Any:
    found = get_registered_object(layer, custom_objects) if what == "function" else None
    if found is not None:
        return found
    if in_safe_mode():
        if what == "output_shape":
            return None  # found out by trying the function
        raise UnsafeConfig(
            f"Lambda layer {layer!r} was saved with the bytecode of its {what}. Loading bytecode can run any code, so "
            f"it is not read. If you trust the file, pass `safe_mode=False` to the function that loads it, or call "
            f"`keras.config.enable_unsafe_deserialization()`. Or pass what the function was under the layer's name: "
            f"custom_objects={{{layer!r}: my_function}}."
        )
    names = dict(custom_objects or {})
    if isinstance(module, str) and module in sys.modules:
        names = vars(sys.modules[module]) | names
    return function_of_code(value, f"The {what} of Lambda layer {layer!r}", names)


def arguments_config(arguments: dict[str, Any]) -> dict[str, Any]:
    """Arguments as a config has them: arrays as lists that say so."""

    def saved(value: Any) -> Any:
        array = value.detach().cpu().numpy() if isinstance(value, Tensor) else value
        if not isinstance(array, np.ndarray):
            return value
        saved = {"type": "ndarray", "value": array.tolist(), "dtype": str(array.dtype)}
        return saved | {"tensor": True} if isinstance(value, Tensor) else saved

    if _staying.functions:
        return arguments
    return {name: saved(value) for name, value in arguments.items()}


def arguments_from_config(arguments: dict[str, Any] | None) -> dict[str, Any]:
    def restored(value: Any) -> Any:
        if not (isinstance(value, dict) and value.get("type") == "ndarray"):
            return with_values(value)
        array = np.array(value["value"], dtype=value.get("dtype"))
        return torch.from_numpy(array) if value.get("tensor") else array

    return {name: restored(value) for name, value in (arguments or {}).items()}
