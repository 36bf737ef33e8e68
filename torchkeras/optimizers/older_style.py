"""Optimizers written for TensorFlow 2.0 to 2.10: hypers, slots, `_resource_apply_dense`."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable
from typing import Any, ClassVar

import torch
from torch import Tensor

from torchkeras import initializers
from torchkeras.core.dtypes import torch_dtype
from torchkeras.core.variable import Variable
from torchkeras.optimizers.learning_rate import number
from torchkeras.optimizers.schedules.schedule import LearningRateSchedule
from torchkeras.optimizers.state import State

ApplyState = dict[tuple[torch.device, torch.dtype], dict[str, Any]]


class OlderStyle(State):
    """The part of an optimizer that older subclasses use.

    Such a subclass calls `_set_hyper` in `__init__`, `add_slot` in `_create_slots`, and `get_slot` and `_get_hyper` in
    `_resource_apply_dense(grad, var, apply_state)`.
    """

    #: The names that slots had, where they differ: 'momentum' was what is now 'm' of SGD.
    older_slots: ClassVar[dict[str, str]] = {}
    #: Whether checkpoints have it in the form of those before Keras 2.11.
    _older_generation: ClassVar[bool] = False

    _hyper: dict[str, Any]
    _slots: dict[int, dict[str, Variable]]
    _use_locking = False
    _HAS_AGGREGATE_GRAD = True

    # --- hypers ---

    def _set_hyper(self, name: str, value: Any) -> None:
        if name == "learning_rate":
            self._learning_rate = self._build_learning_rate(value)
        self._hyper[name] = value

    def _get_hyper(self, name: str, dtype: Any = None) -> Any:
        if name == "learning_rate":
            value = self._learning_rate
        else:
            value = self._hyper[name] if name in self._hyper else getattr(self, name)
        if isinstance(value, LearningRateSchedule):
            return value
        if callable(value) and not isinstance(value, (Tensor, Variable)):
            value = value()
        return value if dtype is None else torch.tensor(number(value), dtype=torch_dtype(dtype))

    def __getattr__(self, name: str) -> Any:
        hyper = self.__dict__.get("_hyper", {})
        if name in hyper:
            return self._get_hyper(name)
        raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")

    def __setattr__(self, name: str, value: Any) -> None:
        hyper = self.__dict__.get("_hyper")
        if hyper and name in hyper and name != "learning_rate":
            hyper[name] = value
        else:
            super().__setattr__(name, value)

    def _create_hypers(self) -> None:
        """Nothing to create: hypers are plain numbers here."""

    def _call_if_callable(self, param: Any) -> Any:
        return param() if callable(param) else param

    # --- slots ---

    def _create_slots(self, var_list: list[Variable]) -> None:
        """For subclasses."""

    def _create_all_weights(self, var_list: Iterable[Any]) -> None:
        self.build(var_list)

    def build(self, var_list: Any) -> None:
        raise NotImplementedError

    def add_slot(self, var: Any, slot_name: str, initializer: Any = "zeros", shape: Any = None) -> Variable:
        """Makes a variable of the optimizer for one of the model's, or finds the one that is there."""
        self._register([var])
        own = self._slots.setdefault(self._get_variable_index(var), {})
        if slot_name not in own:
            value = initializer
            if isinstance(initializer, str) or callable(initializer):
                value = initializers.get(initializer)(tuple(var.shape if shape is None else shape), dtype=var.dtype)
            own[slot_name] = self.add_variable_from_reference(var, slot_name, shape, value)
        return own[slot_name]

    def get_slot(self, var: Any, slot_name: str) -> Variable:
        """The variable that the optimizer keeps for one of the model's under this name."""
        place = self._get_variable_index(self._as_variables([var])[0])
        own = self._slots.get(place, {})
        if slot_name in own:
            return own[slot_name]
        known = getattr(self, "slot_attributes", {})
        attribute = known.get(self.older_slots.get(slot_name, slot_name))
        found = getattr(self, attribute, []) if attribute else []
        if place >= len(found):
            raise KeyError(
                f"{type(self).__name__} keeps no {slot_name!r} for {var.name!r}. It has: {self.get_slot_names()}"
            )
        slot: Variable = found[place]
        return slot

    def get_slot_names(self) -> list[str]:
        """The names of what the optimizer keeps for each variable."""
        known = getattr(self, "slot_attributes", {})
        own = [name for slots in self._slots.values() for name in slots]
        return list(dict.fromkeys([*own, *(name for name, at in known.items() if getattr(self, at, None))]))

    # --- updates ---

    def _prepare(self, var_list: Iterable[Variable]) -> ApplyState:
        state: ApplyState = {}
        for device, dtype in {(v.device, v.dtype): None for v in var_list}:
            state[(device, dtype)] = {}
            self._prepare_local(device, dtype, state)
        return state

    def _prepare_local(self, var_device: Any, var_dtype: Any, apply_state: ApplyState) -> None:
        apply_state.setdefault((var_device, var_dtype), {})["lr_t"] = self._decayed_lr(var_dtype)

    def _fallback_apply_state(self, var_device: Any, var_dtype: Any) -> dict[str, Any]:
        state: ApplyState = {(var_device, var_dtype): {}}
        self._prepare_local(var_device, var_dtype, state)
        return state[(var_device, var_dtype)]

    def _resource_apply_dense(self, grad: Any, var: Any, apply_state: ApplyState | None = None) -> Any:
        raise NotImplementedError("`_resource_apply_dense` must be implemented in subclasses.")

    def _older_update(self, variables: list[Variable]) -> Callable[[Any, Variable], Any]:
        """The update of one variable, for a step that updates these."""
        apply = self._resource_apply_dense
        if "apply_state" not in inspect.signature(apply).parameters:
            return apply
        state = self._prepare(variables)
        return lambda gradient, variable: apply(gradient, variable, apply_state=state)
