"""`.weights.h5`: the values of a model in one HDF5 file, in the layout that `.keras` archives have within them."""

from __future__ import annotations

from typing import Any

from torchkeras.saving.containers.hdf5 import Group, is_hdf5, new_hdf5, open_hdf5
from torchkeras.saving.errors import UnreadableFile
from torchkeras.saving.format import WeightsFormat
from torchkeras.saving.keras3.loading_state import check_can_load, plan
from torchkeras.saving.keras3.saveables import DEPENDENCIES, Walk
from torchkeras.saving.keras3.saving_state import write_values
from torchkeras.saving.reading import reading


class Keras3Weights(WeightsFormat):
    """Files of weights by Keras 3 and, with this ending, by tf_keras."""

    name = "Keras's .weights.h5 format"

    def recognises(self, path: str) -> bool:
        if not is_hdf5(path):
            return False
        try:
            with open_hdf5(path) as root:
                return _has_places(root)
        except UnreadableFile:
            return False  # the older format's reader says what is wrong

    def save_weights(self, model: Any, path: str) -> None:
        with new_hdf5(path) as root:
            write_values(model, root)

    def load_weights(self, model: Any, path: str, by_name: bool, skip_mismatch: bool) -> None:
        check_can_load(model, path, by_name)
        with open_hdf5(path) as root, reading(path):
            plan(model, root, walks_of(root)).carry_out(path, None, skip_mismatch)


def _has_places(root: Group) -> bool:
    """Whether values lie at the ways to layers, not under their names."""
    if root.strings("layer_names") is not None or root.is_group("model_weights"):
        return False  # Keras 2's, in which a layer may be called 'vars'
    # The model's own place is there even where it has no values, but not in what Keras's KerasFileEditor wrote.
    return root.is_group("vars") or any(path.endswith("/vars") for path, _ in root.walk())


def walks_of(root: Group) -> tuple[Walk, ...]:
    """By which walks to look for values: only the file tells whose they are."""
    if root.is_group(DEPENDENCIES):
        return (Walk.KERAS_2_14, Walk.KERAS_2_13)
    # Keras 3 notes the names of layers since 3.4, so that without them it may be any.
    return (Walk.KERAS3, Walk.TF_KERAS, Walk.KERAS_2_14, Walk.KERAS_2_13)
