"""The decorator of the namespace's functions: symbolic arguments are recorded, torch's errors become TensorFlow's."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import ParamSpec, TypeVar

from torchkeras.core.replicas import ReplicaError
from torchkeras.graph.keras_tensor import record
from torchkeras.graph.operation import LABELLED
from torchkeras.tensorflow.convert import NotNumbers, Symbolic
from torchkeras.tensorflow.dispatch import Composite, dispatched, handler_of
from torchkeras.tensorflow.errors import from_torch

P = ParamSpec("P")
R = TypeVar("R")


def operation(
    label: str | None = None, kernel: str | None = None, says: str | None = None
) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Decorator of a function on tensors.

    Called with a KerasTensor anywhere among its arguments it puts itself into the model's graph. Called with a ragged
    or sparse tensor it hands over to whoever computes it for these (`dispatch.py`).

    Args:
        label: TensorFlow's canonical name without `tf.`, as 'math.reduce_mean'; the function's own name unless given.
        kernel: the name at the end of error messages, as 'Mean'.
        says: the docstring of a function that another function made, which is then named by its label.
    """

    def decorate(function: Callable[P, R]) -> Callable[P, R]:
        if says is not None:
            function.__name__ = function.__qualname__ = (label or "").rpartition(".")[2]
            function.__doc__ = says
        known = "tf." + (label or function.__name__)
        said = kernel or "".join(part.capitalize() for part in function.__name__.split("_"))

        @functools.wraps(function)
        def called(*args: P.args, **kwargs: P.kwargs) -> R:
            try:
                return function(*args, **kwargs)
            except ReplicaError:
                raise
            except Symbolic:
                return record(called, args, kwargs, known)
            except Composite:
                return dispatched(known, called, args, kwargs)
            except (TypeError, ValueError, AttributeError) as error:
                handler = handler_of(known, args, kwargs)
                if handler is None:
                    if isinstance(error, NotNumbers):
                        raise from_torch(error, said) from error
                    raise
                return handler(called, args, kwargs)
            except (RuntimeError, IndexError) as error:
                raise from_torch(error, said) from error

        LABELLED[known] = called
        called.__module__ = "torchkeras.tensorflow"
        return called

    return decorate


__all__ = ["operation"]
