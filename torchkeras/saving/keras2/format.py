"""Keras 2's HDF5 format.

A whole model has the attributes `model_config` and `training_config` (JSON texts), `keras_version`, `backend`, and the
groups `model_weights` and `optimizer_weights`. A file of weights is what `model_weights` is in a whole model: a group
for each layer, with the names of the layers and of their weights in attributes.
"""

from __future__ import annotations

import json
import warnings
from typing import Any

from torchkeras.core.registry import custom_object_scope, serialize
from torchkeras.core.unfilled import unfilled_weights
from torchkeras.layers import FAMILY
from torchkeras.optimizers import Optimizer
from torchkeras.saving import configs
from torchkeras.saving.containers.hdf5 import Dataset, Group, is_hdf5, new_hdf5, open_hdf5
from torchkeras.saving.errors import UnreadableFile
from torchkeras.saving.format import Format
from torchkeras.saving.keras2 import optimizer_state, training, writing
from torchkeras.saving.keras2.loading import WeightsFile, load_by_name, load_in_order
from torchkeras.saving.reading import NOT_COMPILED, json_dict, reading


class Keras2Format(Format):
    """Files of Keras 1.2 to 2.15 and tf_keras, and what Keras 3 writes into `.h5` files."""

    name = "Keras's HDF5 format"

    def recognises(self, path: str) -> bool:
        return is_hdf5(path)  # Keras 3's weights have been looked for before

    # --- whole models ---

    def save_model(self, model: Any, path: str, include_optimizer: bool) -> None:
        if not _has_architecture(model):
            raise NotImplementedError(
                "Saving the model to HDF5 format requires the model to be a Functional model or a Sequential model. It "
                "does not work for subclassed models, because such models are defined via the body of a Python method, "
                f"which isn't safely serializable. Save {model.name!r} under a name that ends in '.keras' or '.pt', or "
                f"use `save_weights`."
            )
        settings = training.of_model(model) if include_optimizer and model.compiled else None
        with new_hdf5(path) as root:
            root.attribute("keras_version", writing.KERAS_VERSION)
            root.attribute("backend", "tensorflow")
            root.attribute("model_config", json.dumps(configs.to_keras2(serialize(model))))
            writing.write_weights(root.group("model_weights"), model)
            if settings is not None:
                root.attribute("training_config", json.dumps(settings))
                if isinstance(model.optimizer, Optimizer):
                    writing.write_optimizer(root, model)

    def load_model(self, path: str, custom_objects: dict[str, Any] | None, compile: bool) -> Any:
        with open_hdf5(path) as root:
            config = _json(root, "model_config", path)
            if config is None:
                raise UnreadableFile(
                    f"No model config found in the file at {path}. Where it holds weights alone, make the model first, "
                    f"then call its `load_weights({path!r})`."
                )
            with reading(path, _size(root)), custom_object_scope(custom_objects):
                weights = WeightsFile(root.group("model_weights"), path)
                with unfilled_weights():
                    of_keras3 = weights.version.startswith("3.")
                    model = _made(configs.from_keras3(config) if of_keras3 else config, custom_objects, path)
                    load_in_order(weights, model)
                if compile:
                    _compile(model, root, path, weights.version)
        return model

    # --- weights ---

    def save_weights(self, model: Any, path: str) -> None:
        with new_hdf5(path) as root:
            writing.write_weights(root, model)

    def load_weights(self, model: Any, path: str, by_name: bool, skip_mismatch: bool) -> None:
        if not model.built:
            raise ValueError(
                f"Unable to load weights saved in HDF5 format into a subclassed Model which has not created its "
                f"variables yet. Call the Model first, then load the weights. Received: the model {model.name!r}, "
                f"which knows no input shape, and {path!r}."
            )
        with open_hdf5(path) as root, reading(path):
            whole = root.strings("layer_names") is None and root.is_group("model_weights")
            file = WeightsFile(root.group("model_weights") if whole else root, path)
            if by_name:
                load_by_name(file, model, skip_mismatch)
            else:
                load_in_order(file, model, skip_mismatch)


def _has_architecture(model: Any) -> bool:
    """Whether a config alone says what a model computes."""
    if getattr(model, "_functional_graph", None) is not None:
        return bool(model._runs_graph)
    return any(base.__name__ == "Sequential" for base in type(model).__mro__)


def _made(config: dict[str, Any], custom_objects: dict[str, Any] | None, path: str) -> Any:
    try:
        model = FAMILY.deserialize(configs.from_saved(config), custom_objects)
    except TypeError as error:
        raise UnreadableFile(f"Cannot read {path!r}: its config does not fit the classes it names: {error}") from error
    if not hasattr(model, "compile_from_config"):
        raise UnreadableFile(f"Cannot read {path!r}: it holds a {type(model).__name__}, not a model.")
    return model


def _compile(model: Any, root: Group, path: str, version: str) -> None:
    settings = _json(root, "training_config", path)
    if settings is None:
        warnings.warn(NOT_COMPILED, stacklevel=5)
        return
    settings = training.with_plain_names(settings, model.output_names)
    model.compile_from_config(configs.training_from_saved(settings))
    if root.is_group("optimizer_weights") and model.compiled:
        optimizer_state.restore(root.group("optimizer_weights"), model, version)


def _json(root: Group, name: str, path: str) -> dict[str, Any] | None:
    text = root.attribute(name)
    return None if text is None else json_dict(text, f"`{name}`", repr(path))


def _size(root: Group) -> int:
    """The bytes of all values in a file."""
    return sum(one.nbytes for _, one in root.walk() if isinstance(one, Dataset))
