"""Waiting for others, for so long and no longer."""

from __future__ import annotations

import time
from collections.abc import Callable


class Deadline:
    """The end of a time that begins now.

    Args:
        seconds: how long it is.
    """

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._end = time.monotonic() + seconds

    def left(self, least: float = 0.0) -> float:
        """The seconds that are left, or some more."""
        return max(self._end - time.monotonic(), least)

    def waits_until(self, holds: Callable[[], bool]) -> bool:
        """Whether something came to hold in time. It is looked at now and then, so that Ctrl-C is heard in between."""
        pause = 0.02
        while not holds():
            if not (left := self.left()):
                return False
            time.sleep(min(pause, left))
            pause = min(pause * 1.5, 0.5)
        return True


__all__ = ["Deadline"]
