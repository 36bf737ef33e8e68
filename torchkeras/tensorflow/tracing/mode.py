"""Whether code runs within a tf.function, and whether tf.functions are asked to be plain functions."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from torchkeras.tensorflow.creation import unwatched


class _Mode(threading.local):
    """How many calls of tf.functions surround the running code."""

    def __init__(self) -> None:
        self.depth = 0


class _Setting:
    eagerly = False  # for the whole process


mode = _Mode()


def run_functions_eagerly(run_eagerly: bool) -> None:
    """With True a tf.function is the function it was made of: no conversions, no checks."""
    _Setting.eagerly = bool(run_eagerly)


def functions_run_eagerly() -> bool:
    """What `run_functions_eagerly` was last told."""
    return _Setting.eagerly


def inside_function() -> bool:
    """Whether the running code was called by a tf.function."""
    return mode.depth > 0


def executing_eagerly() -> bool:
    """False within a tf.function, as in TensorFlow, although tensors have their values there too."""
    return mode.depth == 0 or _Setting.eagerly


@contextmanager
def init_scope() -> Iterator[None]:
    """Within, code counts as being outside of any tf.function."""
    from_depth, mode.depth = mode.depth, 0
    try:
        with unwatched():
            yield
    finally:
        mode.depth = from_depth


__all__ = ["executing_eagerly", "functions_run_eagerly", "init_scope", "inside_function", "mode",
           "run_functions_eagerly"]  # fmt: skip
