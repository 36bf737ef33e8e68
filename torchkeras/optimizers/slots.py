"""Slots: what an optimizer keeps for each variable, by name, and the same as lists for a group."""

from __future__ import annotations

from typing import Any, ClassVar

from torchkeras.core.variable import Variable
from torchkeras.optimizers.plan import Group
from torchkeras.optimizers.state import State, align

#: Slots that any optimizer may have.
_SHARED = {"average": "_model_variables_moving_average", "gradient_accumulator": "_accumulated_gradients"}


class Slots(State):
    """The part of an optimizer that keeps one variable of its own for each that it trains."""

    #: The attribute with the list of a slot's variables, by the name of the slot.
    slot_attributes: ClassVar[dict[str, str]] = {}

    def _slots_named(self, name: str) -> list[Any]:
        """A slot's variables in the order of the trained ones; those that are missing are made."""
        slots: list[Any] = self.__dict__.setdefault(_SHARED.get(name) or self.slot_attributes[name], [])
        for variable in self._trainable_variables[len(slots) :]:
            slots.append(self._make_slot(variable, name))
        return slots

    def _make_slot(self, variable: Variable, name: str) -> Any:
        return self.add_variable_from_reference(variable, name)

    def _state(self, group: Group, name: str) -> list[Any]:
        """A slot's tensors for a group, where and how its parameters are; None for variables that have none."""
        found = group.states.get(name)
        if found is None:
            slots = self._slots_named(name)
            own = [slots[self._get_variable_index(variable)] for variable in group.variables]
            found = group.states[name] = [
                None if slot is None else group.taken(align(slot, parameter))
                for slot, parameter in zip(own, group.holders, strict=True)
            ]
        return found
