"""What makes a function one of keras.backend: it takes any kind of tensor, and on symbolic ones it records itself."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from typing import ParamSpec, TypeVar

from torchkeras.core.kinds import bridge, public
from torchkeras.core.nest import map_structure
from torchkeras.graph.keras_tensor import any_symbolic, record
from torchkeras.graph.operation import LABELLED

P = ParamSpec("P")
R = TypeVar("R")


def backend_function(label: str | None = None) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Decorator of a function on tensors.

    Args:
        label: what TensorFlow's summaries call it, where it is one of TensorFlow's functions; else it is there under
            its own name, as tf.keras.backend.batch_flatten.
    """

    def decorate(function: Callable[P, R]) -> Callable[P, R]:
        known = label or f"tf.keras.backend.{function.__name__}"
        signature = inspect.signature(function)

        @functools.wraps(function)
        def called(*args: P.args, **kwargs: P.kwargs) -> R:
            if any_symbolic(args, kwargs):
                # By position: the names are keras.backend's, and a loaded config may find TensorFlow's function.
                given = signature.bind(*args, **kwargs)
                # The decorated function is what is recorded: pickle and a loaded config find it under its name.
                result: R = record(offered, given.args, given.kwargs, known)
                return result
            return function(*args, **kwargs)

        offered = public(called)
        LABELLED.setdefault(known, offered)
        return offered

    return decorate


def maker(function: Callable[P, R]) -> Callable[P, R]:
    """Decorator of a function that makes a tensor of no other: with the tf namespace loaded, a tf.Tensor."""
    made = public(function)

    @functools.wraps(function)
    def called(*args: P.args, **kwargs: P.kwargs) -> R:
        if any_symbolic(args, kwargs):
            raise ValueError(
                f"`{function.__name__}` was given a symbolic tensor, which has no value before the model runs. Call it "
                f"within a layer's `call` or a Lambda, where `K.shape(x)` is known."
            )
        result = made(*args, **kwargs)
        return map_structure(bridge.lend, result) if bridge.active else result

    return called
