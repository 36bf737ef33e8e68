"""Tracebacks of a run script, cell or document, from the user's first line on."""

from __future__ import annotations

import sys
import traceback
from types import TracebackType


def users_part(error: BaseException, filename: str) -> TracebackType | None:
    """The traceback from the first frame that lies in `filename`; all of it where none does."""
    frame = error.__traceback__
    while frame is not None and frame.tb_frame.f_code.co_filename != filename:
        frame = frame.tb_next
    if frame is None and isinstance(error, SyntaxError):
        return None  # the error itself names file and line
    return frame if frame is not None else error.__traceback__


def report(error: BaseException, filename: str) -> list[str]:
    """Prints an uncaught error as Python would; the lines of it."""
    cut = error.with_traceback(users_part(error, filename))
    lines = traceback.format_exception(type(cut), cut, cut.__traceback__)
    sys.stderr.write("".join(lines))
    sys.stderr.flush()
    return "".join(lines).splitlines()
