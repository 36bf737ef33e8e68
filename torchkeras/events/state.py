"""Where summaries go by default, at which step, and whether they are recorded; for each thread."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from torchkeras.records.arrays import as_array


class _State(threading.local):
    writer: Any = None
    step: Any = None
    recording: Any = None


state = _State()

#: What tags are prefixed with: the name scope in force, '' where there is none. The tf namespace sets it.
_scope: list[Callable[[], str]] = [lambda: ""]


def set_scope_source(source: Callable[[], str]) -> None:
    """Say where the name scope in force is asked for."""
    _scope[0] = source


def scoped(name: str) -> str:
    """A tag: the name within the name scope in force."""
    scope = _scope[0]().rstrip("/")
    return f"{scope}/{name}" if scope else name


def get_step() -> Any:
    """The step set by `set_step` or by a writer's `as_default`, else None."""
    return state.step


def set_step(step: Any) -> None:
    """The step of summaries that are given none: a number, or a Variable, read anew for each."""
    state.step = step


def step_number(step: Any) -> int:
    """A step as an integer: the one given, else the default; ValueError where there is neither."""
    step = state.step if step is None else step
    if step is None:
        raise ValueError(
            "No step set. Please specify one either through the `step` argument or through "
            "tf.summary.experimental.set_step()"
        )
    found = step if isinstance(step, int) else as_array(step)
    if not isinstance(found, int):
        if found.size != 1:
            raise ValueError(f"Argument `step` must be a scalar. Received step with shape {found.shape}.")
        found = int(found.reshape(()))
    return found


def should_record_summaries() -> bool:
    """Whether there is a default writer, and `record_if` has not switched it off."""
    if state.writer is None:
        return False
    condition = state.recording() if callable(state.recording) else state.recording
    return True if condition is None else bool(condition)


@contextmanager
def record_if(condition: Any) -> Iterator[None]:
    """Within, summaries are recorded only if the condition holds.

    Args:
        condition: a boolean, or a function without arguments that is asked for each summary.
    """
    before, state.recording = state.recording, condition
    try:
        yield
    finally:
        state.recording = before


def has_default_writer() -> bool:
    return state.writer is not None
