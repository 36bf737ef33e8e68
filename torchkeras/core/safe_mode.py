"""Whether code that a file or a config holds may be run: never, unless the caller of a loading function says so.

Only the caller decides, by an argument `safe_mode=False` or by `keras.config.enable_unsafe_deserialization()`; nothing
in a file or config does. An unset `safe_mode` is the one of the loading function around it, else that of the process.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager


class _Scopes(threading.local):
    def __init__(self) -> None:
        self.stack: list[bool] = []


_scopes = _Scopes()
_of_process = True


def enable_unsafe_deserialization() -> None:
    """Lets all loading functions of the process run the code of Lambdas, where they are not told `safe_mode=True`.

    For files that you trust alone: a file may hold any code.
    """
    global _of_process
    _of_process = False


def in_safe_mode() -> bool:
    """Whether code in configs is refused just now."""
    return _scopes.stack[-1] if _scopes.stack else _of_process


@contextmanager
def safe_mode_scope(safe_mode: bool | None) -> Iterator[None]:
    """Within the block code in configs is refused (True), run (False), or as outside of it (None)."""
    _scopes.stack.append(in_safe_mode() if safe_mode is None else bool(safe_mode))
    try:
        yield
    finally:
        _scopes.stack.pop()
