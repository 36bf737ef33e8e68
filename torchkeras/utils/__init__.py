"""keras.utils."""

import importlib
from typing import Any

from torchkeras.backend.dtypes import standardize_dtype
from torchkeras.backend.session import clear_session
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
from torchkeras.graph.keras_tensor import is_keras_tensor
from torchkeras.utils import experimental
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
from torchkeras.utils.source_inputs import get_source_inputs

CustomObjectScope = custom_object_scope

#: Functions that give tf.data's data sets. They stand above Keras, in the tf namespace, which is loaded for them.
OF_DATA = ("image_dataset_from_directory", "text_dataset_from_directory", "timeseries_dataset_from_array")


def __getattr__(name: str) -> Any:
    if name in OF_DATA:
        return getattr(importlib.import_module("torchkeras.tensorflow.data.for_keras"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


__all__ = [
    "CustomObjectScope",
    "Progbar",
    "PyDataset",
    "Sequence",
    "array_to_img",
    "clear_session",
    "custom_object_scope",
    "deserialize_keras_object",
    "disable_interactive_logging",
    "enable_interactive_logging",
    "experimental",
    "get_custom_objects",
    "get_file",
    "get_registered_name",
    "get_registered_object",
    "get_source_inputs",
    "img_to_array",
    "is_interactive_logging_enabled",
    "is_keras_tensor",
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
    "standardize_dtype",
    "to_categorical",
    "unpack_x_y_sample_weight",
]
