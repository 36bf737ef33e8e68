"""tf.Module: an object that finds the variables and modules among its attributes."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeVar

from torchkeras.core.variable import Variable
from torchkeras.layers import Layer
from torchkeras.tensorflow.name_scopes import name_scope

F = TypeVar("F", bound=Callable[..., Any])

#: Attributes that belong to the module itself.
_NOT_KEPT = ("_name", "_module_scope", "_pending_restore")
_VALID = re.compile(r"^[A-Za-z_]\w*$")
_WORDS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


def to_snake_case(name: str) -> str:
    """'MyMLP2' -> 'my_mlp2': other words than Keras finds in the names of layers."""
    return _WORDS.sub("_", name).lower()


class ModuleMeta(type):
    """Keras's layers count as modules too."""

    def __instancecheck__(cls, instance: Any) -> bool:
        return type.__instancecheck__(cls, instance) or (cls is Module and isinstance(instance, Layer))


class Module(metaclass=ModuleMeta):
    """A named holder of variables, of other modules and of Keras layers.

    Args:
        name: a Python identifier; the class's name in snake case unless given.

    Example:
        class Dense(tf.Module):
            def __init__(self, inputs, outputs, name=None):
                super().__init__(name=name)
                self.w = tf.Variable(tf.random.normal([inputs, outputs]), name="w")

            def __call__(self, x):
                return tf.matmul(x, self.w)
    """

    #: A Keras layer that has a module as an attribute takes its variables for its own.
    _holds_variables = True
    #: Attributes whose content is not looked into.
    _TF_MODULE_IGNORED_PROPERTIES: frozenset[str] = frozenset()

    def __init__(self, name: str | None = None) -> None:
        if name is None:
            name = to_snake_case(type(self).__name__)
        if not _VALID.match(name):
            raise ValueError(
                f"{name!r} is not a valid module name. Module names must be valid Python identifiers (e.g. a valid "
                f"class name)."
            )
        self._name = name

    def __setattr__(self, name: str, value: Any) -> None:
        object.__setattr__(self, name, value)
        pending = self.__dict__.get("_pending_restore")  # a checkpoint that was read before this attribute was there
        if pending is not None:
            pending(name, value)

    def _checkpoint_children(self) -> dict[str, Any]:
        """What `tf.train.Checkpoint` keeps: all attributes that hold something."""
        return {name: value for name, value in self.__dict__.items() if name not in _NOT_KEPT}

    def _checkpoint_waits(self, came: Callable[[str, Any], None]) -> None:
        self.__dict__["_pending_restore"] = came

    @property
    def name(self) -> str:
        """The name it was given."""
        return self.__dict__.get("_name") or to_snake_case(type(self).__name__)

    @property
    def name_scope(self) -> Any:
        """A scope of its name, for the names of variables."""
        scope = self.__dict__.get("_module_scope")
        if scope is None:
            with name_scope(self.name) as path:
                scope = self.__dict__["_module_scope"] = name_scope(path)
        return scope

    @property
    def variables(self) -> tuple[Variable, ...]:
        """All variables, of this module and of those within it, each once; by the names of attributes."""
        return _each_once(_variables(self, set()))

    @property
    def trainable_variables(self) -> tuple[Variable, ...]:
        return tuple(v for v in self.variables if v.trainable)

    @property
    def non_trainable_variables(self) -> tuple[Variable, ...]:
        return tuple(v for v in self.variables if not v.trainable)

    @property
    def submodules(self) -> tuple[Any, ...]:
        """All modules and layers within this one, at any depth."""
        return tuple(_modules(self, {id(self)}))

    def _flatten(
        self,
        recursive: bool = True,
        predicate: Callable[[Any], bool] | None = None,
        attribute_traversal_key: Any = None,
        with_path: bool = False,
        expand_composites: bool = False,
    ) -> Iterator[Any]:
        """The variables and modules among the attributes for which `predicate` holds."""
        leaves = [*self.variables, *self.submodules] if recursive else list(_leaves(_own(self)))
        return (leaf for leaf in leaves if predicate is None or predicate(leaf))

    @classmethod
    def with_name_scope(cls, method: F) -> F:
        """Decorator of a method: variables made in it are named within the module's scope."""

        @functools.wraps(method)
        def scoped(self: Any, *args: Any, **kwargs: Any) -> Any:
            with self.name_scope:
                return method(self, *args, **kwargs)

        return scoped  # type: ignore[return-value]


def _own(module: Any) -> list[Any]:
    """The values of a module's attributes, by their names."""
    ignored = type(module)._TF_MODULE_IGNORED_PROPERTIES
    attributes = module.__dict__
    return [attributes[name] for name in sorted(attributes) if name not in ignored]


def _leaves(values: Any) -> Iterator[Any]:
    """What may be a variable or a module within lists, tuples and dicts."""
    for value in values:
        if isinstance(value, Mapping):
            yield from _leaves(value[key] for key in _ordered(value))
        elif isinstance(value, (list, tuple)):
            yield from _leaves(value)
        elif isinstance(value, (Variable, Layer)) or type.__instancecheck__(Module, value):
            yield value
        elif callable(held := getattr(value, "_held_variables", None)):  # optimizers and others that keep variables
            yield from held()


def _ordered(mapping: Mapping[Any, Any]) -> list[Any]:
    try:
        return sorted(mapping)
    except TypeError:
        return list(mapping)


def _variables(module: Any, seen: set[int]) -> Iterator[Variable]:
    """First the module's own, then those of the modules in it."""
    seen.add(id(module))
    inner = []
    for leaf in _leaves(_own(module)):
        if isinstance(leaf, Variable):
            yield leaf
        else:
            inner.append(leaf)
    for one in inner:
        if id(one) in seen:
            continue
        if isinstance(one, Layer):
            seen.add(id(one))
            yield from one.weights
        else:
            yield from _variables(one, seen)


def _modules(module: Any, seen: set[int]) -> Iterator[Any]:
    """First the module's own, then those within each of them, as TensorFlow orders them."""
    found = []
    for leaf in _inner_modules(module):
        if id(leaf) not in seen:
            seen.add(id(leaf))
            found.append(leaf)
    yield from found
    for one in found:
        yield from _modules(one, seen)


def _inner_modules(holder: Any) -> list[Any]:
    if isinstance(holder, Layer):
        return list(holder._flatten_layers(recursive=False, include_self=False))
    return [leaf for leaf in _leaves(_own(holder)) if not isinstance(leaf, Variable)]


def _each_once(variables: Iterator[Variable]) -> tuple[Variable, ...]:
    return tuple({id(v.parameter): v for v in variables}.values())


__all__ = ["Module"]
