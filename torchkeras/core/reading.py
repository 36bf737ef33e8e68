"""What holds while configs are read: how deep they nest, and that all unknown names are told at once."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, ClassVar

from torchkeras.core.custom_objects import custom_object_scope, get_registered_object
from torchkeras.core.errors import UnknownName, UnsafeConfig

#: How many objects may lie within one another; a model counts twice. Keras itself manages some sixty models.
DEEPEST = 120


class _State(threading.local):
    depth = 0
    shared: ClassVar[dict[Any, Any]] = {}


_state = _State()


@contextmanager
def level(family: Any, config: dict[str, Any], custom_objects: dict[str, Any] | None) -> Iterator[None]:
    """One object of a config being made.

    Args:
        family: the family it is looked up in.
        config: its config.
        custom_objects: classes and functions by name.
    """
    if _state.depth >= DEEPEST:
        raise UnsafeConfig(f"The config nests more than {DEEPEST} objects in one another; no model of use does.")
    _state.depth += 1
    if _state.depth == 1:
        _state.shared = {}  # type: ignore[misc]
    try:
        yield
    except UnknownName as error:
        missing = _unknown_classes(family, config, custom_objects) if _state.depth == 1 else []
        if len(missing) > 1:
            raise UnknownName(
                f"{error} Unknown are all of these: {', '.join(map(repr, missing))}. Keras's decorator: "
                f"`@keras.utils.register_keras_serializable()`; or custom_objects="
                f"{{{', '.join(f'{name!r}: {name}' for name in missing)}}}."
            ) from error
        raise
    except RecursionError:
        if _state.depth > 1:
            raise
        raise UnsafeConfig("The config nests too deeply to be read.") from None
    finally:
        _state.depth -= 1
        if _state.depth == 0:
            _state.shared = {}  # type: ignore[misc]


def shared_object(config: dict[str, Any]) -> Any:
    """What was made of another config of the same number: one object that a model holds twice."""
    found = _state.shared.get(config.get("shared_object_id"))
    return found if type(found).__name__ == config["class_name"] else None


def share(config: dict[str, Any], made: Any) -> None:
    """Keeps what was made of a config that has a number, until the outermost config is read."""
    number = config.get("shared_object_id")
    if isinstance(number, int):
        _state.shared[number] = made


def _unknown_classes(family: Any, config: dict[str, Any], custom_objects: dict[str, Any] | None) -> list[str]:
    """The names of all layers of a model that are not known, each once."""
    found: dict[str, None] = {}
    waiting: list[Any] = [config]
    with custom_object_scope(custom_objects):
        while waiting:
            value = waiting.pop()
            if isinstance(value, list):
                waiting += reversed(value)
            elif isinstance(value, dict):
                name, module = value.get("class_name"), value.get("module")
                if isinstance(name, str) and isinstance(value.get("config"), dict) and family.misses(name, module):
                    registered = value.get("registered_name")
                    found[name if not isinstance(registered, str) else registered.rpartition(">")[2]] = None
                waiting += reversed(list(value.values()))
    return [name for name in found if get_registered_object(name, custom_objects) is None]
