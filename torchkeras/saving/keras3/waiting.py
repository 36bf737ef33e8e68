"""Values that wait until their layers are built: Keras 3 notes the shape of a model's first argument alone."""

from __future__ import annotations

import types
from io import BytesIO
from typing import Any

from torchkeras.layers import Layer
from torchkeras.optimizers import Optimizer
from torchkeras.saving.containers.hdf5 import open_hdf5
from torchkeras.saving.errors import UnreadableFile
from torchkeras.saving.keras3.loading_state import Plan
from torchkeras.saving.keras3.saveables import Walk
from torchkeras.saving.keras3.walking import Place
from torchkeras.saving.reading import reading

#: Under which name a layer has the file that its values wait in.
_WAITS = "_values_wait_in"


class Waiting:
    """The values of a file, for layers that a later call builds.

    Args:
        content: the file of the values.
        assets: what layers keep in files of their own, by path.
        walk: whose order and names.
        path: of the file, for messages.
    """

    def __init__(self, content: bytes, assets: dict[str, bytes], walk: Walk, path: str) -> None:
        self._content, self._assets, self._walk, self._path = content, assets, walk, path
        self._given: dict[int, Any] = {}  # the objects by their ids, so that none comes twice

    def take(self, plan: Plan) -> None:
        """Takes the layers that are not built out of a plan, and gives them their values when they are."""
        for key, place in plan.unbuilt.items():
            plan.problems.pop(key, None)
            plan.found.pop(key, None)
            if _WAITS not in place.thing.__dict__:
                self._wait_for(place)
        self._given |= {key: place.thing for key, place in plan.found.items()}

    def _wait_for(self, place: Place) -> None:
        finish = type(place.thing)._finish_build

        def finished(layer: Layer) -> None:
            del layer.__dict__["_finish_build"], layer.__dict__[_WAITS]
            finish(layer)
            self._give(place)

        place.thing.__dict__["_finish_build"] = types.MethodType(finished, place.thing)
        place.thing.__dict__[_WAITS] = self._path

    def _give(self, place: Place) -> None:
        with open_hdf5(BytesIO(self._content), self._path) as root, reading(self._path):
            plan = Plan(place.thing, root, self._walk, place.path)
            for key in self._given.keys() & plan.found.keys():
                del plan.found[key]
            self.take(plan)
            plan.load_all([one for one in plan.found.values() if not isinstance(one.thing, Optimizer)], self._assets)
        if plan.problems:
            raise UnreadableFile(
                f"The values in {self._path!r} do not fit the layers that this call has built: "
                f"{'; '.join(list(plan.problems.values())[:10])}"
            )


def check_nothing_waits(model: Any, path: str) -> None:
    """A ValueError for a model that is saved before its layers have got their values."""
    for layer in model._flatten_layers():
        if _WAITS in layer.__dict__ and not layer.built:
            raise ValueError(
                f"Cannot save the model {model.name!r} to {path!r}: its layer {layer.name!r} is not built yet, and its "
                f"values still wait in what was read from {layer.__dict__[_WAITS]!r}. Call the model on a batch first."
            )


__all__ = ["Waiting", "check_nothing_waits"]
