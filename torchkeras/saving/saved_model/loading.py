"""A model out of a SavedModel: made by its config, compiled as it was, given the values by the graph of objects."""

from __future__ import annotations

import warnings
from typing import Any

from torchkeras.core.nest import map_structure
from torchkeras.core.registry import custom_object_scope, get_registered_object
from torchkeras.core.unfilled import unfilled_weights
from torchkeras.core.variable import Variable
from torchkeras.layers import FAMILY, Layer
from torchkeras.saving import configs
from torchkeras.saving.checkpoint.objects import identity
from torchkeras.saving.checkpoint.reading import OpenCheckpoint
from torchkeras.saving.checkpoint.restoring import Restoration
from torchkeras.saving.errors import UnreadableFile
from torchkeras.saving.keras2.training import with_plain_names
from torchkeras.saving.reading import NOT_COMPILED, reading
from torchkeras.saving.saved_model import recurrent_states, vocabularies
from torchkeras.saving.saved_model.folder import Folder
from torchkeras.saving.saved_model.metadata import MODEL_KIND, SEQUENTIAL, root_metadata, shapes_of_layers
from torchkeras.saving.saved_model.specs import inputs_of_spec


def load_model(path: str, custom_objects: dict[str, Any] | None, compile: bool) -> Any:
    """The model of a folder; see Format.load_model."""
    folder = Folder(path)
    kind, metadata = root_metadata(folder)
    source = _values(folder)
    with reading(path, folder.size_of_values()), custom_object_scope(custom_objects):
        with unfilled_weights():
            model = _made(path, kind, metadata, custom_objects)
            if compile:
                _compile(model, metadata)
            found = restore(model, source, folder)
        _build_optimizer(model, found)
    return model


def load_weights(model: Any, path: str, skip_mismatch: bool) -> None:
    """Gives a model the values of a folder."""
    folder = Folder(path)
    source = _values(folder)
    with reading(path):
        restore(model, source, folder, skip_mismatch)


def restore(model: Any, source: OpenCheckpoint, folder: Folder, skip_mismatch: bool = False) -> Restoration:
    """Gives a model, its optimizer and its lookup layers the values of a folder."""
    found = Restoration(source, skip_mismatch)
    found.restore(model)
    _build(model, found, folder)
    vocabularies.restore(found.objects, source, folder)
    recurrent_states.restore(found.objects, source)
    missing = [v for v in model.weights if identity(v) not in found.assigned and not _made_by_vocabulary(v)]
    if missing and not skip_mismatch:
        names = ", ".join(repr(variable.name) for variable in missing[:10])
        raise ValueError(
            f"The values in {folder.path!r} do not fit the model {model.name!r}: they have none for {len(missing)} of "
            f"its weights: {names}{', …' if len(missing) > 10 else ''}. Pass `skip_mismatch=True` to `load_weights` "
            f"to leave them as they are."
        )
    return found


def _build(model: Any, found: Restoration, folder: Folder) -> None:
    """Builds what is not built yet, as classes of one's own are: each layer with the shape that it had."""
    if not _unbuilt(found):
        return
    shapes = shapes_of_layers(folder)
    while waiting := [(number, layer) for number, layer in _unbuilt(found) if number in shapes]:
        for number, layer in waiting:
            layer.build(shapes.pop(number))
    called_with = model.__dict__.get("_called_with")
    others = [layer for _, layer in _unbuilt(found) if layer is not model]
    if not model.built and called_with and (others or not model.weights):
        model.build(map_structure(lambda one: tuple(one.shape), called_with[0]))
    elif not others:
        model.built = True


def _unbuilt(found: Restoration) -> list[tuple[int, Layer]]:
    return [(number, one) for number, one in found.objects.items() if isinstance(one, Layer) and not one.built]


def _made_by_vocabulary(variable: Variable) -> bool:
    return not variable.parameter.is_floating_point()


def _values(folder: Folder) -> OpenCheckpoint:
    source = OpenCheckpoint(folder.values())
    if not source.nodes:
        raise UnreadableFile(f"Cannot read {folder.path!r}: its values come without a graph of objects.")
    return source


# --- the model ---


def _made(path: str, kind: str, metadata: dict[str, Any], custom_objects: dict[str, Any] | None) -> Any:
    name, config = metadata["class_name"], vocabularies.without_paths(metadata.get("config"))
    known = get_registered_object(name, custom_objects)
    graph = isinstance(config, dict) and isinstance(config.get("layers"), list)
    if known is None and graph and (metadata.get("is_graph_network") or name in ("Sequential", "Functional", "Model")):
        # A class of one's own that is not given becomes the plain one that it is derived from, as in Keras.
        name = "Sequential" if kind == SEQUENTIAL else "Functional"
    elif known is None and kind == MODEL_KIND:
        raise ValueError(
            f"{path!r} holds a model of the class {name!r}, which is not known here: what its `call` computes is not "
            f"in the folder in a form that can be run. Pass the class: `load_model({path!r}, "
            f"custom_objects={{{name!r}: {name}}})`, or decorate it with `@keras.utils.register_keras_serializable()`."
        )
    try:
        model = FAMILY.deserialize(
            configs.from_saved({"class_name": name, "config": config if isinstance(config, dict) else {}}),
            custom_objects,
        )
    except TypeError as error:
        raise ValueError(
            f"The model of the class {name!r} in {path!r} cannot be made with the settings there: {error}. A class of "
            f"one's own whose `__init__` takes arguments needs a `get_config()` that gives them, when it is saved."
        ) from error
    inputs = inputs_of_spec(metadata)
    if inputs is not None and kind == MODEL_KIND:
        model.__dict__["_called_with"] = (inputs,)
    if metadata.get("trainable") is False:
        model.trainable = False
    return model


def _compile(model: Any, metadata: dict[str, Any]) -> None:
    settings = metadata.get("training_config")
    if not isinstance(settings, dict):
        warnings.warn(NOT_COMPILED, stacklevel=7)
        return
    settings = with_plain_names(settings, model.output_names)
    model.compile_from_config(configs.training_from_saved(settings))


def _build_optimizer(model: Any, found: Restoration) -> None:
    """Makes what the optimizer keeps for each weight, where the folder has values for it, which it then gets."""
    optimizer = getattr(model, "optimizer", None) if getattr(model, "compiled", False) else None
    number = found.nodes[0].children.get("optimizer")
    if optimizer is None or number is None or not hasattr(optimizer, "_trainable_variables"):
        return
    node = found.nodes[number]
    listed = node.children.get("_variables")
    if node.slots or (listed is not None and len(found.nodes[listed].children) > 1):
        optimizer.build(_trained(model, found, node.slots))


def _trained(model: Any, found: Restoration, slots: list[tuple[int, str, int]]) -> list[Variable]:
    """The weights in the order of the optimizer's state: that of the model that was saved, which need not be ours."""
    own = model.trainable_variables
    listed = found.nodes[0].children.get("trainable_variables")
    numbers = list(found.nodes[listed].children.values()) if listed is not None else [slot[0] for slot in slots]
    known = {identity(v): v for v in own}
    saved = [known.get(identity(found.objects.get(number))) for number in dict.fromkeys(numbers)]
    return saved if len(saved) == len(own) and None not in saved else own  # type: ignore[return-value]


__all__ = ["load_model", "load_weights", "restore"]
