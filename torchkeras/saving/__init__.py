"""Models and weights in files, in the format that a path's ending chooses."""

from torchkeras.core.registry import (
    custom_object_scope,
    get_custom_objects,
    get_registered_name,
    get_registered_object,
    register_keras_serializable,
)
from torchkeras.core.registry import deserialize as deserialize_keras_object
from torchkeras.core.registry import serialize as serialize_keras_object
from torchkeras.saving.keras3 import KerasFileEditor
from torchkeras.saving.whole_model import load_model, load_weights, save_model, save_weights

CustomObjectScope = custom_object_scope

__all__ = [
    "CustomObjectScope",
    "KerasFileEditor",
    "custom_object_scope",
    "deserialize_keras_object",
    "get_custom_objects",
    "get_registered_name",
    "get_registered_object",
    "load_model",
    "load_weights",
    "register_keras_serializable",
    "save_model",
    "save_weights",
    "serialize_keras_object",
]
