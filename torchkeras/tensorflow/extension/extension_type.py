"""ExtensionType: a class whose annotations say which fields it has; they are checked, converted and never change."""

from __future__ import annotations

import functools
import inspect
import sys
import typing
from collections.abc import Callable, Mapping
from typing import Any

from torchkeras.core.tensor_shape import TensorShape
from torchkeras.tensorflow.convert import any_tensor, tensor
from torchkeras.tensorflow.dispatch import Composite, CompositeTensor, Handler
from torchkeras.tensorflow.extension.fields import check_annotation, converted, mapped, spec_of_field, tensors_in
from torchkeras.tensorflow.type_specs import TensorSpec, TypeSpec

_BASES = ("ExtensionType", "BatchableExtensionType")


def _fields_of(cls: type, scope: dict[str, Any]) -> dict[str, Any]:
    """The annotations of a class and of those it derives from, names in quotation marks looked up."""
    found: dict[str, Any] = {}
    for base in reversed(cls.__mro__):
        if (base.__name__ in _BASES and base.__module__ == __name__) or not issubclass(base, ExtensionType):
            continue
        known = base.__dict__.get("_fields")
        if known is not None:
            found |= known
            continue
        module = getattr(sys.modules.get(base.__module__), "__dict__", {})
        names = {**scope, cls.__name__: cls}
        holder = type(base.__name__, (), {"__annotations__": inspect.get_annotations(base)})
        try:
            found |= typing.get_type_hints(holder, {**module, **scope}, names)
        except NameError as error:
            raise TypeError(f"{cls.__name__}: {error} in an annotation of a field.") from error
    return found


class ExtensionTypeSpec(TypeSpec):
    """The spec of an extension type: its fields, with specs in place of tensors. Each type has a `Spec` of its own."""

    _value_class: Any = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        cls = self._value_class
        if cls is None:
            raise TypeError("ExtensionTypeSpec is of no type: use the `Spec` of an extension type.")
        try:
            given = _signature(cls).bind(*args, **kwargs)
        except TypeError as error:
            raise TypeError(f"{type(self).__name__}: {error}") from None
        given.apply_defaults()
        for name, value in given.arguments.items():
            self.__dict__[name] = converted(value, cls._fields[name], name, for_spec=True)

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        made = cls.__dict__.get("__init__")
        if made is not None:
            cls.__init__ = _then_checked(made)  # type: ignore[method-assign]

    @classmethod
    def _of(cls, fields: Mapping[str, Any]) -> Any:
        """A spec of these fields, whatever `__init__` takes."""
        made = cls.__new__(cls)
        made.__dict__.update(fields)
        return made

    @property
    def value_type(self) -> Any:
        return self._value_class

    def _values(self) -> dict[str, Any]:
        return {name: self.__dict__[name] for name in self._value_class._fields}

    def _key(self) -> tuple[Any, ...]:
        return (self._value_class.__qualname__, *(_hashable(value) for value in self._values().values()))

    def is_compatible_with(self, spec_or_value: Any) -> bool:
        other = spec_or_value if isinstance(spec_or_value, TypeSpec) else getattr(spec_or_value, "_type_spec", None)
        if not isinstance(other, ExtensionTypeSpec) or other._value_class is not self._value_class:
            return False
        return all(_compatible(a, b) for a, b in zip(self._values().values(), other._values().values(), strict=True))

    def most_specific_compatible_type(self, other: Any) -> Any:
        if not isinstance(other, ExtensionTypeSpec) or other._value_class is not self._value_class:
            raise ValueError(f"No TypeSpec is compatible with both {self} and {other}")
        pairs = zip(self._values().items(), other._values().values(), strict=True)
        return self._of({name: _common(a, b, self, other) for (name, a), b in pairs})

    def _unbatched(self) -> Any:
        """The spec of one of a batch."""
        return self._of({name: _respecced(value, lambda s: s[1:]) for name, value in self._values().items()})

    def _batched(self, size: int | None) -> Any:
        """The spec of a batch of this size."""
        one = TensorShape([size])
        return self._of({name: _respecced(value, one.concatenate) for name, value in self._values().items()})

    def __repr__(self) -> str:
        inner = ", ".join(f"{n}={dict(v) if isinstance(v, Mapping) else v!r}" for n, v in self._values().items())
        return f"{self._value_class.__qualname__}.Spec({inner})"


def _hashable(value: Any) -> Any:
    if isinstance(value, Mapping):
        return tuple(sorted((key, _hashable(item)) for key, item in value.items()))
    return tuple(_hashable(item) for item in value) if type(value) is tuple else value


def _compatible(a: Any, b: Any) -> bool:
    if isinstance(a, TypeSpec):
        return a.is_compatible_with(b)
    if type(a) is tuple:
        return type(b) is tuple and len(a) == len(b) and all(map(_compatible, a, b))
    if isinstance(a, Mapping):
        return isinstance(b, Mapping) and set(a) == set(b) and all(_compatible(a[key], b[key]) for key in a)
    if hasattr(a, "is_compatible_with"):
        return bool(a.is_compatible_with(b))
    return bool(a == b)


def _common(a: Any, b: Any, first: Any, second: Any) -> Any:
    if isinstance(a, TypeSpec):
        return a if a == b else a.most_specific_compatible_type(b)
    if hasattr(a, "most_specific_compatible_shape"):
        return a.most_specific_compatible_shape(b)
    if type(a) is tuple and len(a) == len(b):
        return tuple(_common(x, y, first, second) for x, y in zip(a, b, strict=True))
    if isinstance(a, Mapping) and set(a) == set(b):
        return type(a)({key: _common(a[key], b[key], first, second) for key in a})  # type: ignore[call-arg]
    if a != b:
        raise ValueError(f"No TypeSpec is compatible with both {first} and {second}")
    return a


def _respecced(value: Any, change: Callable[[TensorShape], TensorShape]) -> Any:
    """A field of a spec with the shapes in it changed."""
    if isinstance(value, TensorShape):
        return change(value)
    if isinstance(value, TensorSpec):
        return TensorSpec(change(value.shape), value.dtype, value.name)
    if isinstance(value, ExtensionTypeSpec):
        return value._of({name: _respecced(inner, change) for name, inner in value._values().items()})
    if type(value) is tuple:
        return tuple(_respecced(inner, change) for inner in value)
    if isinstance(value, Mapping):
        return type(value)({key: _respecced(inner, change) for key, inner in value.items()})  # type: ignore[call-arg]
    return value


def _then_checked(made: Callable[..., None]) -> Callable[..., None]:
    """A spec's `__init__`, and the check of the fields it set."""

    @functools.wraps(made)
    def init(self: Any, *args: Any, **kwargs: Any) -> None:
        made(self, *args, **kwargs)
        for name, kind in self._value_class._fields.items():
            if name in self.__dict__:
                self.__dict__[name] = converted(self.__dict__[name], kind, name, for_spec=True)

    return init


def _signature(cls: Any) -> inspect.Signature:
    """The parameters of a made `__init__`: the fields, those with defaults by name or place."""
    parameters = []
    seen_default = False
    for name in cls._fields:
        default = cls._defaults.get(name, inspect.Parameter.empty)
        seen_default = seen_default or default is not inspect.Parameter.empty
        late = seen_default and default is inspect.Parameter.empty
        kind = inspect.Parameter.KEYWORD_ONLY if late else inspect.Parameter.POSITIONAL_OR_KEYWORD
        parameters.append(inspect.Parameter(name, kind, default=default))
    parameters.sort(key=lambda p: p.kind)
    return inspect.Signature(parameters)


class ExtensionType(CompositeTensor):
    """Base class of types that hold tensors. Fields are class annotations, with defaults where there are some.

    A field may be tf.Tensor, tf.TensorShape, tf.DType, bool, int, float, str, bytes, another extension type, and
    Optional, Union, Tuple and Mapping of these. Values are converted and checked, and cannot be changed afterwards.
    `__validate__` is called at the end of `__init__`.

    Example:
        class MaskedTensor(tf.experimental.ExtensionType):
            values: tf.Tensor
            mask: tf.Tensor
    """

    _kind = "extension"
    _fields: typing.ClassVar[dict[str, Any]] = {}
    _defaults: typing.ClassVar[dict[str, Any]] = {}
    Spec: typing.ClassVar[Any] = ExtensionTypeSpec

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if cls.__module__.startswith("torchkeras.tensorflow.extension"):
            return
        frame = sys._getframe(1)
        fields = _fields_of(cls, {**frame.f_globals, **frame.f_locals})
        for name, kind in fields.items():
            if name in ("_fields", "_defaults", "Spec"):
                raise ValueError(f"The field name {name!r} is reserved.")
            check_annotation(kind, ExtensionType, name)
        cls._fields = fields
        cls._defaults = _defaults_of(cls)
        for name in fields.keys() & cls.__dict__.keys():
            delattr(cls, name)
        if "__init__" in cls.__dict__:
            cls.__init__ = _guarded(cls.__dict__["__init__"])  # type: ignore[method-assign]
        elif not _own_init(cls):
            cls.__init__ = _made_init(cls)  # type: ignore[method-assign]
        cls.Spec = _spec_class(cls)

    # --- what never changes ---

    def __setattr__(self, name: str, value: Any) -> None:
        if not self.__dict__.get("_building"):
            raise AttributeError(f"Cannot mutate attribute `{name}` outside the custom constructor of ExtensionType.")
        self.__dict__[name] = value

    def __delattr__(self, name: str) -> None:
        if not self.__dict__.get("_building"):
            raise AttributeError(f"Cannot mutate attribute `{name}` outside the custom constructor of ExtensionType.")
        del self.__dict__[name]

    def _finish(self) -> None:
        """Converts the fields, and has them checked."""
        missing = {name for name in self._fields if name not in self.__dict__}
        if missing:
            raise ValueError(f"Missing required fields: {missing}")
        for name, kind in self._fields.items():
            self.__dict__[name] = converted(self.__dict__[name], kind, name)
        extra = {name for name in self.__dict__ if name not in self._fields and name != "_building"}
        if extra:
            raise ValueError(f"Got unexpected fields: {extra}")
        self.__dict__.pop("_building", None)
        self.__validate__()

    def __validate__(self) -> None:
        """Raises an error where the fields do not go together."""

    @classmethod
    def _of(cls, fields: Mapping[str, Any]) -> Any:
        """A value of these fields, whatever `__init__` takes; nothing is checked."""
        made = cls.__new__(cls)
        made.__dict__.update(fields)
        return made

    def _values(self) -> dict[str, Any]:
        return {name: self.__dict__[name] for name in self._fields}

    @property
    def _type_spec(self) -> Any:
        return self.Spec._of({name: spec_of_field(value) for name, value in self._values().items()})

    # --- tensors in it ---

    def _components(self) -> list[Any]:
        return [leaf for value in self._values().values() for leaf in tensors_in(value)]

    def _from_components(self, components: list[Any]) -> Any:
        remaining = iter(components)
        return self._of({name: mapped(lambda _: next(remaining), value) for name, value in self._values().items()})

    def _watchable(self) -> list[Any]:
        return self._components()

    def _as_tf_tensor(self) -> Any:
        raise Composite

    def _handler(self, label: str) -> Handler | None:
        return None

    def _refused(self, function: str) -> Exception:
        return ValueError(f"Attempt to convert a value ({self!r}) with an unsupported type ({type(self)}) to a Tensor.")

    # --- comparing and printing ---

    def __eq__(self, other: object) -> Any:
        if type(other) is not type(self):
            return False
        if self._type_spec != other._type_spec:
            return False
        same = True
        for mine, theirs in zip(self._components(), other._components(), strict=True):
            equal = mine == theirs
            same = same and (equal if isinstance(equal, bool) else bool(tensor(equal).all()))
        return any_tensor(same)

    def __ne__(self, other: object) -> Any:
        same = self.__eq__(other)
        return not same if isinstance(same, bool) else ~same

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        inner = ", ".join(f"{name}={value!r}" for name, value in self._values().items())
        return f"{type(self).__qualname__}({inner})"

    def __reduce__(self) -> Any:
        return _rebuilt, (type(self), self._values())


def _rebuilt(cls: Any, fields: dict[str, Any]) -> Any:
    return cls._of(fields)


def _defaults_of(cls: Any) -> dict[str, Any]:
    """The defaults of a class's fields: its own, else those of the classes it derives from."""
    given: dict[str, Any] = {}
    for base in reversed(cls.__mro__[1:]):
        given |= getattr(base, "_defaults", {})
    given |= cls.__dict__
    return {
        name: converted(given[name], kind, f"default value for {name}")
        for name, kind in cls._fields.items()
        if name in given
    }


def _spec_class(cls: Any) -> type:
    """The `Spec` of a type: with what the class says under that name, if it does."""
    given = cls.__dict__.get("Spec", ExtensionTypeSpec)
    bases = (ExtensionTypeSpec,) if given is ExtensionTypeSpec else (given, ExtensionTypeSpec)
    members = {"_value_class": cls, "__module__": cls.__module__, "__qualname__": f"{cls.__qualname__}.Spec"}
    if "__init__" in given.__dict__ and given is not ExtensionTypeSpec:
        members["__init__"] = given.__dict__["__init__"]  # so that what it sets is checked, see `__init_subclass__`
    return type(f"{cls.__name__}.Spec", bases, members)


def _own_init(cls: Any) -> bool:
    """Whether some class that this one derives from defines `__init__` itself, and no field was added since."""
    for base in cls.__mro__[1:]:
        made = base.__dict__.get("__init__")
        if made is not None and base is not object:
            return not getattr(made, "_is_made", False) and getattr(base, "_fields", None) == cls._fields
    return False


def _guarded(init: Callable[..., None]) -> Callable[..., None]:
    """A user's `__init__`: attributes can be set in it, and are checked at its end."""

    @functools.wraps(init)
    def guarded(self: Any, *args: Any, **kwargs: Any) -> None:
        outermost = not self.__dict__.get("_building")
        self.__dict__["_building"] = True
        init(self, *args, **kwargs)
        if outermost:
            self._finish()

    return guarded


def _made_init(cls: Any) -> Callable[..., None]:
    signature = _signature(cls)

    def __init__(self: Any, *args: Any, **kwargs: Any) -> None:
        given = signature.bind(*args, **kwargs)
        given.apply_defaults()
        outermost = not self.__dict__.get("_building")
        self.__dict__.update(given.arguments)
        if outermost:
            self._finish()

    __init__._is_made = True  # type: ignore[attr-defined]
    __init__.__signature__ = signature.replace(  # type: ignore[attr-defined]
        parameters=[inspect.Parameter("self", inspect.Parameter.POSITIONAL_OR_KEYWORD), *signature.parameters.values()]
    )
    return __init__


__all__ = ["ExtensionType", "ExtensionTypeSpec"]
