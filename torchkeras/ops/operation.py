"""What makes a function one of keras.ops: it takes any kind of tensor, and on symbolic ones it records itself."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable
from typing import Any, ParamSpec, TypeVar

from torch import Tensor

from torchkeras.core.kinds import bridge
from torchkeras.core.nest import map_structure
from torchkeras.graph.keras_tensor import KerasTensor, record

P = ParamSpec("P")
R = TypeVar("R")


def operation(function: Callable[P, R]) -> Callable[P, R]:
    """Decorator of one of keras.ops: a public function, recorded under `ops.` and its name on KerasTensors."""
    return _recorded(function, f"ops.{function.__name__}")


def random_operation(function: Callable[P, R]) -> Callable[P, R]:
    """The same for one of keras.random."""
    return _recorded(function, f"random.{function.__name__}")


def _recorded(function: Callable[P, R], label: str) -> Callable[P, R]:
    @functools.wraps(function)
    def called(*args: P.args, **kwargs: P.kwargs) -> R:
        if _holds((*args, *kwargs.values()), KerasTensor):
            # The decorated function is what is recorded: pickle and a loaded config find it under its name.
            result: R = record(offered, args, kwargs, label)
            return result
        return function(*args, **kwargs)

    @functools.wraps(function)
    def offered(*args: P.args, **kwargs: P.kwargs) -> R:
        if not bridge.active:
            return called(*args, **kwargs)
        result: R = bridge.call(called, args, kwargs)
        if not _holds((*args, *kwargs.values()), (Tensor, KerasTensor)):
            # Of no tensor at all, such as a shape or Python's numbers: with the tf namespace loaded, a tf.Tensor.
            result = map_structure(bridge.lend, result)
        return result

    return offered


def _holds(values: Iterable[Any], kinds: Any) -> bool:
    """Whether something of these kinds is among values, however nested."""
    for value in values:
        kind = type(value)
        if kind is tuple or kind is list:
            if _holds(value, kinds):
                return True
        elif kind is dict:
            if _holds(value.values(), kinds):
                return True
        elif isinstance(value, kinds):
            return True
    return False
