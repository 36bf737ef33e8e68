"""tf.name_scope: prefixes for the names of variables and summaries."""

from __future__ import annotations

import threading
from typing import Any

from torchkeras.events.state import set_scope_source


class _Scopes(threading.local):
    def __init__(self) -> None:
        self.stack: list[str] = []


_scopes = _Scopes()


def get_current_name_scope() -> str:
    """The scope in force, as 'a/b'; '' outside of any."""
    return _scopes.stack[-1] if _scopes.stack else ""


class name_scope:
    """Within it, names of variables and summaries have this prefix.

    Args:
        name: the scope. One that ends in '/' is a whole path, and replaces the scope around it.
        default_name, values: TensorFlow 1's arguments: the name where `name` is None, and what has no meaning here.
    """

    def __init__(self, name: str | None, default_name: str | None = None, values: Any = None) -> None:
        name = default_name if name is None else name
        if not isinstance(name, str):
            raise ValueError("name for name_scope must be a string.")
        self._name = name

    @property
    def name(self) -> str:
        return self._name

    def __enter__(self) -> str:
        around = get_current_name_scope()
        if not self._name:
            path = ""
        elif self._name.endswith("/"):
            path = self._name[:-1]
        else:
            path = f"{around}/{self._name}" if around else self._name
        _scopes.stack.append(path)
        return f"{path}/" if path else ""

    def __exit__(self, *raised: Any) -> None:
        _scopes.stack.pop()


def scoped_name(name: str) -> str:
    """A name within the scope in force."""
    around = get_current_name_scope()
    return f"{around}/{name}" if around else name


set_scope_source(get_current_name_scope)

__all__ = ["get_current_name_scope", "name_scope", "scoped_name"]
