"""What `config.json` says of a model, and a model made by it."""

from __future__ import annotations

from typing import Any

from torchkeras.core.registry import serialize
from torchkeras.layers import FAMILY, Discretization, Layer
from torchkeras.saving import building, configs
from torchkeras.saving.errors import UnreadableFile
from torchkeras.saving.keras3 import optimizer_values
from torchkeras.saving.keras3.saveables import is_model

#: Under which key `metadata.json` has what Keras does not ask for.
_OWN = "torchkeras"


def of_model(model: Any, with_compile: bool) -> dict[str, Any]:
    """The config of a whole model as Keras 3 writes it."""
    config = configs.to_keras3(_with_boundaries(serialize(model), model))
    build_config = model.get_build_config()
    if build_config:
        config["build_config"] = serialize(build_config)
    settings = model.get_compile_config() if with_compile and model.compiled else None
    if settings is not None:
        config["compile_config"] = configs.training_to_keras3(serialize(settings))
    return config


def additions(model: Any) -> dict[str, Any]:
    """What layers of the user's classes were built with, by their paths: Keras builds them by calling the model."""
    if all(layer._call_info.builtin for layer in model._flatten_layers() if isinstance(layer, Layer)):
        return {}
    return {_OWN: {"built": building.describe(model)}}


def make(
    config: dict[str, Any],
    metadata: dict[str, Any],
    custom_objects: dict[str, Any] | None,
    compile: bool,
    keras3: bool,
    path: str,
) -> Any:
    """The model of a config, built and compiled, with values of its own."""
    model = FAMILY.deserialize(configs.from_saved(config), custom_objects)
    if not is_model(model):
        raise UnreadableFile(f"Cannot read {path!r}: it holds a {type(model).__name__}, not a model.")
    build_config = config.get("build_config")
    if isinstance(build_config, dict):
        model.build_from_config(build_config)
    own = metadata.get(_OWN)
    if isinstance(own, dict) and isinstance(own.get("built"), dict):
        building.rebuild(model, own["built"])
    settings = config.get("compile_config")
    if compile and isinstance(settings, dict) and settings:  # Keras 3 writes an empty one where there are none
        model.compile_from_config(configs.training_from_saved(settings))
        if model.compiled and model.optimizer is not None:
            optimizer_values.build(model.optimizer, model, keras3)
    return model


def _with_boundaries(config: Any, model: Any) -> Any:
    """The config with what Discretization layers have learned, which Keras 3 keeps there."""
    learned = {
        layer.name: list(map(float, layer.bin_boundaries))
        for layer in model._flatten_layers()
        if isinstance(layer, Discretization) and layer.input_bin_boundaries is None and len(layer.bin_boundaries)
    }
    if learned:
        _put_boundaries(config, learned)
    return config


def _put_boundaries(config: Any, learned: dict[str, list[float]]) -> None:
    if isinstance(config, list):
        for one in config:
            _put_boundaries(one, learned)
    elif isinstance(config, dict):
        settings = config.get("config")
        if config.get("class_name") == "Discretization" and isinstance(settings, dict):
            settings["bin_boundaries"] = learned.get(str(settings.get("name")), settings.get("bin_boundaries"))
        for one in config.values():
            _put_boundaries(one, learned)
