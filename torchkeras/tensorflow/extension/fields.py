"""The fields of extension types: which annotations there may be, and values converted to them."""

from __future__ import annotations

import collections.abc
import types
import typing
from collections.abc import Mapping
from typing import Any, NoReturn

from torchkeras.core.tensor_shape import TensorShape
from torchkeras.core.variable import Variable
from torchkeras.graph.keras_tensor import KerasTensor
from torchkeras.tensorflow import dtypes
from torchkeras.tensorflow.convert import any_tensor
from torchkeras.tensorflow.dispatch import CompositeTensor
from torchkeras.tensorflow.string_tensor import StringTensor
from torchkeras.tensorflow.tensor import Tensor
from torchkeras.tensorflow.type_specs import TensorSpec, TypeSpec

_SCALARS = (int, float, str, bytes, bool, type(None))
_UNIONS = (typing.Union, types.UnionType)
_MAPPINGS = (collections.abc.Mapping,)


class ImmutableDict(Mapping[str, Any]):
    """A mapping that cannot be changed."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self._held = dict(*args, **kwargs)

    def __getitem__(self, key: str) -> Any:
        return self._held[key]

    def __iter__(self) -> typing.Iterator[str]:
        return iter(self._held)

    def __len__(self) -> int:
        return len(self._held)

    def __hash__(self) -> int:
        return hash(tuple(sorted(self._held)))

    def __repr__(self) -> str:
        return f"ImmutableDict({self._held})"


def check_annotation(kind: Any, owner: Any, field: str) -> None:
    """Raises a TypeError for annotations that no field can have."""
    origin, args = typing.get_origin(kind), typing.get_args(kind)
    if origin is None:
        if kind in (Tensor, TensorShape, dtypes.DType, None) or kind in _SCALARS:
            return
        if isinstance(kind, type) and issubclass(kind, (owner, TypeSpec, Variable, CompositeTensor)):
            return
    elif origin in _UNIONS:
        for arg in args:
            check_annotation(arg, owner, field)
        return
    elif origin is tuple and args:
        for arg in args:
            if arg is not Ellipsis:
                check_annotation(arg, owner, field)
        return
    elif origin in _MAPPINGS and len(args) == 2:
        for arg in args:
            check_annotation(arg, owner, field)
        return
    said = repr(kind) if origin is not None or not isinstance(kind, type) else repr(kind.__name__)
    said = said if kind is not Any and kind is not typing.Callable else "'Any'" if kind is Any else repr(kind)
    raise TypeError(f"In field {field!r}: Unsupported type annotation {said}")


def _refused(path: str, kind: Any, value: Any) -> NoReturn:
    raise TypeError(f"{path}: expected {kind}, got {type(value).__name__!r}")


def converted(value: Any, kind: Any, path: str, for_spec: bool = False) -> Any:
    """A value as one of an annotated type; a TypeError that names the field where it cannot be.

    Args:
        value: what was given.
        kind: the annotation.
        path: the field, for messages.
        for_spec: whether specs stand for tensors.
    """
    origin, args = typing.get_origin(kind), typing.get_args(kind)
    if origin in _UNIONS:
        return _of_union(value, kind, args, path, for_spec)
    if origin is tuple:
        return _tuple(value, args, path, for_spec)
    if origin in _MAPPINGS:
        if not isinstance(value, Mapping):
            _refused(path, "mapping", value)
        return ImmutableDict(
            {converted(k, args[0], f"{path}[<key>]"): converted(v, args[1], f"{path}[{k!r}]", for_spec)
             for k, v in value.items()}
        )  # fmt: skip
    if kind is Tensor:
        return _tensor(value, path, for_spec)
    if kind is TensorShape:
        try:
            return TensorShape(value)
        except (TypeError, ValueError):
            _refused(path, "'tf.TensorShape'", value)
    if kind is dtypes.DType:
        try:
            return dtypes.as_dtype(value)
        except TypeError:
            _refused(path, "'tf.DType'", value)
    if kind is None or kind is type(None):
        if value is not None:
            _refused(path, "None", value)
        return None
    if isinstance(kind, type):
        if for_spec and hasattr(kind, "Spec"):
            if not isinstance(value, TypeSpec):
                _refused(path, f"a {kind.__name__}.Spec", value)
            return value
        if isinstance(value, kind):
            return value
        _refused(path, repr(kind.__name__), value)
    raise TypeError(f"{path}: unsupported type annotation {kind!r}")


def _tensor(value: Any, path: str, for_spec: bool) -> Any:
    if for_spec:
        if not isinstance(value, TypeSpec):
            raise TypeError(f"{path}: expected a TensorSpec, got {type(value).__name__!r}")
        return value
    if isinstance(value, (Tensor, StringTensor, KerasTensor, TypeSpec)):
        return value
    try:
        return any_tensor(value)
    except (TypeError, ValueError):
        raise TypeError(f"{path}: expected a Tensor, got {type(value).__name__!r}") from None


def _tuple(value: Any, args: Any, path: str, for_spec: bool) -> Any:
    if not isinstance(value, (tuple, list)):
        _refused(path, "tuple", value)
    if len(args) == 2 and args[1] is Ellipsis:
        return tuple(converted(v, args[0], f"{path}[{i}]", for_spec) for i, v in enumerate(value))
    if len(value) != len(args):
        raise TypeError(f"{path}: expected tuple with length {len(args)}, got {type(value).__name__!r})")
    return tuple(converted(v, a, f"{path}[{i}]", for_spec) for i, (v, a) in enumerate(zip(value, args, strict=True)))


def _of_union(value: Any, kind: Any, args: Any, path: str, for_spec: bool) -> Any:
    for arg in args:
        try:
            return converted(value, arg, path, for_spec)
        except TypeError:
            continue
    raise TypeError(f"{path}: expected {kind}, got {type(value).__name__!r}")


def spec_of_field(value: Any) -> Any:
    """A field's value with specs in place of tensors."""
    if hasattr(value, "_type_spec"):
        return value._type_spec
    if isinstance(value, (Tensor, StringTensor, KerasTensor)):
        return TensorSpec(value.shape, dtypes.as_dtype(value.dtype))
    if isinstance(value, tuple) and not isinstance(value, TensorShape):
        return tuple(spec_of_field(item) for item in value)
    if isinstance(value, Mapping):
        return ImmutableDict({key: spec_of_field(item) for key, item in value.items()})
    return value


def mapped(function: Any, value: Any) -> Any:
    """A field's value with `function` of its tensors, and of the extension types in it."""
    if isinstance(value, (Tensor, StringTensor, TypeSpec, CompositeTensor)):
        return function(value)
    if isinstance(value, tuple) and not isinstance(value, TensorShape):
        return tuple(mapped(function, item) for item in value)
    if isinstance(value, Mapping):
        return ImmutableDict({key: mapped(function, item) for key, item in value.items()})
    return value


def tensors_in(value: Any) -> list[Any]:
    """The tensors of a field."""
    found: list[Any] = []

    def take(leaf: Any) -> Any:
        found.append(leaf)
        return leaf

    mapped(take, value)
    return found


__all__ = ["ImmutableDict", "check_annotation", "converted", "mapped", "spec_of_field", "tensors_in"]
