"""What `config.json` says of a model, and a model made by it."""

from __future__ import annotations

import warnings
from typing import Any

from torchkeras.core.allowance import AllowanceExceeded
from torchkeras.core.nest import flatten
from torchkeras.core.registry import serialize
from torchkeras.graph.keras_tensor import KerasTensor, as_shape, shapes_of
from torchkeras.layers import FAMILY, Discretization, Layer
from torchkeras.layers.building import map_shapes
from torchkeras.saving import building, configs
from torchkeras.saving.errors import UnreadableFile
from torchkeras.saving.keras3.saveables import is_model

#: Under which key `metadata.json` has what Keras does not ask for.
_OWN = "torchkeras"


def of_model(model: Any, with_compile: bool) -> dict[str, Any]:
    """The config of a whole model as Keras 3 writes it."""
    config = configs.to_keras3(_with_boundaries(serialize(model), model))
    build_config = model.get_build_config() or _shapes_of_calls(model)
    if build_config:
        config["build_config"] = serialize(build_config)
    settings = model.get_compile_config() if with_compile and model.compiled else None
    if settings is not None:
        config["compile_config"] = _compile_config(serialize(settings))
    return config


def _shapes_of_calls(model: Any) -> dict[str, Any]:
    """What a subclassed model was first called with, which Keras 3 builds it by: one shape, or several by name."""
    specs = dict(zip(model._call_info.arguments, model.__dict__.get("_called_with", ()), strict=False))
    found = {name: shapes_of(value) for name, value in specs.items() if any(map(_has_shape, flatten(value)))}
    if len(found) == 1:
        return {"input_shape": next(iter(found.values()))}
    return {"shapes_dict": {f"{name}_shape": shape for name, shape in found.items()}} if found else {}


def _has_shape(value: Any) -> bool:
    return getattr(value, "shape", None) is not None


def _compile_config(settings: dict[str, Any]) -> dict[str, Any]:
    """Settings as Keras 3 has them; what a class of the user's says in its own words stays as it is."""
    translated = configs.training_to_keras3(settings)
    if settings.keys() <= translated.keys():
        return translated
    return {key: translated.get(key, value) for key, value in settings.items()}


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
    """The model of a config, built and compiled, with values of its own; its optimizer waits for those of the file."""
    settled = configs.from_keras3(config) if keras3 else config
    model = FAMILY.deserialize(configs.from_saved(settled), custom_objects)
    if not is_model(model):
        raise UnreadableFile(f"Cannot read {path!r}: it holds a {type(model).__name__}, not a model.")
    _build(model, config.get("build_config"), metadata.get(_OWN))
    settings = config.get("compile_config")
    if compile and isinstance(settings, dict) and settings:  # Keras 3 writes an empty one where there are none
        model.compile_from_config(configs.training_from_saved(settings))
    return model


def _build(model: Any, build_config: Any, own: Any) -> None:
    """Makes the weights of a model as those of the file were made; a class may have its own way."""
    if isinstance(build_config, dict) and _is_own(type(model).build_from_config):
        model.build_from_config(build_config)
    if isinstance(own, dict) and isinstance(own.get("built"), dict):
        building.rebuild(model, own["built"])
    elif isinstance(build_config, dict) and not model.built:
        _build_by_shapes(model, build_config)


def _build_by_shapes(model: Any, build_config: dict[str, Any]) -> None:
    try:
        named = build_config.get("shapes_dict")
        if isinstance(named, dict) and _is_own(type(model).build):
            model.build(**named)
        elif isinstance(named, dict):
            dtype = model._dtype_policy.compute
            given = {
                name.removesuffix("_shape"): map_shapes(lambda one: KerasTensor(as_shape(one), dtype), shape)
                for name, shape in named.items()
            }
            model.compute_output_spec(*given.values())
            model.built = True
        else:
            model.build_from_config(build_config)
    except AllowanceExceeded:
        raise
    except Exception as error:  # of a `call` that needs values, not shapes
        warnings.warn(
            f"Model {model.name!r} cannot be built from the shapes in the file ({type(error).__name__}: "
            f"{str(error)[:200]}): its layers get their values when the first call builds them, and its optimizer "
            f"begins anew. To have them at once, implement `build_from_config(self, config)` in "
            f"{type(model).__name__}, and `get_build_config(self)` if it needs more than shapes.",
            stacklevel=7,
        )


def _is_own(method: Any) -> bool:
    """Whether a method is of a class of the user's."""
    return not method.__module__.startswith("torchkeras.")


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
