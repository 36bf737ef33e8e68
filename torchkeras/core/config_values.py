"""Values that JSON has no form for, in configs of Keras 2 and 3: tuples, arrays, slices, bytes and their like."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch

from torchkeras.core.bytecode import function_of_code
from torchkeras.core.dtypes import torch_dtype
from torchkeras.core.errors import UnsafeConfig


def is_value(config: Any) -> bool:
    """Whether this is the saved form of a value that is no object of Keras."""
    return isinstance(config, dict) and config.get("class_name") in _FORMS


def restored(config: dict[str, Any]) -> Any:
    """The value of such a form; code is run where that is allowed only."""
    return _FORMS[config["class_name"]](config)


def with_values(config: Any) -> Any:
    """A config with the values among its own entries restored, and objects in it as they are."""
    if is_value(config):
        return restored(config)
    if isinstance(config, list):
        return [with_values(item) for item in config]
    return config


def _content(config: dict[str, Any]) -> dict[str, Any]:
    """What Keras 3 has under 'config' and Keras 2 beside the class name."""
    inner = config.get("config")
    return inner if isinstance(inner, dict) else config


def _array(config: dict[str, Any]) -> np.ndarray:
    content = _content(config)
    dtype = str(content.get("dtype") or "float32")
    if dtype == "bfloat16":
        dtype = "float32"
    if np.dtype(dtype).hasobject:
        raise UnsafeConfig(f"A config asks for an array of {dtype!r}, which are arbitrary objects.")
    return np.array(content["value"], dtype=dtype)


def _tensor(config: dict[str, Any]) -> torch.Tensor:
    return torch.tensor(_array(config)).to(torch_dtype(str(_content(config).get("dtype") or "float32")))


def _tuple(config: dict[str, Any]) -> tuple[Any, ...]:
    items = config.get("items", config.get("config"))
    return tuple(with_values(item) for item in items or ())


def _slice(config: dict[str, Any]) -> slice:
    content = _content(config)
    return slice(*(with_values(content.get(key)) for key in ("start", "stop", "step")))


def _function(config: dict[str, Any]) -> Any:
    content = config.get("config") or {}
    saved = content.get("value")
    if saved is None:
        saved = [content.get("code"), content.get("defaults"), content.get("closure")]
    return function_of_code(saved, "A config")


def _shape(config: dict[str, Any]) -> Any:
    items = config.get("items", config.get("config"))
    return None if items is None else tuple(items)


_FORMS: dict[str, Any] = {
    "__tuple__": _tuple,
    "__numpy__": _array,
    "__tensor__": _tensor,
    "__bytes__": lambda config: str(_content(config)["value"]).encode("utf-8"),
    "__ellipsis__": lambda config: Ellipsis,
    "__slice__": _slice,
    "__lambda__": _function,
    "TensorShape": _shape,
}
