"""What a SavedModel says of its model: the JSON of its root object."""

from __future__ import annotations

import json
from typing import Any

from torchkeras.records.wire import DecodeError
from torchkeras.saving.errors import UnreadableFile
from torchkeras.saving.saved_model.folder import METADATA, Folder
from torchkeras.saving.saved_model.graph_file import GraphFile
from torchkeras.saving.saved_model.messages import SavedMetadata
from torchkeras.saving.saved_model.specs import shape_of

SEQUENTIAL, NETWORK, MODEL_KIND, LAYER = (
    "_tf_keras_sequential", "_tf_keras_network", "_tf_keras_model", "_tf_keras_layer",
)  # fmt: skip
INPUT, RNN = "_tf_keras_input_layer", "_tf_keras_rnn_layer"
_LAYERS = (SEQUENTIAL, NETWORK, MODEL_KIND, LAYER, RNN)
_NEWEST = 2


def root_metadata(folder: Folder) -> tuple[str, dict[str, Any]]:
    """The kind of the root object, and its description."""
    kind, text = _texts(folder).get(0, ("", ""))
    if kind not in _LAYERS or not text:
        raise UnreadableFile(
            f"Cannot make a model of {folder.path!r}: it is a SavedModel without Keras's description of one, as "
            f"`tf.saved_model.save` or `model.export` write it. What it holds is TensorFlow's graph, which cannot run "
            f"here: save the model with `model.save(...)`."
        )
    found = _parsed(text, folder)
    if not isinstance(found.get("class_name"), str):
        raise UnreadableFile(f"Cannot read {folder.path!r}: its description of the model names no class.")
    return kind, found


def shapes_of_layers(folder: Folder) -> dict[int, Any]:
    """What each layer was built with, by the number of its object, where that is known."""
    shapes = {}
    for number, (kind, text) in _texts(folder).items():
        if kind in _LAYERS and text:
            shape = shape_of(_parsed(text, folder).get("build_input_shape"))
            if shape is not None:
                shapes[number] = shape
    return shapes


def _texts(folder: Folder) -> dict[int, tuple[str, str]]:
    """By the number of the object its kind and its description, not yet parsed."""
    if not folder.has(METADATA):
        file = GraphFile(folder.graph(), folder.path)
        objects = ((number, file.node(number).user_object) for number in range(len(file)))
        return {number: (one.identifier, one.metadata) for number, one in objects if one.metadata}
    try:
        nodes = SavedMetadata.FromString(folder.metadata()).nodes
    except DecodeError as error:
        raise UnreadableFile(f"Cannot read {folder.path!r}: its {METADATA} is damaged ({error}).") from None
    for node in nodes:
        if node.version.min_consumer > _NEWEST:
            raise UnreadableFile(
                f"Cannot read {folder.path!r}: it was written by a newer Keras (version {node.version.min_consumer} "
                f"of its "
                f"description, {_NEWEST} is known)."
            )
    return {node.node_id: (node.identifier, node.metadata) for node in nodes}


def _parsed(text: str, folder: Folder) -> dict[str, Any]:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise UnreadableFile(
            f"Cannot read {folder.path!r}: its description of the model is no JSON ({error})."
        ) from None
    if not isinstance(found, dict):
        raise UnreadableFile(f"Cannot read {folder.path!r}: its description of the model is a {type(found).__name__}.")
    return found


__all__ = [
    "INPUT",
    "LAYER",
    "MODEL_KIND",
    "NETWORK",
    "RNN",
    "SEQUENTIAL",
    "root_metadata",
    "shapes_of_layers",
]
