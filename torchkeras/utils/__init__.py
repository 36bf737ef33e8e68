"""keras.utils."""

from torchkeras.core.registry import (
    custom_object_scope,
    get_custom_objects,
    get_registered_name,
    get_registered_object,
    register_keras_serializable,
)
from torchkeras.core.registry import deserialize as deserialize_keras_object
from torchkeras.core.registry import serialize as serialize_keras_object
from torchkeras.core.seeds import set_random_seed
from torchkeras.data.feed import pack_x_y_sample_weight, unpack_x_y_sample_weight
from torchkeras.data.sequence import PyDataset, Sequence
from torchkeras.utils.messages import (
    disable_interactive_logging,
    enable_interactive_logging,
    is_interactive_logging_enabled,
)
from torchkeras.utils.numeric import normalize, to_categorical
from torchkeras.utils.progbar import Progbar

CustomObjectScope = custom_object_scope

__all__ = [
    "CustomObjectScope",
    "Progbar",
    "PyDataset",
    "Sequence",
    "custom_object_scope",
    "deserialize_keras_object",
    "disable_interactive_logging",
    "enable_interactive_logging",
    "get_custom_objects",
    "get_registered_name",
    "get_registered_object",
    "is_interactive_logging_enabled",
    "normalize",
    "pack_x_y_sample_weight",
    "register_keras_serializable",
    "serialize_keras_object",
    "set_random_seed",
    "to_categorical",
    "unpack_x_y_sample_weight",
]
