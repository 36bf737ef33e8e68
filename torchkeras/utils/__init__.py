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
from torchkeras.utils.get_file import get_file
from torchkeras.utils.images import array_to_img, img_to_array, load_img, save_img
from torchkeras.utils.messages import (
    disable_interactive_logging,
    enable_interactive_logging,
    is_interactive_logging_enabled,
)
from torchkeras.utils.numeric import normalize, to_categorical
from torchkeras.utils.pad_sequences import pad_sequences
from torchkeras.utils.plotting.plot_model import model_to_dot, plot_model
from torchkeras.utils.progbar import Progbar

CustomObjectScope = custom_object_scope

__all__ = [
    "CustomObjectScope",
    "Progbar",
    "PyDataset",
    "Sequence",
    "array_to_img",
    "custom_object_scope",
    "deserialize_keras_object",
    "disable_interactive_logging",
    "enable_interactive_logging",
    "get_custom_objects",
    "get_file",
    "get_registered_name",
    "get_registered_object",
    "img_to_array",
    "is_interactive_logging_enabled",
    "load_img",
    "model_to_dot",
    "normalize",
    "pack_x_y_sample_weight",
    "pad_sequences",
    "plot_model",
    "register_keras_serializable",
    "save_img",
    "serialize_keras_object",
    "set_random_seed",
    "to_categorical",
    "unpack_x_y_sample_weight",
]
