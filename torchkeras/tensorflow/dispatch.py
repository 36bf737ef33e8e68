"""Ragged and sparse arguments of the namespace's functions.

The converters raise `Composite` when they meet a tensor that is none of torch's. The decorator of the functions
(`operation.py`) then asks here who computes that function for tensors of that kind. Dense calls pay nothing.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any, TypeVar

from torchkeras.core.nest import flatten

#: (the public function, its args, its kwargs) -> its result
Handler = Callable[[Callable[..., Any], tuple[Any, ...], dict[str, Any]], Any]
_H = TypeVar("_H", bound=Handler)

#: Who computes a function, by the name of the kind of tensor and the label of the function.
HANDLERS: dict[tuple[str, str], Handler] = {}


class Composite(ValueError):
    """An argument is a ragged or sparse tensor, which has no tensor of torch's to stand for it."""

    def __init__(self, value: CompositeTensor | None = None) -> None:
        super().__init__()
        self.value = value

    def __str__(self) -> str:  # where nobody dispatches, the user sees it
        if self.value is None:
            return "A ragged or sparse tensor was given where a dense one is needed."
        return str(self.value._refused("this function"))


class CompositeTensor:
    """Base class of tensors that are made of several: ragged, sparse, slices by index."""

    _kind = ""
    __array_priority__ = 110

    def _as_tf_tensor(self) -> Any:
        """What the converters make of it."""
        raise Composite(self)

    def _handler(self, label: str) -> Handler | None:
        """Who computes a function for this very tensor, where the kind alone does not tell."""
        return None

    def _watchable(self) -> Any:
        """The dense part that gradients run through."""
        raise Composite(self)

    def _with_watchable(self, values: Any) -> Any:
        """The same structure around other values."""
        raise Composite(self)

    def _refused(self, function: str) -> Exception:
        """What is raised where no function for tensors of this kind is known."""
        raise NotImplementedError


def handles(kind: str, *labels: str) -> Callable[[_H], _H]:
    """Decorator of a function that computes public functions on tensors of a kind.

    Args:
        kind: 'ragged' or 'sparse'.
        labels: the canonical names of the functions without `tf.`, as 'math.reduce_sum'.
    """

    def register(handler: _H) -> _H:
        for label in labels:
            HANDLERS[kind, f"tf.{label}"] = handler
        return handler

    return register


def bound(function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> dict[str, Any]:
    """The arguments of a call by name, in the order of the signature, defaults filled in."""
    given = inspect.signature(function).bind(*args, **kwargs)
    given.apply_defaults()
    return dict(given.arguments)


def composites(*structures: Any) -> list[CompositeTensor]:
    """The ragged and sparse tensors among some arguments."""
    return [leaf for leaf in flatten(structures) if isinstance(leaf, CompositeTensor)]


def handler_of(label: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Handler | None:
    """Who computes this function for these arguments, if a ragged or sparse tensor is among them."""
    for one in composites(args, kwargs):
        handler = HANDLERS.get((one._kind, label.replace("tf.compat.v1.", "tf."))) or one._handler(label)
        if handler is not None:
            return handler
    return None


def dispatched(label: str, function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """The function's result for arguments with ragged or sparse tensors among them."""
    handler = handler_of(label, args, kwargs)
    if handler is None:
        raise composites(args, kwargs)[0]._refused(label)
    return handler(function, args, kwargs)


__all__ = [
    "HANDLERS", "Composite", "CompositeTensor", "Handler", "bound", "composites", "dispatched", "handler_of", "handles",
]  # fmt: skip
