"""What happens when a tf.Variable is made: its name is put into the name scope, and who asked is told of it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from torchkeras.core.variable import Variable
from torchkeras.tensorflow.name_scopes import scoped_name


class _Watchers(threading.local):
    def __init__(self) -> None:
        self.stack: list[Callable[[Variable], None]] = []


_watchers = _Watchers()


def created(variable: Variable) -> None:
    """Called with each new Variable."""
    variable._name = scoped_name(variable._name)
    for watcher in _watchers.stack:
        watcher(variable)


@contextmanager
def watching(watcher: Callable[[Variable], None]) -> Iterator[None]:
    """Within, `watcher` is called with each Variable that is made."""
    _watchers.stack.append(watcher)
    try:
        yield
    finally:
        _watchers.stack.remove(watcher)


@contextmanager
def unwatched() -> Iterator[None]:
    """Within, nobody is told (`tf.init_scope`)."""
    before, _watchers.stack = _watchers.stack, []
    try:
        yield
    finally:
        _watchers.stack = before


__all__ = ["created", "unwatched", "watching"]
