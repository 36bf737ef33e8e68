"""tf.autograph: the source of functions. Nothing is rewritten: functions run as they are."""

from __future__ import annotations

import dis
import inspect
import textwrap
from collections.abc import Callable
from typing import Any

from torchkeras.tensorflow.autograph import experimental


def to_code(entity: Callable[..., Any], recursive: bool = True, experimental_optional_features: Any = None) -> str:
    """The source of a function, which is what runs; its bytecode where the source is not known.

    Args:
        entity: a function, also of `tf.function`.
        recursive, experimental_optional_features: accepted.
    """
    inner = getattr(entity, "python_function", entity)
    try:
        return textwrap.dedent(inspect.getsource(inner))
    except OSError:
        return f"# The source of {inner!r} is not known. Its bytecode:\n{dis.Bytecode(inner).dis()}"


def to_graph(
    entity: Callable[..., Any], recursive: bool = True, experimental_optional_features: Any = None
) -> Callable[..., Any]:
    """The function itself."""
    return getattr(entity, "python_function", entity)


def set_verbosity(level: int, alsologtostdout: bool = False) -> None:
    """Accepted: there is nothing to report."""


def trace(*args: Any) -> None:
    """Prints its arguments."""
    print(*args)


__all__ = ["experimental", "set_verbosity", "to_code", "to_graph", "trace"]
