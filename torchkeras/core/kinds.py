"""The two kinds of tensor: torch's own, and the tf namespace's once that is loaded.

What Keras's side computes with is always torch's own. Where the tf namespace is loaded, a public function or layer that
is given tf.Tensors (or arrays) gives tf.Tensors back, and code that users write (their `call`, `train_step`, losses,
metrics) is given tf.Tensors. The namespace stands above everything else, so it hands in here how that is done.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar

import torch

P = ParamSpec("P")
R = TypeVar("R")


class Bridge:
    """What the tf namespace does at the borders between the two kinds; set by `connect`, and not asked before."""

    #: Whether the tf namespace is loaded.
    active = False
    #: Whether the import hook is on, so that `import tensorflow` gives the tf namespace.
    standing_in = False

    #: A public function on arguments of any kind, which gives back the kind it was given: (function, args, kwargs).
    call: Callable[..., Any]
    #: A user's function on plain tensors: it sees tf.Tensors, its results come back as plain: (function, args, kwargs).
    call_user: Callable[..., Any]
    #: A user's own train_step and the like: (function, args).
    call_step: Callable[..., Any]
    #: A layer on arguments that ask for tf.Tensors: (layer, args, kwargs).
    call_layer: Callable[..., Any]
    #: Whether arguments ask for tf.Tensors.
    asks: Callable[[Any], bool]
    #: A context: one step of training, whose results belong together.
    step: Callable[[], Any]
    #: A structure with tf.Tensors as plain tensors, and the other way round.
    lower: Callable[[Any], Any]
    lend: Callable[[Any], Any]
    #: A RaggedTensor of a plain tensor or texts, and the lengths of the rows of each dimension, outermost first.
    ragged: Callable[[Any, Any], Any]
    #: The tf.DType of a torch dtype, TensorFlow's name of a device.
    dtype: Callable[[Any], Any]
    device: Callable[[Any], str]
    #: A Variable's value for an operator, for an index, as a copy; what `assign` gives; what precedes an assignment.
    read: Callable[[Any], Any]
    item: Callable[[Any, Any], Any]
    value: Callable[[Any], Any]
    assigned: Callable[[Any], Any]
    before_assign: Callable[[Any], None]
    #: Called with each Variable that is made by itself rather than by a layer.
    created: Callable[[Any], None]
    #: Further methods of Variables, by name.
    variable_methods: dict[str, Callable[..., Any]]

    def connect(self, **functions: Any) -> None:
        """From now on the tf namespace takes part."""
        self.__dict__.update(functions, active=True)


#: The one bridge.
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


def is_users(function: Any) -> bool:
    """Whether a function or object was written against the tf namespace or by a user, rather than in this package."""
    module = getattr(function, "__module__", None) or type(function).__module__
    return not module.startswith(("torch.", "torchkeras.")) or module.startswith("torchkeras.tensorflow")


def call_user(function: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    """Calls a function on plain tensors that may be a user's: then it sees tf.Tensors, if the namespace is loaded."""
    if bridge.active and not torch.compiler.is_compiling() and is_users(function):
        return bridge.call_user(function, args, kwargs)
    return function(*args, **kwargs)
