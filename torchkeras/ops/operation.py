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
        if _holds(args, KerasTensor) or (kwargs and _holds(kwargs.values(), KerasTensor)):
            # The decorated function is what is recorded: pickle and a loaded config find it under its name.
            result: R = record(offered, args, kwargs, label)
            return result
        return function(*args, **kwargs)

    @functools.wraps(function)
    def offered(*args: P.args, **kwargs: P.kwargs) -> R:
        return _with_tf(called, args, kwargs) if bridge.active else called(*args, **kwargs)

    return offered


def _with_tf(called: Callable[..., R], args: tuple[Any, ...], kwargs: dict[str, Any]) -> R:
    """With the tf namespace loaded: tf.Tensors of tf.Tensors, and of no tensor at all, such as a shape or numbers."""
    result: R = bridge.call(called, args, kwargs)
    if not _holds((*args, *kwargs.values()), (Tensor, KerasTensor)):
        result = map_structure(bridge.lend, result)
    return result


def _holds(values: Iterable[Any], kinds: Any) -> bool:
    """Whether something of these kinds is among values, however nested."""
    for value in values:
        if isinstance(value, kinds):
            return True
        kind = type(value)
        if kind is tuple or kind is list:
            if _holds(value, kinds):
                return True
        elif kind is dict and _holds(value.values(), kinds):
            return True
    return False
