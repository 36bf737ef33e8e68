"""Which format a path is written in, by its ending, and read in, by its content."""

from __future__ import annotations

import os

from torchkeras.saving.checkpoint.checkpoint_format import CheckpointFormat
from torchkeras.saving.errors import MissingFile, UnreadableFile
from torchkeras.saving.format import Format
from torchkeras.saving.keras2 import Keras2Format
from torchkeras.saving.keras3 import Keras3Weights, KerasFolder, KerasFormat, ShardedWeights
from torchkeras.saving.safetensors_format import SafetensorsFormat
from torchkeras.saving.saved_model.saved_model_format import SavedModelFormat
from torchkeras.saving.torch_format import TorchFormat

TORCH = TorchFormat()
SAFETENSORS = SafetensorsFormat()
KERAS = KerasFormat()
KERAS_FOLDER = KerasFolder()
KERAS3_WEIGHTS = Keras3Weights()
SHARDED = ShardedWeights()
HDF5 = Keras2Format()
CHECKPOINT = CheckpointFormat()
SAVED_MODEL = SavedModelFormat()

#: In the order in which a file's content is looked at.
FORMATS: tuple[Format, ...] = (
    TORCH,
    SAFETENSORS,
    KERAS,
    KERAS3_WEIGHTS,
    SHARDED,
    HDF5,
    CHECKPOINT,
    SAVED_MODEL,
    KERAS_FOLDER,
)

#: The format of a whole model by the ending of its path, and of weights by theirs. Of two endings the longer counts.
MODEL_ENDINGS: dict[str, Format] = {".pt": TORCH, ".pth": TORCH, ".torch": TORCH, ".safetensors": SAFETENSORS}
WEIGHT_ENDINGS: dict[str, Format] = {".pt": TORCH, ".pth": TORCH, ".torch": TORCH, ".safetensors": SAFETENSORS}
MODEL_ENDINGS |= {".keras": KERAS, ".h5": HDF5, ".hdf5": HDF5}
WEIGHT_ENDINGS |= {".weights.h5": KERAS3_WEIGHTS, ".weights.json": SHARDED, ".keras": HDF5, ".h5": HDF5, ".hdf5": HDF5}
WEIGHT_ENDINGS |= {".ckpt": CHECKPOINT, ".tf": CHECKPOINT}

#: The formats of paths with another ending, or none.
DEFAULT_MODEL: Format = SAVED_MODEL
DEFAULT_WEIGHTS: Format = CHECKPOINT

#: By the names that `save_format` takes: for a whole model, for weights.
SAVE_FORMATS: dict[str, tuple[Format, Format]] = {
    "torch": (TORCH, TORCH),
    "pt": (TORCH, TORCH),
    "tf": (SAVED_MODEL, CHECKPOINT),
    "tensorflow": (SAVED_MODEL, CHECKPOINT),
    "keras": (KERAS, KERAS3_WEIGHTS),
    "h5": (HDF5, HDF5),
    "hdf5": (HDF5, HDF5),
}


def format_to_write(path: str, whole: bool, save_format: str | None = None) -> Format:
    """The format for a new file.

    Args:
        path: where to.
        whole: whether it is for a whole model, not for weights alone.
        save_format: as in Keras 2: 'h5', 'tf' or 'keras' where the ending does not tell; here 'torch' too.
    """
    endings, default = (MODEL_ENDINGS, DEFAULT_MODEL) if whole else (WEIGHT_ENDINGS, DEFAULT_WEIGHTS)
    found = _by_name(save_format, whole) if save_format is not None else None
    found = found or by_ending(path, endings) or default
    one_file = not (found.folder or found.prefix)
    if one_file and (path.endswith(("/", os.sep)) or os.path.isdir(path)):
        known = [repr(ending) for ending, one in endings.items() if one is found]
        raise IsADirectoryError(
            f"Cannot save to {path!r}: it is a directory, and {found.name} is one file. Add a name with the ending "
            f"{' or '.join(known)}."
        )
    return found


def _by_name(save_format: str, whole: bool) -> Format:
    both = SAVE_FORMATS.get(save_format.lower())
    if both is None:
        raise ValueError(
            f"Unknown `save_format`: {save_format!r}. Expected 'torch', or one of Keras's: 'h5', 'keras', 'tf'."
        )
    return both[0 if whole else 1]


def by_ending(path: str, endings: dict[str, Format]) -> Format | None:
    """The format that a path's ending asks for."""
    name = os.path.basename(path).lower()
    return next((endings[e] for e in sorted(endings, key=len, reverse=True) if name.endswith(e)), None)


def format_of(path: str) -> Format:
    """The format of what is there."""
    for one in FORMATS:
        if one.recognises(path):
            return one
    if not os.path.exists(path):
        raise MissingFile(f"No file or directory found at {path}")
    raise UnreadableFile(f"Cannot read {path!r}: {_described(path)}.")


def _described(path: str) -> str:
    if os.path.isdir(path):
        return (
            "it is a folder, and no SavedModel: it has neither 'saved_model.pb' nor 'keras_metadata.pb'; nor "
            "'config.json' and 'model.weights.h5', which Keras 3 writes into a folder"
        )
    with open(path, "rb") as file:
        start = file.read(100)
    if start.lstrip().startswith(b"{"):
        return "it is JSON: `keras.models.model_from_json` makes a model of the text of `to_json`, without weights"
    return "it is in no known format" if start else "it is empty"
