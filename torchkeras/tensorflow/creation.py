"""What happens when a tf.Variable is made: its name is put into the name scope, and who asked is told of it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from torchkeras.core.variable import Variable
from torchkeras.tensorflow.name_scopes import scoped_name
from torchkeras.tensorflow.replica_variable import shared


class Watchers(threading.local):
    """Who is told of new Variables, in each thread."""

    def __init__(self) -> None:
        self.stack: list[Callable[[Variable], None]] = []


watchers = Watchers()


def created(variable: Variable) -> None:
    """Called with each new Variable."""
    variable._name = scoped_name(variable._name)
    shared(variable)
    for watcher in watchers.stack:
        watcher(variable)


@contextmanager
def unwatched() -> Iterator[None]:
    """Within, nobody is told (`tf.init_scope`)."""
    before, watchers.stack = watchers.stack, []
    try:
        yield
    finally:
        watchers.stack = before


__all__ = ["created", "unwatched", "watchers"]
