"""Settings of tf.experimental."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def async_scope() -> Iterator[None]:
    """Accepted."""
    yield


def async_clear_error() -> None:
    """Accepted: errors are raised where they happen."""


def enable_strict_mode() -> None:
    """Accepted."""


__all__ = ["async_clear_error", "async_scope", "enable_strict_mode"]
