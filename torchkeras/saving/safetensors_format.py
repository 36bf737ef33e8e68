"""safetensors: a header in JSON and the values after it, for weights alone; the keys are those of `state_dict`.

The library of that name (the extra `safetensors`) reads and writes it: it holds the offsets in the header against the
size of the file and maps the values into memory, so that nothing is read twice or allocated on the header's word.
"""

from __future__ import annotations

import json
import os
import struct
from typing import Any

from torch import Tensor

from torchkeras.core.files import renamed_when_whole
from torchkeras.saving import state_dict
from torchkeras.saving.errors import UnreadableFile
from torchkeras.saving.format import WeightsFormat
from torchkeras.saving.reading import reading

#: A header of more bytes belongs to no model: each of its entries is some 100 bytes long.
_LONGEST_HEADER = 100_000_000
#: The entry of the metadata that has the keys in the model's order.
_KEYS = "keys"


class SafetensorsFormat(WeightsFormat):
    """Files of safetensors."""

    name = "safetensors"

    def recognises(self, path: str) -> bool:
        if not os.path.isfile(path):
            return False
        with open(path, "rb") as file:
            start = file.read(9)
        length = struct.unpack("<Q", start[:8])[0] if len(start) == 9 else 0
        return start[8:] == b"{" and 2 <= length <= os.path.getsize(path) - 8

    def save_weights(self, model: Any, path: str) -> None:
        safetensors = _library(path)
        tensors, names = _distinct(state_dict.of_model(model))
        with renamed_when_whole(path) as unfinished:
            # 'pt' says that the tensors are torch's; names are those of tied weights.
            metadata = {"format": "pt", _KEYS: json.dumps(list(tensors))} | names
            safetensors.torch.save_file(tensors, unfinished, metadata)

    def load_weights(self, model: Any, path: str, by_name: bool, skip_mismatch: bool) -> None:
        safetensors = _library(path)
        with open(path, "rb") as file:
            (length,) = struct.unpack("<Q", file.read(8).ljust(8, b"\xff"))
        if length > _LONGEST_HEADER:
            raise UnreadableFile(f"Cannot read {path!r}: it says that its header has {length} bytes.")
        with reading(path):
            try:
                file = safetensors.safe_open(path, framework="pt")
            except (safetensors.SafetensorError, OSError) as error:
                raise UnreadableFile(f"Cannot read {path!r}: it is damaged ({error}).") from None
            with file:
                metadata = file.metadata() or {}
                tensors = {key: file.get_tensor(key) for key in _order(file.keys(), metadata)}
                for name, kept in metadata.items():
                    if kept in tensors:
                        tensors.setdefault(name, tensors[kept])
                state_dict.put(model, tensors, path, by_name, skip_mismatch)


def _order(keys: list[str], metadata: dict[str, str]) -> list[str]:
    """The keys in the model's order, where the file tells: it has them by type and name itself."""
    try:
        listed = json.loads(metadata.get(_KEYS, "[]"))
    except (ValueError, RecursionError):
        listed = []
    known = isinstance(listed, list) and all(isinstance(key, str) for key in listed)
    return listed if known and sorted(listed) == sorted(keys) else list(keys)


def _distinct(state: dict[str, Any]) -> tuple[dict[str, Tensor], dict[str, str]]:
    """The values, each once, and for further keys of the same value the key that is kept."""
    kept: dict[tuple[int, tuple[int, ...]], str] = {}
    names: dict[str, str] = {}
    tensors: dict[str, Tensor] = {}
    for key, value in state.items():
        if not isinstance(value, Tensor):
            raise ValueError(f"Cannot save {key!r} to a safetensors file: it is no tensor, but {type(value).__name__}.")
        first = kept.setdefault((value.data_ptr(), tuple(value.shape)), key) if value.numel() else key
        if first is key:
            tensors[key] = value.contiguous()
        else:
            names[key] = first
    return tensors, names


def _library(path: str) -> Any:
    try:
        import safetensors
        import safetensors.torch
    except ImportError:
        raise ImportError(
            f"{path!r} is a safetensors file, which needs the library of that name: `pip install safetensors`."
        ) from None
    return safetensors
