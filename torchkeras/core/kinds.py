"""The two kinds of tensor: torch's own, and the tf namespace's once that is loaded.

What Keras's side computes with is always torch's own. Where the tf namespace is loaded, a public function or layer that
is given tf.Tensors (or arrays) gives tf.Tensors back, and code that users write (their `call`, `train_step`, losses,
metrics) is given tf.Tensors. The namespace stands above everything else, so it hands in here how that is done.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")


class Bridge:
    """What the tf namespace does at the borders between the two kinds. This one, without it: nothing."""

    #: Whether the tf namespace is loaded.
    active = False

    def call(self, function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """A public function on arguments of any kind, which gives back the kind it was given."""
        return function(*args, **kwargs)

    def call_user(self, function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """A function that a user wrote, on torch's tensors, which sees tf.Tensors; its results as torch's tensors."""
        return function(*args, **kwargs)


#: The one bridge; `torchkeras.tensorflow` puts its own in place.
bridge = Bridge()


def public(function: Callable[P, R]) -> Callable[P, R]:
    """Decorator of a public function on tensors: given tf.Tensors it gives tf.Tensors."""

    @functools.wraps(function)
    def called(*args: P.args, **kwargs: P.kwargs) -> R:
        if bridge.active:
            result: R = bridge.call(function, args, kwargs)
            return result
        return function(*args, **kwargs)

    return called
