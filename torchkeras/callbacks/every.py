"""Every: counts batches, for what is done each so many of them."""

from __future__ import annotations


class Every:
    """Says at which batches something is due.

    Batches may come in leaps, when several steps are run at once: then it is due at the first one past the number.
    """

    def __init__(self, count: int) -> None:
        self.count = count
        self._since = 0
        self._last = -1

    def due(self, batch: int) -> bool:
        new_epoch = batch <= self._last
        self._since += batch + 1 if new_epoch else batch - self._last
        self._last = batch
        if self._since < self.count:
            return False
        self._since = 0
        return True

    def progress(self) -> tuple[int, int]:
        """What `set_progress` takes in another run."""
        return self._since, self._last

    def set_progress(self, progress: tuple[int, int]) -> None:
        self._since, self._last = progress
