"""Looking into checkpoints: the latest of a folder, what one holds, single values."""

from __future__ import annotations

import os
from typing import Any

import numpy as np
import torch

from torchkeras.saving import checkpoint_state
from torchkeras.tensorflow import dtypes
from torchkeras.tensorflow.errors import NotFoundError
from torchkeras.tensorflow.train import files

_GRAPH = "_CHECKPOINTABLE_OBJECT_GRAPH"


def latest_checkpoint(checkpoint_dir: str | os.PathLike[str], latest_filename: str | None = None) -> str | None:
    """The path of the latest checkpoint of a folder, None where there is none."""
    found = checkpoint_state.read(os.fspath(checkpoint_dir), latest_filename)
    return found.model_checkpoint_path if found is not None and files.exists(found.model_checkpoint_path) else None


def get_checkpoint_state(
    checkpoint_dir: str | os.PathLike[str], latest_filename: str | None = None
) -> checkpoint_state.CheckpointState | None:
    """What the file `checkpoint` of a folder says."""
    return checkpoint_state.read(os.fspath(checkpoint_dir), latest_filename)


class CheckpointReader:
    """The values of a checkpoint by their keys.

    Args:
        prefix: its path without the endings.
    """

    def __init__(self, prefix: str) -> None:
        self._index, self._values = files.read(prefix)

    def get_variable_to_shape_map(self) -> dict[str, list[int]]:
        """The shapes by key."""
        return {_GRAPH: []} | {key: list(entry["shape"]) for key, entry in self._index["entries"].items()}

    def get_variable_to_dtype_map(self) -> dict[str, dtypes.DType]:
        """The dtypes by key."""
        found = {key: dtypes.as_dtype(entry["dtype"]) for key, entry in self._index["entries"].items()}
        return {_GRAPH: dtypes.string} | found

    def has_tensor(self, tensor_str: str) -> bool:
        return tensor_str == _GRAPH or tensor_str in self._values

    def get_tensor(self, tensor_str: str) -> Any:
        """A value as an array."""
        if tensor_str == _GRAPH:
            return repr(self._index["objects"]).encode()
        if tensor_str not in self._values:
            raise NotFoundError(None, None, f"Key {tensor_str} not found in checkpoint")
        value = self._values[tensor_str]
        array = (value.float() if value.dtype is torch.bfloat16 else value).numpy()
        return np.array(array)[()]


def load_checkpoint(ckpt_dir_or_file: str | os.PathLike[str]) -> CheckpointReader:
    """A reader of a checkpoint, or of the latest of a folder."""
    return CheckpointReader(_prefix(ckpt_dir_or_file))


def _prefix(ckpt_dir_or_file: str | os.PathLike[str]) -> str:
    path = os.fspath(ckpt_dir_or_file)
    if os.path.isdir(path):
        latest = latest_checkpoint(path)
        if latest is None:
            raise ValueError(f"Couldn't find 'checkpoint' file or checkpoints in given directory {path}")
        return latest
    return path


def list_variables(ckpt_dir_or_file: str | os.PathLike[str]) -> list[tuple[str, list[int]]]:
    """The keys and shapes of a checkpoint, by key."""
    return sorted(load_checkpoint(ckpt_dir_or_file).get_variable_to_shape_map().items())


def load_variable(ckpt_dir_or_file: str | os.PathLike[str], name: str) -> Any:
    """A value of a checkpoint as an array."""
    return load_checkpoint(ckpt_dir_or_file).get_tensor(name.removesuffix(":0"))


__all__ = [
    "CheckpointReader", "get_checkpoint_state", "latest_checkpoint", "list_variables", "load_checkpoint",
    "load_variable",
]  # fmt: skip
