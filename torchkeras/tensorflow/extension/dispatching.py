"""tf.experimental.dispatch_for_api and its like: functions of one's own for extension types, in place of tf's."""

from __future__ import annotations

import collections.abc
import inspect
import types
import typing
from collections.abc import Callable
from typing import Any, TypeVar

from torchkeras.graph.operation import LABELLED
from torchkeras.tensorflow.dispatch import Handler
from torchkeras.tensorflow.elementwise import BINARY, UNARY
from torchkeras.tensorflow.extension.extension_type import ExtensionType

F = TypeVar("F", bound=Callable[..., Any])


class _Registered:
    """What was registered, in its order."""

    apis: typing.ClassVar[list[tuple[str, dict[str, Any], Callable[..., Any]]]] = []
    unary: typing.ClassVar[list[tuple[Any, Callable[..., Any]]]] = []
    binary: typing.ClassVar[list[tuple[Any, Any, Callable[..., Any]]]] = []


# --- registering ---


def dispatch_for_api(api: Callable[..., Any], *signatures: dict[Any, Any]) -> Callable[[F], F]:
    """Decorator: where arguments of `api` are of the types that this function's are annotated with, it is called.

    Args:
        api: a function of the tf namespace, such as tf.stack.
        signatures: types by argument, in place of annotations.
    """
    label = _label(api)

    def register(target: F) -> F:
        wanted = list(signatures) or [_annotations(target)]
        if not any(_mentions(kind) for one in wanted for kind in one.values()):
            raise ValueError(
                f"dispatch_for_api: the arguments of {target.__name__!r} need annotations, one of them an "
                f"extension type."
            )
        names = [*inspect.signature(api).parameters]
        for one in wanted:
            by_name = {names[key] if isinstance(key, int) else key: kind for key, kind in one.items()}
            _Registered.apis.append((label, by_name, target))
        return target

    return register


def dispatch_for_unary_elementwise_apis(x_type: Any) -> Callable[[F], F]:
    """Decorator of a function (api, x) that is called for functions of one tensor, element by element, on this type."""

    def register(handler: F) -> F:
        _Registered.unary.append((x_type, handler))
        return handler

    return register


def dispatch_for_binary_elementwise_apis(x_type: Any, y_type: Any) -> Callable[[F], F]:
    """Decorator of a function (api, x, y) that is called for functions of two tensors, element by element."""

    def register(handler: F) -> F:
        _Registered.binary.append((x_type, y_type, handler))
        return handler

    return register


def dispatch_for_binary_elementwise_assert_apis(x_type: Any, y_type: Any) -> Callable[[F], F]:
    raise NotImplementedError(
        "tf.experimental.dispatch_for_binary_elementwise_assert_apis: the assertions of tf.debugging take tensors "
        "alone; give them the fields of an extension type."
    )


def unregister_dispatch_for(dispatch_target: Callable[..., Any]) -> None:
    """Undoes the registration of a function."""
    before = len(_Registered.apis) + len(_Registered.unary) + len(_Registered.binary)
    _Registered.apis[:] = [one for one in _Registered.apis if one[-1] is not dispatch_target]
    _Registered.unary[:] = [one for one in _Registered.unary if one[-1] is not dispatch_target]
    _Registered.binary[:] = [one for one in _Registered.binary if one[-1] is not dispatch_target]
    if len(_Registered.apis) + len(_Registered.unary) + len(_Registered.binary) == before:
        raise ValueError(f"Function {dispatch_target} was not registered using a `@dispatch_for` decorator.")


def _label(api: Any) -> str:
    for label, function in LABELLED.items():
        if function is api:
            return label
    raise ValueError(f"{api} does not support dispatch.")


def _annotations(target: Callable[..., Any]) -> dict[str, Any]:
    found = typing.get_type_hints(target, getattr(target, "__globals__", None))
    return {name: kind for name, kind in found.items() if name != "return"}


def _mentions(kind: Any) -> bool:
    if isinstance(kind, type):
        return issubclass(kind, ExtensionType)
    return any(_mentions(arg) for arg in typing.get_args(kind))


# --- finding ---


def _fits(value: Any, kind: Any) -> bool:
    """Whether a value is of an annotated type."""
    origin, args = typing.get_origin(kind), typing.get_args(kind)
    if kind is Any:
        return True
    if origin in (typing.Union, types.UnionType):
        return any(_fits(value, arg) for arg in args)
    if origin in (list, collections.abc.Sequence, collections.abc.Collection, collections.abc.Iterable):
        return isinstance(value, (list, tuple)) and all(_fits(item, args[0]) for item in value)
    if origin is tuple:
        if not isinstance(value, (list, tuple)):
            return False
        if len(args) == 2 and args[1] is Ellipsis:
            return all(_fits(item, args[0]) for item in value)
        return len(value) == len(args) and all(map(_fits, value, args))
    if origin in (dict, collections.abc.Mapping):
        return isinstance(value, collections.abc.Mapping) and all(
            _fits(k, args[0]) and _fits(v, args[1]) for k, v in value.items()
        )
    return isinstance(value, kind) if isinstance(kind, type) else True


def handler_for(one: ExtensionType, label: str) -> Handler | None:
    """Who computes a function for arguments with extension types among them."""

    def handler(function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        for known, wanted, target in _Registered.apis:
            if known == label and _all_fit(function, args, kwargs, wanted):
                return target(*args, **kwargs)
        name = label.removeprefix("tf.")
        if name in UNARY and args:
            for kind, target in _Registered.unary:
                if _fits(args[0], kind):
                    return target(lambda x: function(x, *args[1:], **kwargs), args[0])
        if name in BINARY and (pair := _pair(function, args, kwargs)) is not None:
            first, second, rest = pair
            for x_type, y_type, target in _Registered.binary:
                if _fits(first, x_type) and _fits(second, y_type):
                    return target(lambda x, y: function(x, y, **rest), first, second)
        raise one._refused(label)

    return handler


def _all_fit(function: Any, args: tuple[Any, ...], kwargs: dict[str, Any], wanted: dict[str, Any]) -> bool:
    try:
        given = inspect.signature(function).bind(*args, **kwargs).arguments
    except TypeError:
        return False
    return all(name in given and _fits(given[name], kind) for name, kind in wanted.items())


def _pair(function: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[Any, Any, dict[str, Any]] | None:
    """The two tensors of a call, and what else was given."""
    try:
        given = dict(inspect.signature(function).bind(*args, **kwargs).arguments)
    except TypeError:
        return None
    names = list(inspect.signature(function).parameters)[:2]
    if any(name not in given for name in names):
        return None
    return given.pop(names[0]), given.pop(names[1]), given


ExtensionType._handler = handler_for  # type: ignore[method-assign,assignment]

__all__ = [
    "dispatch_for_api", "dispatch_for_binary_elementwise_apis", "dispatch_for_binary_elementwise_assert_apis",
    "dispatch_for_unary_elementwise_apis", "unregister_dispatch_for",
]  # fmt: skip
