"""The variables of an optimizer: the step counter, what it keeps for each variable it trains, copies of all that."""

from __future__ import annotations

import copy
import warnings
from collections.abc import Iterable
from typing import Any, TypeVar

import numpy as np
import torch
from torch import Tensor, nn

from torchkeras import initializers
from torchkeras.core.dtypes import torch_dtype
from torchkeras.core.shards import is_sharded, sharded_like
from torchkeras.core.variable import Variable
from torchkeras.optimizers.learning_rate import LearningRate, host_variable, host_view

T = TypeVar("T", bound="State")


class CallableList(list):
    """`optimizer.variables` is a property in Keras 2.11 and later, a method before: both work."""

    def __call__(self) -> CallableList:
        return self


class State(LearningRate):
    """The part of an optimizer that owns variables."""

    _variables: list[Variable]
    #: The variables to train, and the place of each in that list by its key.
    _trainable_variables: list[Variable]
    _index_dict: dict[int, int]
    #: What can be worked out again: never copied, never saved.
    _plans: dict[Any, Any]
    _count: np.ndarray
    name: str

    def _create_iteration_variable(self) -> None:
        self._iterations = host_variable(0, "iteration", torch.int64)
        self._variables.append(self._iterations)
        self._watch()

    def _watch(self) -> None:
        """Works out what follows from the variables."""
        self._plans = {}
        self._count = host_view(self._iterations)
        self._rate_source = ()
        self._index_dict = {self._var_key(v): place for place, v in enumerate(self._trainable_variables)}

    def _replace_iterations(self, variable: Any) -> None:
        if self._trainable_variables:
            raise RuntimeError(
                f"Cannot set `iterations` to a new Variable after the Optimizer weights have been created. Here it is "
                f"attempting to set `iterations` to {variable}. Usually this means you are trying to set `iterations` "
                f"after calling `apply_gradients()`. Use `iterations.assign(value)`."
            )
        fit = (
            isinstance(variable, Variable)
            and variable.parameter.dtype is torch.int64
            and variable.parameter.device.type == "cpu"
        )
        new = variable if fit else host_variable(int(variable), "iteration", torch.int64)
        self._variables = [new if v is self._iterations else v for v in self._variables]
        self._iterations = new
        self._watch()

    # --- which variables are trained ---

    def _var_key(self, variable: Any) -> int:
        return id(variable)

    def _get_variable_index(self, variable: Any) -> int:
        """The place of a variable in the list the optimizer was built with."""
        place = self._index_dict.get(self._var_key(variable))
        if place is None:
            raise KeyError(
                f"The optimizer cannot recognize variable {getattr(variable, 'name', variable)}. This usually means "
                f"you are trying to call the optimizer to update different parts of the model separately. Please call "
                f"`optimizer.build(variables)` with the full list of trainable variables before the training loop."
            )
        return place

    def _register(self, variables: Iterable[Variable]) -> None:
        for variable in variables:
            key = self._var_key(variable)
            if key not in self._index_dict:
                self._index_dict[key] = len(self._trainable_variables)
                self._trainable_variables.append(variable)
                self._plans = {}

    def _as_variables(self, given: Iterable[Any]) -> list[Variable]:
        """The Variables that the optimizer knows these by: one for each parameter, however it is given."""
        given = list(given)
        if all(id(one) in self._index_dict for one in given):
            return given
        known = {id(v.parameter): v for v in self._trainable_variables}
        return [known.setdefault(*self._keyed(one, len(known))) for one in given]

    def _keyed(self, one: Any, number: int) -> tuple[int, Variable]:
        if isinstance(one, Variable):
            return id(one.parameter), one
        if isinstance(one, nn.Parameter):
            return id(one), _variable_of(one, number)
        raise TypeError(
            f"{type(self).__name__} trains Variables and nn.Parameters. Received: {one!r} of type {type(one).__name__}"
        )

    # --- making its own ---

    def add_variable(
        self, shape: Any, dtype: Any = None, initializer: Any = "zeros", name: str | None = None, **ignored: Any
    ) -> Variable:
        """Makes a variable of the optimizer."""
        if isinstance(dtype, str) and dtype in initializers.FAMILY.objects:  # Keras 3 has the initializer second
            dtype, initializer = None, dtype
        value = initializers.get(initializer)(tuple(shape or ()), dtype=torch_dtype(dtype))
        return self._track(Variable(value, trainable=False, name=name))

    def add_variable_from_reference(
        self,
        model_variable: Any = None,
        variable_name: str | None = None,
        shape: Any = None,
        initial_value: Any = None,
        *,
        reference_variable: Any = None,
        name: str | None = None,
        initializer: Any = "zeros",
    ) -> Variable:
        """Makes a variable of the optimizer like one of the model, zeros unless told otherwise.

        Takes the arguments of Keras 2 (model_variable, variable_name, shape, initial_value) and Keras 3
        (reference_variable, name, initializer).
        """
        if isinstance(shape, (str, type)) or callable(shape):
            shape, initializer = None, shape
        variable = self._as_variables([model_variable if model_variable is not None else reference_variable])[0]
        name = f"{variable_name or name or 'var'}/{variable.path}"
        if initial_value is None and initializer != "zeros":
            initial_value = initializers.get(initializer)(
                tuple(shape or variable.shape), dtype=variable.parameter.dtype
            )
        return self._track(_slot(variable, name, shape, initial_value))

    def add_optimizer_variables(self, trainable_variables: Any, name: Any, initializer: Any = "zeros") -> Any:
        """Makes one variable like each of the model's, or for several names several: a list, or a tuple of lists."""
        names = [name] if isinstance(name, str) else list(name)
        makers = list(initializer) if isinstance(initializer, (list, tuple)) else [initializer] * len(names)
        if len(names) != len(makers):
            raise ValueError(
                f"The number of provided names must match the number of provided initializers. "
                f"Received name='{name}', initializer='{initializer}'"
            )
        made: tuple[list[Variable], ...] = tuple([] for _ in names)
        for variable in trainable_variables:
            for one, maker, into in zip(names, makers, made, strict=True):
                into.append(self.add_variable_from_reference(variable, one, initializer=maker))
        return made[0] if isinstance(name, str) else made

    def _track(self, variable: Variable) -> Variable:
        self._variables.append(variable)
        return variable

    # --- reading and writing them ---

    @property
    def variables(self) -> CallableList:
        """The step counter, then what is kept for the variables that are trained."""
        return CallableList(self._variables)

    weights = variables

    def get_weights(self) -> list[np.ndarray]:
        """Copies of the values of `variables`."""
        return [variable.numpy() for variable in self._variables]

    def set_weights(self, weights: Iterable[Any]) -> None:
        """Sets the values of `variables`, as `get_weights` gives them."""
        if not self._trainable_variables:
            raise ValueError(
                "You are calling `set_weights()` on an optimizer that has not yet been built. Please call "
                "`optimizer.build(trainable_variables)` to create the optimizer weights before calling `set_weights()`."
            )
        given = self._own_values([w if isinstance(w, (Tensor, Variable)) else np.asarray(w) for w in weights])
        expected = self._variables
        if len(given) != len(expected):
            raise ValueError(
                f"You called `set_weights(weights)` on optimizer {self.name} with a weight list of length "
                f"{len(given)}, but the optimizer was expecting {len(expected)} weights."
            )
        for variable, value in zip(expected, given, strict=True):
            if tuple(variable.shape) != tuple(value.shape):
                raise ValueError(
                    f"Optimizer variable {variable.name} has shape {tuple(variable.shape)} not compatible with "
                    f"provided weight shape {tuple(value.shape)}."
                )
        for variable, value in zip(expected, given, strict=True):
            variable.assign(value)

    def _own_values(self, values: list[Any]) -> list[Any]:
        """Of saved values, those that this optimizer keeps."""
        return values

    def save_own_variables(self, store: Any) -> None:
        """Puts the values into a store, by their numbers."""
        for place, variable in enumerate(self._variables):
            store[str(place)] = variable.numpy()

    def load_own_variables(self, store: Any) -> None:
        """Takes the values from a store, by their numbers; one of another size is passed over with a warning."""
        expected, given = self._variables, [store[str(place)] for place in range(len(store.keys()))]
        if len(given) == len(expected) + 1 and np.shape(given[1]) == ():
            rate = given.pop(1)  # Keras 3 has the learning rate second
            if isinstance(self._learning_rate, Variable):
                self._learning_rate.assign(np.asarray(rate))
        given = self._own_values(given)
        if len(given) != len(expected):
            hint = " This is likely because the optimizer has not been called/built yet." if len(expected) < 2 else ""
            warnings.warn(
                f"Skipping variable loading for optimizer '{self.name}', because it has {len(expected)} variables "
                f"whereas the saved optimizer has {len(given)} variables.{hint}",
                stacklevel=2,
            )
            return
        for variable, value in zip(expected, given, strict=True):
            variable.assign(np.asarray(value))

    # --- copies ---

    def __getstate__(self) -> dict[str, Any]:
        derived = ("_plans", "_count", "_rate_source", "_rate_view", "_index_dict")
        return {key: value for key, value in self.__dict__.items() if key not in derived}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        self._watch()

    def __deepcopy__(self: T, memo: dict[int, Any]) -> T:
        """A copy that trains the same variables; within a copy of their model, the copied ones."""
        made = type(self).__new__(type(self))
        memo[id(self)] = made
        inner = dict(memo)
        for variable in (*self._trainable_variables, *self.__dict__.get("_excluded", ())):
            inner.setdefault(id(variable), variable)
        made.__setstate__({key: copy.deepcopy(value, inner) for key, value in self.__getstate__().items()})
        return made


def _variable_of(parameter: nn.Parameter, number: int) -> Variable:
    holder = nn.Module()
    holder.register_parameter("weight", parameter)
    return Variable.bind(holder, ("weight",), name=f"parameter_{number}")


def _slot(variable: Variable, name: str, shape: Any, value: Any) -> Variable:
    """A Variable shaped like another, laid out in memory as that one's parameter is; or of a shape of its own."""
    parameter = variable.parameter.detach()
    if shape is not None and tuple(shape) != tuple(variable.shape):
        zeros = torch.zeros(tuple(shape), dtype=parameter.dtype, device=parameter.device)
        made = Variable(zeros, trainable=False, name=name)
    else:
        made = Variable(torch.zeros_like(parameter), trainable=False, name=name)
        made._layout = variable.layout
    if value is not None:
        made.assign(value() if callable(value) and not isinstance(value, (Tensor, Variable)) else value)
    return made


def align(slot: Variable, parameter: Tensor) -> Tensor:
    """A slot's tensor, moved to where its parameter is by now and laid out as that is."""
    tensor: Tensor = slot.parameter
    alike = tensor.shape == parameter.shape
    if is_sharded(parameter) and alike:
        if not is_sharded(tensor):  # it was made while the parameter was whole
            slot._tensor = nn.Parameter(sharded_like(tensor.detach(), parameter), requires_grad=False)
        return slot._tensor.detach()
    placed = tensor.device == parameter.device and tensor.dtype is parameter.dtype
    if placed and (not alike or tensor.stride() == parameter.stride()):
        return tensor.detach()
    moved = tensor.detach().to(parameter.device, parameter.dtype)
    if alike:
        moved = torch.empty_like(parameter.detach()).copy_(moved)
    slot._tensor = nn.Parameter(moved, requires_grad=False) if isinstance(tensor, nn.Parameter) else moved
    return moved
