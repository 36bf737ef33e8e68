"""`.weights.h5`: the values of a model in one HDF5 file, in the layout that `.keras` archives have within them."""

from __future__ import annotations

from typing import Any

from torchkeras.saving.containers.hdf5 import Group, is_hdf5, new_hdf5, open_hdf5
from torchkeras.saving.errors import UnreadableFile
from torchkeras.saving.format import Format
from torchkeras.saving.keras3.loading_state import check_built, plan
from torchkeras.saving.keras3.saveables import DEPENDENCIES, Walk
from torchkeras.saving.keras3.saving_state import write_values
from torchkeras.saving.reading import reading


class Keras3Weights(Format):
    """Files of weights by Keras 3 and, with this ending, by tf_keras."""

    name = "Keras's .weights.h5 format"
    whole_models = False

    def recognises(self, path: str) -> bool:
        if not is_hdf5(path):
            return False
        try:
            with open_hdf5(path) as root:
                # The model's own values, even where it has none; a layer may be called so too.
                return root.is_group("vars") and root.strings("layer_names") is None
        except UnreadableFile:
            return False  # the older format's reader says what is wrong

    def save_model(self, model: Any, path: str, include_optimizer: bool) -> None:
        raise ValueError(
            f"Cannot save a whole model to {path!r}: a '.weights.h5' file holds weights alone. Use `save_weights`, or "
            f"end the name in '.keras' or '.h5'."
        )

    def load_model(self, path: str, custom_objects: dict[str, Any] | None, compile: bool) -> Any:
        raise UnreadableFile(
            f"{path!r} holds weights alone, not a whole model: make the model first, then call its "
            f"`load_weights({path!r})`."
        )

    def save_weights(self, model: Any, path: str) -> None:
        with new_hdf5(path) as root:
            write_values(model, root)

    def load_weights(self, model: Any, path: str, by_name: bool, skip_mismatch: bool) -> None:
        if by_name:
            raise ValueError(f"`by_name` only supports loading legacy '.h5' or '.hdf5' files. Received: {path}")
        check_built(model, path)
        with open_hdf5(path) as root, reading(path):
            plan(model, root, walks_of(root)).carry_out(path, None, skip_mismatch)


def walks_of(root: Group) -> tuple[Walk, ...]:
    """By which walks to look for values: only the file tells whose they are."""
    if root.is_group(DEPENDENCIES):
        return (Walk.KERAS_2_14, Walk.KERAS_2_13)
    # Keras 3 notes the names of layers since 3.4, so that without them it may be any.
    return (Walk.KERAS3, Walk.TF_KERAS, Walk.KERAS_2_14, Walk.KERAS_2_13)
