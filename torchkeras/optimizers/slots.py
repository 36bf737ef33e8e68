"""Slots: what an optimizer keeps for each variable, by name, and the same as lists for a group."""

from __future__ import annotations

from typing import Any, ClassVar

from torch import Tensor

from torchkeras.core.variable import Variable
from torchkeras.optimizers.plan import Group
from torchkeras.optimizers.state import State, align


class Slots(State):
    """The part of an optimizer that keeps one variable of its own for each that it trains."""

    #: The attribute with the list of a slot's variables, by the name of the slot.
    slot_attributes: ClassVar[dict[str, str]] = {}

    def _slots_named(self, name: str) -> list[Any]:
        """A slot's variables in the order of the trained ones; those that are missing are made."""
        attribute = "_model_variables_moving_average" if name == "average" else self.slot_attributes[name]
        slots: list[Any] = self.__dict__.setdefault(attribute, [])
        for variable in self._trainable_variables[len(slots) :]:
            slots.append(self._make_slot(variable, name))
        return slots

    def _make_slot(self, variable: Variable, name: str) -> Any:
        return self.add_variable_from_reference(variable, name)

    def _state(self, group: Group, name: str) -> list[Tensor]:
        """A slot's tensors for a group, where and how its parameters are."""
        found = group.states.get(name)
        if found is None:
            slots = self._slots_named(name)
            found = group.states[name] = [
                align(slots[self._get_variable_index(variable)], parameter)
                for variable, parameter in zip(group.variables, group.parameters, strict=True)
            ]
        return found
