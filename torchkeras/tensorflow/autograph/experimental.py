"""tf.autograph.experimental."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from typing import Any, TypeVar

F = TypeVar("F", bound=Callable[..., Any])


class Feature(Enum):
    """Parts of AutoGraph; without effect."""

    ALL = "ALL"
    AUTO_CONTROL_DEPS = "AUTO_CONTROL_DEPS"
    ASSERT_STATEMENTS = "ASSERT_STATEMENTS"
    BUILTIN_FUNCTIONS = "BUILTIN_FUNCTIONS"
    EQUALITY_OPERATORS = "EQUALITY_OPERATORS"
    LISTS = "LISTS"
    NAME_SCOPES = "NAME_SCOPES"


def do_not_convert(func: F | None = None) -> Any:
    """Decorator: the function as it is."""
    return (lambda inner: inner) if func is None else func


def set_loop_options(
    parallel_iterations: Any = None,
    swap_memory: Any = None,
    maximum_iterations: Any = None,
    shape_invariants: Any = None,
) -> None:
    """Accepted: loops are Python's, whose shapes may change freely."""
    if maximum_iterations is not None:
        raise NotImplementedError(
            "tf.autograph.experimental.set_loop_options(maximum_iterations=...): loops are Python's here. Leave the "
            "loop with `break`, or use tf.while_loop, which takes `maximum_iterations`."
        )


__all__ = ["Feature", "do_not_convert", "set_loop_options"]
