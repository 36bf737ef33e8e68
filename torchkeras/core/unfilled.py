"""Weights whose first values nobody will see: those of a model that is made to be filled from a file."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

#: Smaller weights are made as always: it costs nothing.
_LARGE = 1 << 20


class _State(threading.local):
    on = False


_state = _State()


@contextmanager
def unfilled_weights() -> Iterator[None]:
    """Within the block large weights are made without values. Whoever uses it sets them all, or lets the model go."""
    outer = _state.on
    _state.on = True
    try:
        yield
    finally:
        _state.on = outer


def is_unfilled(initializer: object, size: int) -> bool:
    """Whether a weight is made without values.

    Args:
        initializer: the object that would make them; a user's own is always called.
        size: the bytes of the weight.
    """
    return _state.on and size >= _LARGE and type(initializer).__module__.startswith("torchkeras.initializers")
