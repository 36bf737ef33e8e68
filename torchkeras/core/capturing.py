"""What is being captured: work whose kernels are written down once, to be done again without Python.

While there is a capture, whoever keeps numbers on the host that change from step to step has to put them where the
kernels find them: counts become tensors, an optimizer takes its rates from cells on the device.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


class CannotCapture(Exception):
    """Says in one line why some work cannot be captured; it is done as always then."""


class _State(threading.local):
    updates: Any = None


_state = _State()


def updates() -> Any:
    """Where optimizers note their updates during a capture (`optimizers.captured.Updates`); None without one."""
    return _state.updates


@contextmanager
def capturing(updates: Any) -> Iterator[None]:
    """Within, what this thread does is being captured.

    Args:
        updates: where optimizers note their updates.
    """
    outer = _state.updates
    _state.updates = updates
    try:
        yield
    finally:
        _state.updates = outer
