"""The weights of a layer: making them, listing them in Keras's order, freezing, copying in and out."""

from __future__ import annotations

import functools
import math
from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from torchkeras import constraints, initializers, regularizers
from torchkeras.core.allowance import spend
from torchkeras.core.context import call_context
from torchkeras.core.device import default_device
from torchkeras.core.dtypes import torch_dtype
from torchkeras.core.large_pages import in_large_pages
from torchkeras.core.layout import IDENTITY, Layout
from torchkeras.core.replicas import started_alike
from torchkeras.core.unfilled import fill_later, is_unfilled
from torchkeras.core.variable import Variable
from torchkeras.graph.operation import Operation

_KERAS2_ORDER = ("name", "shape", "dtype", "initializer", "regularizer", "trainable", "constraint")
_KERAS3_ORDER = (
    "shape",
    "initializer",
    "dtype",
    "trainable",
    "autocast",
    "regularizer",
    "constraint",
    "aggregation",
    "name",
)
_IGNORED = frozenset(
    ("aggregation", "autocast", "caching_device", "collections", "experimental_autocast", "getter", "layout",
     "partitioner", "sparse", "synchronization", "use_resource")
)  # fmt: skip


class WeightedOperation(Operation):
    """An operation with weights. Variables are the Keras view; the parameters live in this or an inner torch module."""

    _own_weights: list[Variable]
    _held_modules: set[str]

    def __init__(self, name: str | None = None) -> None:
        super().__init__(name)
        # `_held_modules`: the children that hold this layer's own weights
        self.__dict__.update(_trainable=True, _own_weights=[], _held_modules=set())

    # --- making them ---

    def add_weight(self, *args: Any, **kwargs: Any) -> Variable:
        """Make a weight of this layer. Takes the argument orders of Keras 2 (name, shape, dtype, initializer,
        regularizer, trainable, constraint) and Keras 3 (shape, initializer, dtype, trainable, ...).

        Example: `self.w = self.add_weight(shape=(input_shape[-1], 8), initializer="random_normal")`
        """
        order = _KERAS2_ORDER if args and (args[0] is None or isinstance(args[0], str)) else _KERAS3_ORDER
        if len(args) > len(order):
            raise TypeError(f"add_weight() takes at most {len(order)} positional arguments ({len(args)} given)")
        settings = dict(zip(order, args, strict=False))
        unknown = set(kwargs) - set(_KERAS2_ORDER) - _IGNORED
        if unknown:
            raise TypeError(f"Unknown keyword argument of add_weight(): {', '.join(sorted(unknown))}")
        twice = set(settings) & set(kwargs)
        if twice:
            raise TypeError(f"add_weight() got multiple values for argument {sorted(twice)[0]!r}")
        given = settings | kwargs
        settings = {k: v for k, v in given.items() if k in _KERAS2_ORDER}
        name = settings.pop("name", None)
        key = self._free_key((name or "variable").replace(".", "_").replace("/", "_"))
        variable = self._make_weight(name or "Variable", (key,), provisional=True, **settings)
        variable.autocast = bool(given.get("autocast", True) and given.get("experimental_autocast", True))
        return variable

    def _free_key(self, key: str) -> str:
        taken = self._parameters.keys() | self._buffers.keys() | self._modules.keys()
        found, number = key, 0
        while found in taken or (found != key and hasattr(type(self), found)):
            number += 1
            found = f"{key}_{number}"
        return found

    def _make_weight(
        self,
        name: str,
        path: tuple[str, ...],
        shape: Any = None,
        initializer: Any = None,
        dtype: Any = None,
        trainable: bool | None = None,
        regularizer: Any = None,
        constraint: Any = None,
        layout: Layout = IDENTITY,
        memory_format: torch.memory_format = torch.contiguous_format,
        provisional: bool = False,
    ) -> Variable:
        """Make the parameter or buffer at `path` within this module, and its Variable.

        Built-in layers use it with a path into an inner torch module and the layout of that module.
        """
        shape = () if shape is None else (shape,) if isinstance(shape, int) else tuple(int(n) for n in shape)
        made = torch_dtype(dtype) if dtype is not None else self._weight_dtype()
        if initializer is None:
            initializer = "glorot_uniform" if made.is_floating_point else "zeros"
        if trainable is None or not (made.is_floating_point or made.is_complex):
            trainable = trainable is None and made.is_floating_point
        spend(shape, made, f"The weight {name!r} of the layer {self.name!r}")
        initializer = initializers.get(initializer)
        unfilled = is_unfilled(initializer, math.prod(shape) * made.itemsize)
        first_values = functools.partial(self._first_values, name, initializer, shape, made, layout, memory_format)
        tensor = _without_values(shape, made, layout, memory_format) if unfilled else first_values()
        home = self.get_submodule(".".join(path[:-1]))
        if trainable:
            tensor = home._parameters[path[-1]] = nn.Parameter(tensor)
        else:
            home._parameters.pop(path[-1], None)
            home._buffers[path[-1]] = tensor
        if unfilled:
            fill_later(tensor, first_values)
        full = "/".join((*call_context.scope, name))
        variable = Variable.bind(self, path, layout, full, regularizers.get(regularizer), constraints.get(constraint))
        variable._provisional = provisional
        variable.freeze(not self._trainable)
        self._own_weights.append(variable)
        return variable

    def _first_values(
        self,
        name: str,
        initializer: Any,
        shape: tuple[int, ...],
        dtype: torch.dtype,
        layout: Layout,
        memory_format: torch.memory_format,
    ) -> Tensor:
        """What a new weight begins with, in torch's shape."""
        value = initializer(shape, dtype=dtype)
        value = torch.as_tensor(value).to(dtype) if not isinstance(value, Variable) else value.value()
        if tuple(value.shape) != shape:
            raise ValueError(
                f"The initializer of weight {name!r} of layer {self.name!r} made {tuple(value.shape)}, not {shape}."
            )
        first = layout.to_torch(value.detach()).to(default_device()).contiguous(memory_format=memory_format)
        return started_alike(first)

    def _weight_dtype(self) -> torch.dtype:
        return torch_dtype(None)

    def _hold(self, name: str, module: nn.Module) -> None:
        """Keep an inner torch module whose parameters are this layer's own weights."""
        self._held_modules.add(name)
        self._modules[name] = module

    # --- listing them ---

    def _children(self) -> Iterator[Operation]:
        """The operations right below this one, each once, in the order they were set; those in plain modules too."""
        found: dict[int, Operation] = {}
        for name, module in self._modules.items() if "_tracked_names" not in self.__dict__ else self._as_set():
            if name not in self._held_modules and module is not None:
                for operation in _operations(module):
                    found.setdefault(id(operation), operation)
        yield from found.values()

    def _as_set(self) -> list[tuple[str, Any]]:
        """The modules in the order of the attributes that hold them: what a list gets later stands with the list."""
        attribute_of = {name: one for one, names in self.__dict__["_tracked_names"].items() for name in names}
        places = {name: place for place, name in enumerate(self.__dict__["_set_order"])}
        modules, place = [], -1
        for name, module in self._modules.items():
            place = places.get(attribute_of.get(name, name), place)  # one added in another way follows the one before
            modules.append((place, name, module))
        return [(name, module) for _, name, module in sorted(modules, key=lambda one: one[0])]

    def _flatten_layers(self, recursive: bool = True, include_self: bool = True) -> Iterator[Any]:
        if include_self:
            yield self
        for child in self._children():
            yield child
            if recursive and isinstance(child, WeightedOperation):
                yield from child._flatten_layers(include_self=False)

    @property
    def submodules(self) -> tuple[Any, ...]:
        """All layers within this one, at any depth."""
        return tuple(self._flatten_layers(include_self=False))

    def _own_variables(self) -> list[Variable]:
        for name in self.__dict__.get("_variable_holders", ()):
            self._take_variables(name)
        return [*self._own_weights, *self._foreign_variables()]

    def _take_variables(self, name: str) -> None:
        """Makes the variables of an object that holds some (a tf.Module) weights of this layer."""

    def _foreign_variables(self) -> list[Variable]:
        """Variables for the parameters of plain torch modules set as attributes, made once and kept."""
        replaced = self.__dict__.get("_plain_children", ())
        if not replaced and self._modules.keys() <= self._held_modules:
            return []
        known: dict[tuple[str, ...], Variable] = self.__dict__.setdefault("_plain_variables", {})
        own: set[int] | None = None
        listed = []
        for name, module in self._modules.items():
            if module is None or isinstance(module, Operation) or (name in self._held_modules and name not in replaced):
                continue
            own = {id(variable.parameter) for variable in self._own_weights} if own is None else own
            for path in _plain_paths(module, (name,)):
                if path not in known:
                    known[path] = Variable.bind(self, path, name="/".join((self.name, *path)))
                if id(known[path].parameter) not in own:
                    listed.append(known[path])
        return listed

    @property
    def trainable(self) -> bool:
        return self._trainable

    @trainable.setter
    def trainable(self, value: bool) -> None:
        for layer in self._flatten_layers():
            if isinstance(layer, WeightedOperation):
                layer.__dict__["_trainable"] = bool(value)
                for variable in layer._own_variables():
                    variable.freeze(not value)

    @property
    def trainable_weights(self) -> list[Variable]:
        found: dict[int, Variable] = {}
        self._find_trainable(found)
        return list(found.values())

    def _find_trainable(self, found: dict[int, Variable]) -> None:
        """Adds the trainable weights of this layer and of those below it, by their parameters."""
        if not self.trainable:
            return
        add_trainable(self._own_variables(), found)
        if not self._modules.keys() <= self._held_modules:
            self._find_trainable_below(found)

    def _find_trainable_below(self, found: dict[int, Variable]) -> None:
        for child in self._children():
            # What a user's class says of its weights goes first.
            if getattr(type(child), "trainable_weights", None) is WeightedOperation.trainable_weights:
                child._find_trainable(found)
            else:
                for variable in getattr(child, "trainable_weights", ()):
                    found.setdefault(id(variable.parameter), variable)

    @property
    def non_trainable_weights(self) -> list[Variable]:
        if not self.trainable:
            own = sorted(self._own_variables(), key=lambda v: not v._wanted)
            return distinct([*own, *(w for c in self._children() for w in c.weights)])
        own = [v for v in self._own_variables() if not v.trainable]
        return distinct([*own, *(w for c in self._children() for w in getattr(c, "non_trainable_weights", ()))])

    @property
    def weights(self) -> list[Variable]:
        """All weights: the trainable ones first, then the others, as Keras orders them."""
        return distinct([*self.trainable_weights, *self.non_trainable_weights])

    @property
    def variables(self) -> list[Variable]:
        return self.weights

    @property
    def trainable_variables(self) -> list[Variable]:
        return self.trainable_weights

    @property
    def non_trainable_variables(self) -> list[Variable]:
        return self.non_trainable_weights

    def count_params(self) -> int:
        if not self._is_built():
            raise ValueError(
                f"You tried to call `count_params` on layer {self.name}, but the layer isn't built. "
                f"You can build it manually via: `{self.name}.build(batch_input_shape)`."
            )
        return count_weights(self.weights)

    def _is_built(self) -> bool:
        return True

    # --- copying them ---

    def get_weights(self) -> list[np.ndarray]:
        """Copies of all weights, in Keras's shapes."""
        return [weight.numpy() for weight in self.weights]

    def set_weights(self, weights: Iterable[Any]) -> None:
        """Sets all weights from arrays in Keras's shapes, in the order of `weights`."""
        given = [w if isinstance(w, Tensor) else np.asarray(w) for w in weights]
        expected = self.weights
        if len(given) != len(expected):
            raise ValueError(
                f'You called `set_weights(weights)` on layer "{self.name}" with a weight list of length {len(given)}, '
                f"but the layer was expecting {len(expected)} weights. Shapes expected: "
                f"{[tuple(w.shape) for w in expected]}. Shapes received: {[tuple(w.shape) for w in given]}"
            )
        for weight, value in zip(expected, given, strict=True):
            if tuple(weight.shape) != tuple(value.shape):
                raise ValueError(
                    f"Layer {self.name} weight shape {tuple(weight.shape)} ({weight.name}) is not compatible with "
                    f"provided weight shape {tuple(value.shape)}."
                )
        for weight, value in zip(expected, given, strict=True):
            weight.assign(value)


def _without_values(
    shape: tuple[int, ...], dtype: torch.dtype, layout: Layout, memory_format: torch.memory_format
) -> Tensor:
    own = layout.to_torch(torch.empty(shape, device="meta")).shape
    return in_large_pages(torch.empty(own, dtype=dtype, device=default_device(), memory_format=memory_format))


def count_weights(weights: Iterable[Variable]) -> int:
    return sum(math.prod(weight.shape) for weight in weights)


def _operations(module: nn.Module) -> Iterator[Operation]:
    """The outermost operations at or below a module."""
    if isinstance(module, Operation):
        yield module
        return
    for child in module.children():
        yield from _operations(child)


def _plain_paths(module: nn.Module, path: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    for name in (*module._parameters, *module._buffers):
        if module._parameters.get(name) is not None or module._buffers.get(name) is not None:
            yield (*path, name)
    for name, child in module._modules.items():
        if child is not None and not isinstance(child, Operation):
            yield from _plain_paths(child, (*path, name))


def add_trainable(variables: Iterable[Variable], found: dict[int, Variable]) -> None:
    """Adds those that take gradients, unless their parameters are known."""
    for variable in variables:
        parameter = variable.parameter
        if parameter.requires_grad:
            found.setdefault(id(parameter), variable)


def distinct(variables: Iterable[Variable]) -> list[Variable]:
    """Each parameter once, however many Variables or layers share it."""
    found: dict[int, Variable] = {}
    for variable in variables:
        found.setdefault(id(variable.parameter), variable)
    return list(found.values())
