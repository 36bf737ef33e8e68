"""A layer's own values as a file holds them: Keras's hooks, which a class may override."""

from __future__ import annotations

from typing import Any

import torch

from torchkeras.core.variable import Variable
from torchkeras.layers.weights import WeightedOperation


class OwnVariablesMixin(WeightedOperation):
    """save_own_variables and load_own_variables."""

    def _variables_to_save(self) -> list[Variable]:
        """Those made as trainable first, then the others: Keras's order within one layer."""
        return sorted(self._own_weights, key=lambda variable: not variable._wanted)

    def save_own_variables(self, store: Any) -> None:
        """Puts the values of this layer, not of those within it, into a store.

        Args:
            store: takes arrays, tensors and Variables by name.
        """
        for place, variable in enumerate(self._variables_to_save()):
            store[str(place)] = variable

    def load_own_variables(self, store: Any) -> None:
        """Takes the values of this layer from a store.

        Args:
            store: gives arrays by name.
        """
        own = self._variables_to_save()
        problem = mismatch(self, own, {key: tuple(store[key].shape) for key in store})
        if problem is not None:
            raise ValueError(problem)
        for place, variable in enumerate(own):
            with torch.no_grad():
                variable.assign(store[str(place)])


def mismatch(layer: Any, own: list[Variable], saved: dict[str, tuple[int, ...]]) -> str | None:
    """What does not fit between a layer's variables and the shapes of what was saved; None where all does."""
    name = f"Layer {layer.name!r} ({type(layer).__name__})"
    if not own and saved and not getattr(layer, "built", True):
        return (
            f"{name} was never built and thus has no variables, and {len(saved)} were saved for it. Build it first: "
            f"call the model on a batch. A layer made within another one is built in that one's `build()`, or in "
            f"its `build_from_config(config)`."
        )
    expected = [tuple(variable.shape) for variable in own]
    if set(saved) != {str(place) for place in range(len(own))}:
        given = [saved[key] for key in sorted(saved, key=lambda key: (len(key), key))]
        return (
            f"{name} expected {len(own)} variables, of shapes {expected}; {len(saved)} were saved, of shapes {given}."
        )
    for place, variable in enumerate(own):
        if saved[str(place)] != expected[place]:
            label = variable.path.rsplit("/", 1)[-1]
            return f"{name}: {label!r} has the shape {expected[place]}, and {saved[str(place)]} was saved."
    return None
