"""Custom objects: classes and functions that configs name, registered for good or for a `with` block."""

from __future__ import annotations

import inspect
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

T = TypeVar("T")

_global_objects: dict[str, Any] = {}
_registered_names: dict[Any, str] = {}
_scopes = threading.local()


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


def is_registered(target: Any) -> bool:
    """Whether a class or function has a name of its own in configs."""
    return target in _registered_names


def custom_names() -> dict[str, Any]:
    """All custom objects known just now, by their names."""
    found = dict(_global_objects)
    for table in _stack():
        found |= table
    return found
