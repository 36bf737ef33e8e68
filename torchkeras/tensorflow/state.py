"""What is being recorded for gradients, in each thread.

A *session* is a stretch of recording: from the opening of the outermost tape to its end, or the outermost call of a
user's function within a step of `fit`. A result carries the number of the session it was made in; in a later session
it is a constant, as in TensorFlow, where torch would go on differentiating through it.
"""

from __future__ import annotations

import itertools
import threading
from typing import Any

_numbers = itertools.count(1)


class State(threading.local):
    """The recording state of a thread."""

    def __init__(self) -> None:
        self.tapes: list[Any] = []  # the open tapes, outermost first
        self.inside = 0  # how many calls of users' functions surround this one
        self.session = 0
        self.live = 0  # tapes that may yet ask for gradients: what they saved must not be overwritten


state = State()


def recording() -> bool:
    """Whether operations on variables are to be recorded."""
    return bool(state.tapes) or state.inside > 0


def new_session() -> int:
    state.session = next(_numbers)
    return state.session
