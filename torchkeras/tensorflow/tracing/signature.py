"""The signature a tf.function is declared with: its arguments are made to fit, or refused."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

from torchkeras.core.kinds import bridge
from torchkeras.core.variable import Variable
from torchkeras.tensorflow.convert import any_tensor
from torchkeras.tensorflow.nest import flatten, is_nested, pack_sequence_as
from torchkeras.tensorflow.string_tensor import StringTensor
from torchkeras.tensorflow.tensor import Tensor
from torchkeras.tensorflow.tracing.values import said
from torchkeras.tensorflow.type_specs import TensorSpec, TypeSpec, type_spec_from_value


class Parameters:
    """The parameters of a Python function, and how calls bind to them."""

    def __init__(self, function: Callable[..., Any], drop_first: bool) -> None:
        try:
            signature = inspect.signature(function)
        except (TypeError, ValueError):
            signature = inspect.Signature(
                [inspect.Parameter(name, kind) for name, kind in (("args", inspect.Parameter.VAR_POSITIONAL),
                                                                   ("kwargs", inspect.Parameter.VAR_KEYWORD))]
            )  # fmt: skip
        if drop_first:
            signature = signature.replace(parameters=list(signature.parameters.values())[1:])
        self.signature = signature
        self.names = [
            name
            for name, one in signature.parameters.items()
            if one.kind in (one.POSITIONAL_ONLY, one.POSITIONAL_OR_KEYWORD)
        ]

    def bind(self, args: tuple[Any, ...], kwargs: dict[str, Any], shown: str | None = None) -> inspect.BoundArguments:
        """The call's arguments by parameter, defaults put in; TensorFlow's TypeError where they do not fit."""
        try:
            bound = self.signature.bind(*args, **kwargs)
        except TypeError as error:
            raise refused(error, args, kwargs, shown or f"({', '.join(self.names)})") from None
        bound.apply_defaults()
        return bound


def refused(reason: Any, args: Any, kwargs: Any, signature: str) -> TypeError:
    """TensorFlow's error about arguments that do not fit."""
    return TypeError(
        f"Binding inputs to tf.function failed due to `{reason}`. Received args: {args} and kwargs: {kwargs} for "
        f"signature: {signature}."
    )


class InputSignature:
    """What `input_signature` says: one spec, or structure of specs, for each of the first parameters.

    Args:
        specs: as given to tf.function.
        parameters: of the function.
        name: of the function, for messages.
    """

    def __init__(self, specs: Any, parameters: Parameters, name: str) -> None:
        if not isinstance(specs, (list, tuple)):
            raise TypeError(f"input_signature must be either a tuple or a list, got {type(specs)}.")
        for leaf in flatten(list(specs)):
            if not isinstance(leaf, TypeSpec):
                raise TypeError(
                    f"input_signature must be a possibly nested sequence of TensorSpec objects, got {specs}."
                )
        taken = parameters.names
        variadic = any(p.kind is p.VAR_POSITIONAL for p in parameters.signature.parameters.values())
        if len(specs) > len(taken) and not variadic:
            raise TypeError(
                f"input_signature has {len(specs)} specs, but {name} takes {len(taken)} positional arguments: {taken}."
            )
        self.specs, self.parameters = tuple(specs), parameters
        self.names = [*taken, *(f"args_{i}" for i in range(len(specs) - len(taken)))][: len(specs)]
        self.shown = "(" + ", ".join(f"{n}: {said(s)}" for n, s in zip(self.names, specs, strict=True)) + ")"

    def fit(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[tuple[Any, ...], dict[str, Any]]:
        """The call's arguments as tensors of the declared specs."""
        self.parameters.bind(args, kwargs, self.shown)
        args, kwargs = list(args), dict(kwargs)  # type: ignore[assignment]
        for place, (name, spec) in enumerate(zip(self.names, self.specs, strict=True)):
            try:
                if place < len(args):
                    args[place] = fitted(args[place], spec)  # type: ignore[index]
                elif name in kwargs:
                    kwargs[name] = fitted(kwargs[name], spec)
            except (TypeError, ValueError) as error:
                raise refused(error, tuple(args), kwargs, self.shown) from None
        return tuple(args), kwargs


def fitted(value: Any, spec: Any) -> Any:
    """A value as a tensor of this spec; a TypeError where it is of another kind."""
    if is_nested(spec):
        if not is_nested(value) or len(value) != len(spec):
            raise TypeError(f"Can not cast {value!r} to {said(spec)}")
        if isinstance(spec, dict):
            return {key: fitted(value[key], inner) for key, inner in spec.items()}
        return pack_sequence_as(spec, flatten([fitted(v, s) for v, s in zip(value, spec, strict=True)]))
    if not isinstance(spec, TensorSpec):
        if isinstance(value, Variable):
            return value
        known = type_spec_from_value(value)
        if not spec.is_compatible_with(value):
            raise TypeError(f"Can not cast {known} to {spec}")
        return value
    if isinstance(value, Variable):
        value = value.value()
    elif not isinstance(value, (Tensor, StringTensor)):
        try:
            value = any_tensor(bridge.lend(value), spec.dtype)
        except ValueError as error:
            raise TypeError(str(error)) from None
    if not spec.is_compatible_with(value):
        raise TypeError(f"Can not cast {TensorSpec.from_tensor(value)} to {TensorSpec(spec.shape, spec.dtype)}")
    return value


__all__ = ["InputSignature", "Parameters", "fitted", "refused"]
