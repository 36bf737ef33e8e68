"""Metric: state that is updated batch by batch, and a result computed from it."""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Callable, Iterable, Iterator
from typing import Any, TypeVar

import numpy as np
import torch
from torch import Tensor, nn
from torch.utils._python_dispatch import _get_current_dispatch_mode

from torchkeras import initializers
from torchkeras.core import nest
from torchkeras.core.device import default_device
from torchkeras.core.dtypes import get_policy, torch_dtype
from torchkeras.core.kinds import bridge, is_users
from torchkeras.core.naming import to_snake_case, unique_name
from torchkeras.core.replicas import Replicas, apart, is_put_together, stepping
from torchkeras.core.replicas import present as present_replicas
from torchkeras.core.stateless import borrowed, present
from torchkeras.core.variable import Variable
from torchkeras.metrics.count import Count

M = TypeVar("M", bound="Metric")

_KERAS2_ORDER = ("name", "shape", "aggregation", "synchronization", "initializer", "dtype")
_KERAS3_ORDER = ("shape", "initializer", "dtype", "name")
_VARIABLE_ORDER = ("shape", "initializer", "dtype", "aggregation", "name")
_LAYER_OPTIONS = ("trainable", "dynamic", "autocast", "mesh")


class Metric:
    """The base class of metrics. A subclass makes its state in `__init__` and defines `update_state` and `result`.

    `update_state` runs without gradients. On its first call, and on the first after a reset, the state moves to where
    the data is.

    Args:
        name: made from the class name unless given.
        dtype: of the state; floatx unless given.

    Example:
        class Positives(keras.metrics.Metric):
            def __init__(self, name="positives", **kwargs):
                super().__init__(name=name, **kwargs)
                self.total = self.add_weight(name="total", initializer="zeros")

            def update_state(self, y_true, y_pred, sample_weight=None):
                self.total.assign_add((y_pred > 0.5).sum())

            def result(self):
                return self.total
    """

    _placed = False  # whether the state is where the data is
    #: The processes of which each has a part of the samples, where there are several.
    _replicas: Replicas | None = None
    #: Whether the state is that of all of them together.
    _is_whole = False

    def __init__(self, name: str | None = None, dtype: Any = None, **kwargs: Any) -> None:
        unknown = sorted(set(kwargs) - set(_LAYER_OPTIONS))
        if unknown:
            raise TypeError(
                f"{type(self).__name__}() got an unknown keyword argument {unknown[0]!r}. "
                f"A Metric takes `name` and `dtype`."
            )
        self.name = name or unique_name(to_snake_case(type(self).__name__))
        self._dtype = get_policy(dtype).variable_dtype
        self._state_dtype = torch_dtype(self._dtype)
        self._variables: list[Variable] = []
        self._device = default_device()
        if (replicas := present_replicas()) is not None and replicas.size > 1:
            self._replicas = replicas

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if "update_state" in cls.__dict__:
            cls.update_state = _updating(cls.__dict__["update_state"])  # type: ignore[method-assign]
        if "result" in cls.__dict__:
            cls.result = _resulting(cls.__dict__["result"])  # type: ignore[method-assign]

    # --- for subclasses ---

    def update_state(self, *args: Any, **kwargs: Any) -> Any:
        """Take in a batch."""
        raise NotImplementedError(f"{type(self).__name__} does not define `update_state()`.")

    def result(self) -> Any:
        """The value of the metric: a scalar or other tensor, or a dict of such."""
        raise NotImplementedError(f"{type(self).__name__} does not define `result()`.")

    def add_weight(self, *args: Any, **kwargs: Any) -> Variable:
        """Make a state variable. Takes the argument orders of Keras 2 (name, shape, aggregation, synchronization,
        initializer, dtype) and of Keras 3 (shape, initializer, dtype, name); zeros unless told otherwise.
        """
        by_name = bool(args) and (args[0] is None or isinstance(args[0], str))
        return self._add_state("add_weight", _KERAS2_ORDER if by_name else _KERAS3_ORDER, args, kwargs)

    def add_variable(self, *args: Any, **kwargs: Any) -> Variable:
        """Make a state variable: `add_variable(shape, initializer, dtype, aggregation, name)`, as in Keras 3."""
        return self._add_state("add_variable", _VARIABLE_ORDER, args, kwargs)

    def _add_state(self, what: str, order: tuple[str, ...], args: Any, kwargs: dict[str, Any]) -> Variable:
        given = dict(zip(order, args))
        if len(args) > len(order) or set(given) & set(kwargs):
            raise TypeError(f"{what}() takes each of {order} once. Received: {args}, {kwargs}")
        unknown = sorted(set(kwargs) - set(_KERAS2_ORDER))
        if unknown:
            raise TypeError(f"Unknown keyword argument of {what}(): {', '.join(unknown)}")
        return self._make_state(**given | kwargs)

    def _make_state(
        self,
        name: str | None = None,
        shape: Any = (),
        aggregation: Any = "sum",
        synchronization: Any = None,
        initializer: Any = None,
        dtype: Any = None,
        kind: type[Variable] = Variable,
    ) -> Any:
        if "_variables" not in self.__dict__:
            raise RuntimeError(
                f"Call `super().__init__()` in the `__init__()` of {type(self).__name__} before it makes its state."
            )
        shape = () if shape is None else (shape,) if isinstance(shape, int) else tuple(int(axis) for axis in shape)
        # Made in inference mode, the state could not be updated outside of it.
        with torch.inference_mode(False), torch.no_grad():
            made = torch_dtype(dtype or self._dtype)
            value = initializers.get(initializer or "zeros")(shape, dtype=made)
            value = value.value() if isinstance(value, Variable) else torch.as_tensor(value)
            place = value.to(self._device, made)
            variable = kind(place, trainable=False, name=name, synchronization=synchronization or "on_read")
        variable.aggregation = aggregation
        self._variables.append(variable)
        return variable

    def _add_count(self, name: str = "count", dtype: Any = None) -> Count:
        return self._make_state(name, dtype=dtype, kind=Count)

    # --- state ---

    @property
    def variables(self) -> list[Variable]:
        """All state variables: made by `add_weight`, set as attributes, those of metrics set as attributes."""
        found: dict[int, Variable] = {}
        for value in self.__dict__.values():
            for leaf in nest.flatten(value) if isinstance(value, (list, tuple, dict)) else (value,):
                held = (leaf,) if isinstance(leaf, Variable) else leaf.variables if isinstance(leaf, Metric) else ()
                found |= {id(variable): variable for variable in held}
        return list(found.values())

    weights = non_trainable_variables = non_trainable_weights = variables

    @property
    def trainable_variables(self) -> list[Variable]:
        return []

    trainable_weights = trainable_variables

    def get_weights(self) -> list[np.ndarray]:
        return [variable.numpy() for variable in self.variables]

    def set_weights(self, weights: Iterable[Any]) -> None:
        values, variables = list(weights), self.variables
        if len(values) != len(variables):
            raise ValueError(f"Metric {self.name!r} has {len(variables)} weights. Received: {len(values)}")
        for variable, value in zip(variables, values):
            variable.assign(value)

    def reset_state(self) -> None:
        """Start anew."""
        if self._resets_the_old_way():
            self.reset_states()
        else:
            self._zero()

    def reset_states(self) -> None:
        """The name of `reset_state` in TensorFlow 2.4 and before; a subclass may define either."""
        if self._resets_the_old_way():  # called by the subclass's own
            self._zero()
        else:
            self.reset_state()

    def _resets_the_old_way(self) -> bool:
        return type(self).reset_states is not Metric.reset_states

    def _zero(self) -> None:
        with torch.no_grad():
            for variable in self.variables:
                if isinstance(variable, Count):
                    variable.zero()
                else:
                    variable.parameter.zero_()
        self._placed = self._is_whole = False

    def merge_state(self, metrics: Iterable[Metric]) -> None:
        """Add the state of metrics of the same kind to this one's."""
        for metric in metrics:
            if len(metric.variables) != len(self.variables):
                raise ValueError(
                    f"Metric {metric} is not compatible with {self}: "
                    f"it has {len(metric.variables)} state variables, this one {len(self.variables)}."
                )
            for variable, other in zip(self.variables, metric.variables):
                variable.assign_add(other)

    # --- where several processes have parts of the samples ---

    def _is_in_parts(self) -> bool:
        """Whether a result now is to be that of all processes' samples, and the state is not."""
        return self._replicas is not None and self._replicas.size > 1 and not self._is_whole and not is_put_together()

    @contextlib.contextmanager
    def _put_together(self) -> Iterator[None]:
        """Within, the state is that of all processes' samples; afterwards this one's again."""
        variables, replicas = self.variables, self._replicas
        assert replicas is not None
        values = present(variables)
        first = [v for v, one in zip(values, variables, strict=True) if _aggregation(one) == "only_first_replica"]
        others = [v for v, one in zip(values, variables, strict=True) if _aggregation(one) != "only_first_replica"]
        replicas.spread(first)
        replicas.add_up(others)
        for value, variable in zip(values, variables, strict=True):
            if _aggregation(variable) == "mean":
                value.copy_(value / replicas.size)
        with stepping(None), borrowed(variables, values, "variables"):
            yield

    def _know_whole(self, is_whole: bool) -> None:
        """Told whether the state has become that of all processes' samples, in each of them."""
        self._is_whole = is_whole
        for value in self.__dict__.values():
            for leaf in nest.flatten(value) if isinstance(value, (list, tuple, dict)) else (value,):
                if isinstance(leaf, Metric):
                    leaf._know_whole(is_whole)

    def _begin_part(self) -> None:
        """Before samples come, which must be this process's own. Of a state that all have the first keeps it alone."""
        if self._replicas is None or self._replicas.size == 1:
            return
        if not apart():
            raise ValueError(
                f"The metric {self.name!r} was made in `strategy.scope()` and is updated outside of a step, where all "
                f"{self._replicas.size} processes would count the same samples: update it in the function that "
                f"`strategy.run` is given, or make it outside of the scope."
            )
        if self._is_whole and not self._replicas.is_first:
            with torch.no_grad():
                for variable in self.variables:
                    if _aggregation(variable) == "sum":
                        variable.parameter.zero_()
        self._is_whole = False

    # --- the state handed in and out, as code in the functional style does ---

    def stateless_update_state(self, metric_variables: Any, *args: Any, **kwargs: Any) -> list[Tensor]:
        """The state that `update_state` makes of this one, given and returned as the values of `variables`."""
        with borrowed(self.variables, metric_variables, "metric_variables"):
            self.update_state(*args, **kwargs)
            return self._present()

    def stateless_result(self, metric_variables: Any) -> Any:
        """The result where the state has these values."""
        with borrowed(self.variables, metric_variables, "metric_variables"):
            return self.result()

    def stateless_reset_state(self) -> list[Tensor]:
        """The state at the start."""
        with borrowed(self.variables, present(self.variables), "metric_variables"):
            self.reset_state()
            return self._present()

    def _present(self) -> list[Tensor]:
        found: list[Tensor] = bridge.lend(present(self.variables)) if bridge.active else present(self.variables)
        return found

    def _place(self, given: Iterable[Any]) -> None:
        """Move the state to the device of the given tensors; off the CPU if any of them is."""
        devices = [value.device for value in given if isinstance(value, Tensor)]
        if _get_current_dispatch_mode() is not None and any(device.type == "meta" for device in devices):
            return  # a layer that holds the metric is only finding out its output's shape
        self._placed = True
        if not devices:
            return
        device = next((found for found in devices if found.type != "cpu"), devices[0])
        if device == self._device:
            return
        self._device = device
        with torch.inference_mode(False), torch.no_grad():
            for variable in self.variables:
                if variable._owner is None:  # else it is its module's to move
                    moved = variable.parameter.to(device)
                    variable._tensor = nn.Parameter(moved, False) if moved.is_floating_point() else moved
            for name, value in self.__dict__.items():
                if isinstance(value, Tensor):
                    self.__dict__[name] = value.to(device)

    # --- facts ---

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Take in a batch and return the result so far."""
        self.update_state(*args, **kwargs)
        return self.result()

    @property
    def dtype(self) -> str:
        """The name of the state's dtype, 'float32'."""
        return self._dtype

    @property
    def _name(self) -> str:
        return self.name

    @_name.setter
    def _name(self, value: str) -> None:
        self.name = value

    def get_config(self) -> dict[str, Any]:
        return {"name": self.name, "dtype": self.dtype}

    @classmethod
    def from_config(cls: type[M], config: dict[str, Any]) -> M:
        return cls(**config)

    def __str__(self) -> str:
        settings = ",".join(f"{key}={value}" for key, value in self.get_config().items())
        return f"{type(self).__name__}({settings})"

    def __repr__(self) -> str:
        return f"<{type(self).__name__} name={self.__dict__.get('name')}>"


def _updating(function: Callable[..., Any]) -> Callable[..., Any]:
    """`update_state` without gradients, its state where the data is."""

    @functools.wraps(function)
    def update_state(self: Metric, *args: Any, **kwargs: Any) -> Any:
        if bridge.active:
            args, kwargs = tuple(map(bridge.lower, args)), {k: bridge.lower(v) for k, v in kwargs.items()}
        if not self._placed:
            self._place((*args, *kwargs.values()))
        if self._replicas is not None:
            self._begin_part()
        recorded = torch.is_grad_enabled()
        torch._C._set_grad_enabled(False)  # as torch.no_grad does, in a fifth of the time
        try:
            if bridge.active and is_users(function):
                return bridge.call_user(function, (self, *args), kwargs)
            return function(self, *args, **kwargs)
        finally:
            torch._C._set_grad_enabled(recorded)

    return update_state


def _resulting(function: Callable[..., Any]) -> Callable[..., Any]:
    """`result` as tensors that later updates do not change."""

    @functools.wraps(function)
    def result(self: Metric, *args: Any, **kwargs: Any) -> Any:
        if self._replicas is not None and self._is_in_parts():
            with self._put_together():
                return result(self, *args, **kwargs)
        if bridge.active and is_users(function):
            found = bridge.call_user(function, (self, *args), kwargs)
        else:
            found = function(self, *args, **kwargs)
        found = {key: _kept(self, item) for key, item in found.items()} if type(found) is dict else _kept(self, found)
        return bridge.lend(found) if bridge.active else found

    return result


def _aggregation(variable: Variable) -> str:
    """How the values of several processes make one: 'sum', 'mean' or 'only_first_replica'."""
    said = str(variable.aggregation or "sum").lower().rpartition(".")[2]
    return said if said in ("mean", "only_first_replica") else "sum"


def _kept(metric: Metric, value: Any) -> Any:
    if isinstance(value, Tensor):
        return value.clone() if value._is_view() else value
    if isinstance(value, Variable):
        return value.value()
    if isinstance(value, (list, tuple)) and any(isinstance(item, (Tensor, Variable)) for item in value):
        return torch.stack([torch.as_tensor(_kept(metric, item)) for item in value])
    if isinstance(value, (bool, int, float, list, tuple, np.ndarray, np.generic)):
        return torch.tensor(value)
    raise RuntimeError(
        f"The output of `metric.result()` can only be a single tensor or Variable, or a dict of them. "
        f"For metric {metric.name}, got result {value!r}."
    )
