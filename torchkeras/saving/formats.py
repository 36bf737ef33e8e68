"""Which format a path is written in, by its ending, and read in, by its content."""

from __future__ import annotations

import os
import warnings

from torchkeras.saving.errors import UnreadableFile
from torchkeras.saving.format import Format
from torchkeras.saving.torch_format import TorchFormat

TORCH = TorchFormat()

#: In the order in which a file's content is looked at.
FORMATS: tuple[Format, ...] = (TORCH,)

#: The format of a whole model by the ending of its path, and of weights by theirs. Of two endings the longer counts.
MODEL_ENDINGS: dict[str, Format] = {".pt": TORCH, ".pth": TORCH, ".torch": TORCH}
WEIGHT_ENDINGS: dict[str, Format] = {".pt": TORCH, ".pth": TORCH, ".torch": TORCH}

#: The formats of paths with another ending, or none.
DEFAULT_MODEL: Format = TORCH
DEFAULT_WEIGHTS: Format = TORCH

#: By the names that `save_format` takes: for a whole model, for weights.
SAVE_FORMATS: dict[str, tuple[Format, Format]] = {"torch": (TORCH, TORCH), "pt": (TORCH, TORCH)}

#: Endings of formats that cannot be written yet, with what they are: such files get torch's content.
_NOT_YET = {
    ".h5": "Keras's HDF5 format",
    ".hdf5": "Keras's HDF5 format",
    ".keras": "Keras's .keras format",
}
_FOLDER = "TensorFlow's SavedModel, which is a folder,"
_told: set[str] = set()


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
    if not found.folder and (path.endswith(("/", os.sep)) or os.path.isdir(path)):
        raise IsADirectoryError(
            f"Cannot save to {path!r}: it is a directory, and {found.name} is one file. Add a name with the ending "
            f"{' or '.join(repr(e) for e, f in endings.items() if f is found)}."
        )
    _tell_not_yet(path, whole, save_format, found)
    return found


def _by_name(save_format: str, whole: bool) -> Format | None:
    both = SAVE_FORMATS.get(save_format.lower())
    if both is not None:
        return both[0 if whole else 1]
    if save_format.lower() not in ("h5", "hdf5", "keras", "tf", "tensorflow"):
        raise ValueError(
            f"Unknown `save_format`: {save_format!r}. Expected 'torch', or one of Keras's: 'h5', 'keras', 'tf'."
        )
    return None


def by_ending(path: str, endings: dict[str, Format]) -> Format | None:
    """The format that a path's ending asks for."""
    name = os.path.basename(path).lower()
    return next((endings[e] for e in sorted(endings, key=len, reverse=True) if name.endswith(e)), None)


def _tell_not_yet(path: str, whole: bool, save_format: str | None, chosen: Format) -> None:
    if chosen is not TORCH or by_ending(path, MODEL_ENDINGS) is TORCH or (save_format or "") in SAVE_FORMATS:
        return
    ending = os.path.splitext(path)[1].lower()
    foreign = _NOT_YET.get(f".{save_format}") or _NOT_YET.get(ending) or (_FOLDER if whole else None)
    if foreign is not None and foreign not in _told:
        _told.add(foreign)
        warnings.warn(
            f"{foreign} cannot be written yet: {path!r} gets torch's own format, which `load_model` and "
            f"`load_weights` read back, but Keras does not. To say so by the name, end it in '.pt', '.pth', '.torch'.",
            stacklevel=5,
        )


def format_of(path: str) -> Format:
    """The format of what is there."""
    for one in FORMATS:
        if one.recognises(path):
            return one
    if not os.path.exists(path):
        raise OSError(f"No file or directory found at {path}")
    raise UnreadableFile(f"Cannot read {path!r}: {_described(path)}.")


def _described(path: str) -> str:
    if os.path.isdir(path):
        saved = os.path.exists(os.path.join(path, "saved_model.pb"))
        return f"it is a folder{', a SavedModel of TensorFlow, which holds a TensorFlow graph' if saved else ''}"
    with open(path, "rb") as file:
        start = file.read(8)
    if not start:
        return "it is empty"
    if start == b"\x89HDF\r\n\x1a\n":
        return "it is a Keras HDF5 file, which cannot be read yet"
    if start.startswith(b"PK"):
        return "it is a zip archive, such as Keras 3's .keras, which cannot be read yet"
    return "it is in no known format"
