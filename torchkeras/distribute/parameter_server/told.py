"""Errors of one process, raised in another."""

from __future__ import annotations

import contextlib
import traceback

from torchkeras.distribute.parameter_server.shipping import CannotShip, ship, unship


class Answered(Exception):
    """An error of the other side, as it is told here: with where it happened, which a pickled error has not."""


class Told(Exception):
    """An error on its way: its text, its class by value, and where it was raised."""

    def __init__(self, text: bytes, shown: str, trace: str, where: str) -> None:
        super().__init__(text, shown, trace, where)
        self.text, self.shown, self.trace, self.where = text, shown, trace, where

    def error(self) -> Exception:
        """The error that was raised, with the other side's traceback as its cause."""
        try:
            found = unship(self.text) if self.text else RuntimeError(self.shown)
        except Exception:
            found = RuntimeError(self.shown)
        found.__cause__ = Answered(f"raised by {self.where}:\n{self.trace}")
        return found


def told(error: Exception, where: str) -> Told:
    """An error for the other side, whose program may not know its class."""
    trace = "".join(traceback.format_exception(error))
    text = b""
    with contextlib.suppress(CannotShip):
        text = ship(error)
    return Told(text, f"{type(error).__name__}: {error}", trace, where)


__all__ = ["Answered", "Told", "told"]
