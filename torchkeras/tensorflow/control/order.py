"""tf.group, tf.no_op, tf.tuple and tf.control_dependencies: code runs in its order, so there is nothing to do."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from torchkeras.tensorflow.convert import any_tensor

_SEQUENCE = tuple


@contextmanager
def control_dependencies(control_inputs: Any) -> Iterator[None]:
    """What is in the list has run already; functions in it are called."""
    for one in control_inputs if isinstance(control_inputs, (list, _SEQUENCE)) else ():
        if callable(one) and not hasattr(one, "dtype"):
            one()
    yield


def group(*inputs: Any, **kwargs: Any) -> None:
    """Nothing: its arguments have run."""
    if unknown := set(kwargs) - {"name"}:
        raise ValueError(f"Unknown keyword arguments: {sorted(unknown)}")


def no_op(name: str | None = None) -> None:
    """Nothing."""


def tuple(tensors: Any, control_inputs: Any = None, name: str | None = None) -> list[Any]:
    """The tensors, in a list."""
    return [None if one is None else any_tensor(one) for one in tensors]


__all__ = ["control_dependencies", "group", "no_op", "tuple"]
