"""Which format a path is written in, by its ending, and read in, by its content."""

from __future__ import annotations

import os
import warnings

from torchkeras.saving.format import Format
from torchkeras.saving.torch_format import TorchFormat

TORCH = TorchFormat()
FORMATS: tuple[Format, ...] = (TORCH,)

#: The format that each ending asks for. A path with another ending, or none, is one of `DEFAULT`.
ENDINGS: dict[str, Format] = {".pt": TORCH, ".pth": TORCH, ".torch": TORCH}
DEFAULT = TORCH

#: Endings of formats that cannot be written yet, with what they are: such files get torch's content.
_NOT_YET = {
    ".h5": "Keras's HDF5 format",
    ".hdf5": "Keras's HDF5 format",
    ".keras": "Keras's .keras format",
}
_FOLDER = "TensorFlow's SavedModel, which is a folder,"
_SAVE_FORMATS = {"torch": TORCH, "pt": TORCH}
_told: set[str] = set()


def format_to_write(path: str, whole: bool, save_format: str | None = None) -> Format:
    """The format for a new file.

    Args:
        path: where to.
        whole: whether it is for a whole model, not for weights alone.
        save_format: as in Keras 2: 'h5', 'tf' or 'keras' where the ending does not tell; here 'torch' too.
    """
    if path.endswith(("/", os.sep)) or os.path.isdir(path):
        raise IsADirectoryError(
            f"Cannot save to {path!r}: it is a directory, and models are saved to one file. Add a name with the ending "
            f"'.pt', '.pth' or '.torch'."
        )
    if save_format is not None:
        save_format = save_format.lower()
        if save_format in _SAVE_FORMATS:
            return _SAVE_FORMATS[save_format]
        if save_format not in ("h5", "hdf5", "keras", "tf", "tensorflow"):
            raise ValueError(
                f"Unknown `save_format`: {save_format!r}. Expected 'torch', or one of Keras's: 'h5', 'keras', 'tf'."
            )
    ending = os.path.splitext(path)[1].lower()
    if ending in ENDINGS:
        return ENDINGS[ending]
    foreign = _NOT_YET.get(f".{save_format}") or _NOT_YET.get(ending) or (_FOLDER if whole else None)
    if foreign is not None and foreign not in _told:
        _told.add(foreign)
        warnings.warn(
            f"{foreign} cannot be written yet: {path!r} gets torch's own format, which `load_model` and "
            f"`load_weights` read back, but Keras does not. To say so by the name, end it in '.pt', '.pth', '.torch'.",
            stacklevel=4,
        )
    return DEFAULT


def format_of(path: str) -> Format:
    """The format of a file that is there."""
    if not os.path.exists(path):
        raise OSError(f"No file or directory found at {path}")
    for one in FORMATS:
        if os.path.isfile(path) and one.recognises(path):
            return one
    raise ValueError(f"Cannot read {path!r}: {_described(path)}. What can be read is a file that `save` wrote here.")


def _described(path: str) -> str:
    if os.path.isdir(path):
        saved = os.path.exists(os.path.join(path, "saved_model.pb"))
        return f"it is a folder{', a SavedModel of TensorFlow, which holds a TensorFlow graph' if saved else ''}"
    with open(path, "rb") as file:
        start = file.read(8)
    if start == b"\x89HDF\r\n\x1a\n":
        return "it is a Keras HDF5 file, which cannot be read yet"
    if start.startswith(b"PK"):
        return "it is a zip archive, such as Keras 3's .keras, which cannot be read yet"
    return "it is in no known format"
