"""tf.compat.v1.logging and tf.get_logger: the logger 'tensorflow' of Python's logging."""

from __future__ import annotations

import logging as _logging
import sys
from collections import Counter
from typing import Any

DEBUG, INFO, WARN, ERROR, FATAL = _logging.DEBUG, _logging.INFO, _logging.WARNING, _logging.ERROR, _logging.FATAL

_counts: Counter[Any] = Counter()


def get_logger() -> _logging.Logger:
    """The logger 'tensorflow'. It writes to stderr, warnings and worse unless told otherwise."""
    logger = _logging.getLogger("tensorflow")
    if not logger.level:
        logger.setLevel(_logging.WARNING)
    if not logger.handlers and not _logging.getLogger().handlers:
        handler = _logging.StreamHandler(sys.stderr)
        handler.setFormatter(_logging.Formatter(_logging.BASIC_FORMAT))
        logger.addHandler(handler)
        logger.propagate = False
    return logger


def log(level: Any, msg: str, *args: Any, **kwargs: Any) -> None:
    get_logger().log(level, msg, *args, **kwargs)


def debug(msg: str, *args: Any, **kwargs: Any) -> None:
    get_logger().debug(msg, *args, **kwargs)


def info(msg: str, *args: Any, **kwargs: Any) -> None:
    get_logger().info(msg, *args, **kwargs)


def warning(msg: str, *args: Any, **kwargs: Any) -> None:
    get_logger().warning(msg, *args, **kwargs)


warn = warning


def error(msg: str, *args: Any, **kwargs: Any) -> None:
    get_logger().error(msg, *args, **kwargs)


def fatal(msg: str, *args: Any, **kwargs: Any) -> None:
    get_logger().fatal(msg, *args, **kwargs)


def vlog(level: int, msg: str, *args: Any, **kwargs: Any) -> None:
    get_logger().log(level, msg, *args, **kwargs)


def log_if(level: Any, msg: str, condition: bool, *args: Any) -> None:
    """Logs where the condition holds."""
    if condition:
        log(level, msg, *args)


def log_first_n(level: Any, msg: str, n: int, *args: Any) -> None:
    """Logs the first n times only."""
    _counts["first", msg] += 1
    if _counts["first", msg] <= n:
        log(level, msg, *args)


def log_every_n(level: Any, msg: str, n: int, *args: Any) -> None:
    """Logs every n-th time, from the first on."""
    if _counts["every", msg] % n == 0:
        log(level, msg, *args)
    _counts["every", msg] += 1


def get_verbosity() -> int:
    """The level from which on messages are written."""
    return get_logger().getEffectiveLevel()


_LEVELS = {"DEBUG": DEBUG, "INFO": INFO, "WARN": WARN, "WARNING": WARN, "ERROR": ERROR, "FATAL": FATAL}


def set_verbosity(v: Any) -> None:
    """Sets the level from which on messages are written."""
    get_logger().setLevel(_LEVELS.get(v, v) if isinstance(v, str) else v)


def flush() -> None:
    """Nothing: nothing is held back."""


__all__ = [
    "DEBUG", "ERROR", "FATAL", "INFO", "WARN", "debug", "error", "fatal", "flush", "get_verbosity", "info", "log",
    "log_every_n", "log_first_n", "log_if", "set_verbosity", "vlog", "warn", "warning",
]  # fmt: skip
