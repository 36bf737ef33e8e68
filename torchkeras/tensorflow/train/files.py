"""The files of a checkpoint: PREFIX.index says what there is, PREFIX.data-00000-of-00001 holds the values.

The index is JSON; the values are a `torch.save` file of tensors and texts, read with `weights_only=True`: nothing in it
is run. A node of the object graph is {"children": {name: node}, "value": key, "state": key}.
"""

from __future__ import annotations

import json
import os
import zipfile
from typing import Any

import torch

from torchkeras.core.files import written_whole
from torchkeras.tensorflow.errors import DataLossError, NotFoundError

FORMAT = "torchkeras checkpoint"
VERSION = 1


def paths_of(prefix: str) -> tuple[str, str]:
    """The two files of a checkpoint."""
    return f"{prefix}.index", f"{prefix}.data-00000-of-00001"


def exists(prefix: str) -> bool:
    """Whether there is a checkpoint, or a file of weights, of this name."""
    return os.path.isfile(paths_of(prefix)[0]) or os.path.isfile(prefix)


def write(prefix: str, nodes: list[dict[str, Any]], values: dict[str, torch.Tensor], states: dict[str, Any]) -> None:
    """Writes both files."""
    folder = os.path.dirname(prefix)
    if folder:
        os.makedirs(folder, exist_ok=True)
    index, data = paths_of(prefix)
    entries = {
        key: {"shape": list(value.shape), "dtype": str(value.dtype).removeprefix("torch.")}
        for key, value in values.items()
    }
    with written_whole(data) as file:
        torch.save({"format": FORMAT, "values": values}, file)
    content = {"format": FORMAT, "version": VERSION, "entries": entries, "objects": nodes, "states": states}
    with written_whole(index) as file:
        file.write(json.dumps(content).encode())


def read(prefix: str) -> tuple[dict[str, Any], dict[str, torch.Tensor]]:
    """The index and the values. A file of weights alone is a checkpoint without an object graph."""
    index, data = paths_of(prefix)
    if not os.path.isfile(index):
        if os.path.isfile(prefix) and zipfile.is_zipfile(prefix):
            return _of_weights(prefix)
        raise NotFoundError(
            None, None, f"Unsuccessful TensorSliceReader constructor: Failed to find any matching files for {prefix}"
        )
    try:
        with open(index, encoding="utf-8") as file:
            content = json.load(file)
        if content.get("format") != FORMAT:
            raise ValueError("no checkpoint of this kind")
    except ValueError as error:
        raise DataLossError(
            None, None, f"{index} is no checkpoint that was written here; TensorFlow's own checkpoints are not read."
        ) from error
    if content["version"] > VERSION:
        raise DataLossError(None, None, f"{index} was written by a newer version (file version {content['version']}).")
    if not os.path.isfile(data):
        raise NotFoundError(None, None, f"{data} is missing: the checkpoint {prefix} is incomplete.")
    return content, _tensors(data)["values"]


def _tensors(path: str) -> dict[str, Any]:
    try:
        found = torch.load(path, map_location="cpu", weights_only=True)
    except Exception as error:
        raise DataLossError(
            None, None, f"Cannot read {path} ({type(error).__name__}): it is damaged, or holds more than tensors."
        ) from error
    if not isinstance(found, dict):
        raise DataLossError(None, None, f"Cannot read {path}: it holds a {type(found).__name__}.")
    return found


def _of_weights(path: str) -> tuple[dict[str, Any], dict[str, torch.Tensor]]:
    found = _tensors(path)
    if isinstance(found.get("weights"), dict):
        found = found["weights"]
    values = {key: value for key, value in found.items() if isinstance(value, torch.Tensor)}
    entries = {k: {"shape": list(v.shape), "dtype": str(v.dtype).removeprefix("torch.")} for k, v in values.items()}
    return {"format": FORMAT, "version": VERSION, "entries": entries, "objects": [], "states": {}}, values


__all__ = ["exists", "paths_of", "read", "write"]
