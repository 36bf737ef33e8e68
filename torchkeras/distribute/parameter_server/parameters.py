"""What a parameter server does: it keeps variables, and updates them by the gradients that workers send.

The optimizer of a model is here, with its slots, on each server for the variables that it has. Updates come one after
the other in the order in which gradients arrive; no worker waits for another.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import Any

import torch

from torchkeras.core.op_errors import UnavailableError
from torchkeras.core.variable import Variable
from torchkeras.distribute.parameter_server.shipping import packed, tensor_of, unship
from torchkeras.distribute.parameter_server.slots import slot_lists
from torchkeras.distribute.parameter_server.transit import loading

#: A part of a variable: the variable's number, and the part's.
Place = tuple[int, int]


class _Held:
    def __init__(self, variable: Variable) -> None:
        self.variable, self.version = variable, 1

    def values(self) -> Any:
        return packed(self.variable.parameter.detach().clone())


class Parameters:
    """The parts of variables that this server has, for one chief."""

    def __init__(self) -> None:
        self._held: dict[Place, _Held] = {}
        self._optimizers: dict[int, Any] = {}
        #: By optimizer: the numbers of all the variables it trains, and of those that each server has.
        self._trained: dict[int, list[int]] = {}
        self._shared: dict[int, list[Place]] = {}
        self._lock = threading.Lock()

    def answer(self, what: str, *given: Any) -> Any:
        """Does what a message asks for."""
        with self._lock, torch.no_grad():
            return getattr(self, f"_on_{what}")(*given)

    # --- variables ---

    def _on_create(self, text: bytes) -> None:
        """Takes up variables: places, values, names, layouts, and what keeps them within bounds."""
        for place, values, trained, name, layout, constraint in unship(text):
            variable = Variable(values, trainable=trained, name=name, constraint=constraint)
            variable._layout = layout
            self._held[place] = _Held(variable)

    def _on_pull(self, wanted: Sequence[tuple[Place, int]]) -> list[Any]:
        """Values, where the version is another than the one that is known."""
        return [self._newer(place, version) for place, version in wanted]

    def _newer(self, place: Place, version: int) -> Any:
        held = self._of(place)
        return None if held.version == version else (held.version, held.values())

    def _on_set(self, values: Sequence[tuple[Place, Any]]) -> None:
        for place, value in values:
            held = self._of(place)
            held.variable.parameter.detach().copy_(tensor_of(*value))
            held.version += 1

    def _on_add(self, changes: Sequence[tuple[Place, Any]]) -> None:
        for place, change in changes:
            held = self._of(place)
            held.variable.parameter.detach().add_(tensor_of(*change))
            held.version += 1

    def _of(self, place: Place) -> _Held:
        try:
            return self._held[place]
        except KeyError:
            raise UnavailableError(
                None, None, f"The parameter server was started anew, and has lost variable {place[0]}."
            ) from None

    # --- optimizers ---

    def _on_optimizer(self, number: int, text: bytes, shared: list[Place], excluded: list[Place]) -> None:
        """Takes up an optimizer that has no slots yet.

        Args:
            shared: its own variables that every server has: the counter, the rate.
            excluded: of the variables here, those without weight decay.
        """
        own = {place[0]: self._of(place).variable.parameter for place in shared}
        with loading(tensor=own.__getitem__):
            optimizer = unship(text)
        optimizer._excluded = tuple(self._held[place].variable for place in excluded)
        self._optimizers[number], self._shared[number] = optimizer, shared

    def _on_build(self, number: int, trained: list[int], slots: list[tuple[str, Place, Any]]) -> None:
        """Gives an optimizer its variables, and its slots values that they had before."""
        optimizer = self._built(number, trained)
        for name, place, value in slots:
            slot = self._slot(optimizer, name, place)
            if slot is not None and tuple(slot.parameter.shape) == tuple(tensor_of(*value).shape):
                slot.parameter.detach().copy_(tensor_of(*value))

    def _built(self, number: int, trained: list[int]) -> Any:
        optimizer = self._optimizers.get(number)
        if optimizer is None:
            raise UnavailableError(
                None, None, f"The parameter server was started anew, and has lost optimizer {number}."
            )
        if number not in self._trained:
            self._trained[number] = trained
            here = set(trained)
            own = [held.variable for place, held in sorted(self._held.items()) if place[0] in here]
            optimizer.build(own)
        return optimizer

    def _on_push(
        self, number: int, trained: list[int], gradients: Sequence[tuple[Place, Any]], answers: bool = True
    ) -> list[Any]:
        """One step of an optimizer by a worker's gradients; the new values.

        Args:
            trained: all that the optimizer trains, here and elsewhere.
            gradients: by part.
        """
        optimizer = self._built(number, trained)
        pairs = [(tensor_of(*gradient), self._of(place)) for place, gradient in gradients]
        if pairs:
            optimizer.apply_gradients(
                [(held.variable.layout.to_keras(gradient), held.variable) for gradient, held in pairs],
                skip_gradients_aggregation=True,
            )
        else:  # steps are counted on every server
            optimizer._iterations.assign_add(1)
        shared = self._shared[number]
        changed = [place for place, _ in gradients] + shared
        for place in changed:
            self._of(place).version += 1
        return [(place, self._newer(place, 0)) for place in changed] if answers else []

    def _on_slots(self, number: int) -> tuple[list[int], list[tuple[str, Place, Any]]]:
        """What an optimizer trains, and its slots."""
        optimizer = self._optimizers[number]
        places = {id(held.variable): place for place, held in self._held.items()}
        found = []
        for name, slots in slot_lists(optimizer).items():
            for variable, slot in zip(optimizer._trainable_variables, slots, strict=False):
                if slot is not None:
                    found.append((name, places[id(variable)], packed(slot.parameter.detach().clone())))
        return self._trained.get(number, []), found

    def _slot(self, optimizer: Any, name: str, place: Place) -> Any:
        index = optimizer._index_dict.get(id(self._of(place).variable))
        slots = slot_lists(optimizer).get(name, [])
        return slots[index] if index is not None and index < len(slots) else None


__all__ = ["Parameters", "Place"]
