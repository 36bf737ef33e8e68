"""Looking into checkpoints: the latest of a folder, what one holds, single values."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from torchkeras.saving import checkpoint_state
from torchkeras.saving.containers.bundle import is_bundle, open_bundle
from torchkeras.saving.errors import UnreadableFile
from torchkeras.tensorflow import dtypes
from torchkeras.tensorflow.errors import DataLossError, NotFoundError


@contextmanager
def op_errors(prefix: str, context: str = "") -> Iterator[None]:
    """A block that reads a checkpoint: what is wrong with its files becomes an error of TensorFlow's.

    Args:
        prefix: of the checkpoint.
        context: how the message begins where there is none.
    """
    try:
        yield
    except UnreadableFile as error:
        raise DataLossError(None, None, str(error)) from error
    except FileNotFoundError as error:
        raise NotFoundError(
            None,
            None,
            f"{context}Unsuccessful TensorSliceReader constructor: Failed to find any matching files for {prefix}",
        ) from error


def latest_checkpoint(checkpoint_dir: str | os.PathLike[str], latest_filename: str | None = None) -> str | None:
    """The path of the latest checkpoint of a folder, None where there is none."""
    found = checkpoint_state.read(os.fspath(checkpoint_dir), latest_filename)
    return found.model_checkpoint_path if found is not None and is_bundle(found.model_checkpoint_path) else None


def get_checkpoint_state(
    checkpoint_dir: str | os.PathLike[str], latest_filename: str | None = None
) -> checkpoint_state.CheckpointState | None:
    """What the file `checkpoint` of a folder says."""
    return checkpoint_state.read(os.fspath(checkpoint_dir), latest_filename)


class CheckpointReader:
    """The values of a checkpoint by their keys; of one of TensorFlow 1, by the names of its variables.

    Args:
        prefix: its path without the endings.
    """

    def __init__(self, prefix: str) -> None:
        self._prefix = prefix
        with op_errors(prefix), open_bundle(prefix) as bundle:
            self._entries = {key: bundle.entry(key) for key in bundle}

    def get_variable_to_shape_map(self) -> dict[str, list[int]]:
        """The shapes by key."""
        return {key: list(entry.shape) for key, entry in self._entries.items()}

    def get_variable_to_dtype_map(self) -> dict[str, dtypes.DType]:
        """The dtypes by key."""
        return {key: dtypes.as_dtype(entry.dtype) for key, entry in self._entries.items()}

    def has_tensor(self, tensor_str: str) -> bool:
        return tensor_str in self._entries

    def get_tensor(self, tensor_str: str) -> Any:
        """A value as an array; bfloat16 as float32, texts as bytes."""
        if tensor_str not in self._entries:
            raise NotFoundError(None, None, f"Key {tensor_str} not found in checkpoint")
        with op_errors(self._prefix), open_bundle(self._prefix) as bundle:
            return bundle.read(tensor_str)[()]


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
