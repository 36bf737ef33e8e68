"""Names to classes: the families of Keras, custom objects, and configs in Keras's saved form.

Loading is closed: a name is looked up in the custom objects and in one family's plain dict, never imported.
"""

from __future__ import annotations

import inspect
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

import numpy as np
import torch

from torchkeras.core.dtypes import dtype_name
from torchkeras.core.errors import did_you_mean

T = TypeVar("T")

_global_objects: dict[str, Any] = {}
_registered_names: dict[Any, str] = {}
_scopes = threading.local()
FAMILIES: dict[str, Family] = {}


# --- custom objects -----------------------------------------------------------------------------------------


def get_custom_objects() -> dict[str, Any]:
    """The global dict of custom objects; entries put there are found by every look-up."""
    return _global_objects


@contextmanager
def custom_object_scope(*objects: dict[str, Any] | None) -> Iterator[None]:
    """Makes custom objects known by name within a `with` block."""
    stack = _stack()
    stack.append({name: value for given in objects for name, value in (given or {}).items()})
    try:
        yield
    finally:
        stack.pop()


def _stack() -> list[dict[str, Any]]:
    if not hasattr(_scopes, "stack"):
        _scopes.stack = []
    found: list[dict[str, Any]] = _scopes.stack
    return found


def register_keras_serializable(package: str = "Custom", name: str | None = None) -> Callable[[T], T]:
    """Decorator: saved configs that name this class or function as 'package>name' find it again."""

    def decorate(target: T) -> T:
        key = f"{package}>{name or target.__name__}"  # type: ignore[attr-defined]
        if inspect.isclass(target) and not hasattr(target, "get_config"):
            raise ValueError(f"Cannot register {target.__name__!r}: a serializable class has a `get_config()` method.")
        known = _global_objects.get(key)
        if known is not None and known is not target and not _redefinition(known, target):
            raise ValueError(f"{key} has already been registered to {known}")
        _global_objects[key] = target
        _registered_names[target] = key
        return target

    return decorate


def _redefinition(known: Any, target: Any) -> bool:
    # A notebook cell that is run again defines the same class anew.
    return (known.__module__, known.__qualname__) == (target.__module__, target.__qualname__)


def get_registered_name(target: Any) -> str:
    """'package>name' for a registered class or function, else its plain name."""
    return _registered_names.get(target, target.__name__)


def get_registered_object(
    name: str, custom_objects: dict[str, Any] | None = None, module_objects: dict[str, Any] | None = None
) -> Any:
    """The class or function of that name among custom objects, scopes, registered ones; None if there is none."""
    for table in (custom_objects, *reversed(_stack()), _global_objects, module_objects):
        if table and name in table:
            return table[name]
    return None


# --- families -----------------------------------------------------------------------------------------------


class Family:
    """One family of named things, such as the initializers: `get`, `serialize` and `deserialize` over a plain dict.

    Args:
        kind: the word for error messages ('initializer').
        module: the name of the family in saved configs ('keras.initializers').
        objects: name to class or function; a canonical name comes before its aliases.
    """

    def __init__(self, kind: str, module: str, objects: dict[str, Any]) -> None:
        self.kind, self.module, self.objects = kind, module, objects
        self.names: dict[Any, str] = {}
        for name, value in objects.items():
            self.names.setdefault(value, name)
        FAMILIES[module] = self

    def lookup(self, name: str, custom_objects: dict[str, Any] | None = None) -> Any:
        found = get_registered_object(name, custom_objects, self.objects)
        if found is None and "." in name:  # a function of another family, such as 'ops.relu' for an activation
            family, _, own = name.rpartition(".")
            known = FAMILIES.get(f"keras.{family}")
            found = known.objects.get(own) if known is not None else None
        if found is None:
            raise ValueError(
                f"Unknown {self.kind}: {name!r}.{did_you_mean(name, self.objects)} If it is your own, pass it in "
                f"`custom_objects` or register it with `keras.utils.register_keras_serializable()`."
            )
        return found

    def get(self, identifier: Any) -> Any:
        """The thing meant by a name, a config, a class, an instance or function; None stays None."""
        if identifier is None:
            return None
        if isinstance(identifier, str):
            found = self.lookup(identifier)
            return found() if inspect.isclass(found) else found
        if isinstance(identifier, dict):
            return self.deserialize(identifier)
        if inspect.isclass(identifier):
            return identifier()
        if callable(identifier):
            return identifier
        raise ValueError(
            f"Could not interpret the {self.kind} {identifier!r} of type {type(identifier).__name__}: "
            f"expected a name, a config, a class, an instance or a function."
        )

    def serialize(self, value: Any) -> Any:
        return serialize(value)

    def deserialize(self, config: Any, custom_objects: dict[str, Any] | None = None) -> Any:
        """Builds a thing from its saved form: a name, or {'class_name': ..., 'config': ...} of any Keras."""
        if config is None:
            return None
        if isinstance(config, str):
            found = self.lookup(config, custom_objects)
            return found() if inspect.isclass(found) else found
        if not isinstance(config, dict) or "class_name" not in config:
            raise ValueError(
                f"Improper {self.kind} config: expected a name or a dict with 'class_name', got {config!r}"
            )
        name, settings = config["class_name"], config.get("config")
        if name == "function":
            return self.lookup(settings if isinstance(settings, str) else config["registered_name"], custom_objects)
        registered = config.get("registered_name")
        target = get_registered_object(registered, custom_objects) if registered else None
        target = target or self.lookup(name, custom_objects)
        if not inspect.isclass(target):
            return target
        with custom_object_scope(custom_objects):
            from_config = getattr(target, "from_config", None)
            return from_config(dict(settings or {})) if from_config else target(**(settings or {}))


def serialize(value: Any) -> Any:
    """The saved form of a value in a config, as Keras 2.13 and later write it."""
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    if isinstance(value, (list, tuple)):
        return [serialize(item) for item in value]
    if isinstance(value, dict):
        return {key: serialize(item) for key, item in value.items()}
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, np.ndarray):
        return value.tolist()
    if isinstance(value, torch.dtype):
        return dtype_name(value)
    if isinstance(value, torch.Size):
        return list(value)
    if hasattr(value, "as_datatype_enum"):  # a tf.DType
        return value.name
    if hasattr(value, "get_config"):
        return _serialize_object(value)
    if inspect.isfunction(value) or inspect.isbuiltin(value) or inspect.isclass(value):
        return _serialize_function(value)
    raise TypeError(f"Cannot put {value!r} of type {type(value).__name__} into a config.")


def _serialize_object(value: Any) -> dict[str, Any]:
    target = type(value)
    saved: dict[str, Any] = {"module": None, "class_name": target.__name__, "config": serialize(value.get_config())}
    for family in FAMILIES.values():
        if target in family.names:
            return saved | {
                "module": family.module,
                "class_name": family.names[target],
                "registered_name": None,
            }
    return saved | {"registered_name": get_registered_name(target)}


def _serialize_function(value: Any) -> Any:
    for family in FAMILIES.values():
        if value in family.names:
            return family.names[value]
    name = get_registered_name(value)
    registered = name if value in _registered_names else "function"
    return {"module": "builtins", "class_name": "function", "config": name, "registered_name": registered}


def deserialize(config: Any, custom_objects: dict[str, Any] | None = None) -> Any:
    """A value back from its saved form; dicts with 'class_name' become objects of the family they name."""
    if isinstance(config, list):
        return [deserialize(item, custom_objects) for item in config]
    if not isinstance(config, dict):
        return config
    if "class_name" not in config or "config" not in config:
        return {key: deserialize(item, custom_objects) for key, item in config.items()}
    family = FAMILIES.get(config.get("module") or "")
    if family is not None:
        return family.deserialize(config, custom_objects)
    candidates = [f for f in FAMILIES.values() if config["class_name"] in f.objects]
    found = candidates[0] if candidates else next(iter(FAMILIES.values()))
    return found.deserialize(config, custom_objects)
