"""The functions of a Lambda layer in its config: by name, never as code.

Keras writes the bytecode of a function into the file and runs it on loading, so that a file can do anything. Here a
file holds a name, which is looked up among the custom objects, the registered functions and the activations.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import torch
from torch import Tensor

from torchkeras import activations
from torchkeras.core.registry import get_registered_name, get_registered_object


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


def function_name(function: Any, what: str, layer: str) -> Any:
    """The name that stands for a function in a config, or an error for one that has none."""
    if _staying.functions:
        return function
    if callable(function) and getattr(function, "__name__", "<lambda>") != "<lambda>":
        return activations.FAMILY.names.get(function) or get_registered_name(function)
    raise NotImplementedError(
        f"The {what} of Lambda layer {layer!r}, {function!r}, cannot be put into a config: it has no name, and code is "
        f"never written into files, as loading it could run anything. Give the layer a function made by `def` and "
        f"registered with `@keras.utils.register_keras_serializable()`, write a layer of your own, or save the "
        f"weights alone."
    )


def function_from_config(
    value: Any, kind: str | None, what: str, layer: str, custom_objects: dict[str, Any] | None
) -> Any:
    """The function that a config names.

    Args:
        value: the name, in Keras 2's form or Keras 3's dict; or bytecode, which is not looked at.
        kind: 'function', 'lambda' (bytecode), or None in Keras 3's form.
        what: which argument of the layer it is, for error messages.
        layer: the layer's name, by which a function for saved bytecode is looked up.
    """
    if callable(value) or isinstance(value, Tensor):
        return value
    if isinstance(value, dict):
        kind = "lambda" if value.get("class_name") == "__lambda__" else "function"
        registered = value.get("registered_name")
        value = value.get("config") if registered in (None, "function") else registered
    if kind == "lambda":
        found = get_registered_object(layer, custom_objects) if what == "function" else None
        if found is None and what == "output_shape":
            return None  # found out by trying the function
        if found is None:
            raise ValueError(
                f"Lambda layer {layer!r} was saved with the bytecode of its {what}. Loading bytecode can run any code, "
                f"so it is not read. Pass what the function was under the layer's name instead: "
                f"custom_objects={{{layer!r}: my_function}}."
            )
        return found
    found = get_registered_object(str(value), custom_objects, activations.FAMILY.objects)
    if found is None:
        raise ValueError(
            f"Unknown {what} of Lambda layer {layer!r}: {value!r}. Pass it in custom_objects={{{value!r}: ...}} or "
            f"register it with `@keras.utils.register_keras_serializable()`."
        )
    return found


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
            return value
        array = np.array(value["value"], dtype=value.get("dtype"))
        return torch.from_numpy(array) if value.get("tensor") else array

    return {name: restored(value) for name, value in (arguments or {}).items()}
