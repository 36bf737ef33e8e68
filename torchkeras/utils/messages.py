"""Where messages go: to stdout, or to Python's logging when interactive logging is switched off."""

from __future__ import annotations

import logging
import sys
import threading

from torchkeras.core.replicas import is_first

logger = logging.getLogger("torchkeras")


class _Switch(threading.local):
    enabled = True


_interactive = _Switch()


def enable_interactive_logging() -> None:
    """Messages and progress are written to stdout, which is the default."""
    _interactive.enabled = True


def disable_interactive_logging() -> None:
    """Messages and the last line of each progress bar go to the logger 'torchkeras', at level INFO."""
    _interactive.enabled = False


def is_interactive_logging_enabled() -> bool:
    return _interactive.enabled


def print_msg(message: str, line_break: bool = True) -> None:
    """Writes a message at once, with a line break unless told otherwise; of several processes the first does."""
    if not is_first():
        return
    if not _interactive.enabled:
        logger.info(message.strip("\n"))
    elif sys.stdout is not None:  # None in a windowed process
        sys.stdout.write(message + "\n" if line_break else message)
        sys.stdout.flush()
