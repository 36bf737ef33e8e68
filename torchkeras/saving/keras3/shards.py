"""`.weights.json`: the values of a large model in several HDF5 files, and a list of which has what.

The list `m.weights.json` has a `weight_map` from the group of each layer's values to the names of the files that have
some of them, `m_00000.weights.h5` and so on, which lie beside it.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

from torchkeras.saving.containers.hdf5 import Dataset, Group, open_hdf5
from torchkeras.saving.errors import MissingFile, UnreadableFile, UnsafeFile
from torchkeras.saving.format import WeightsFormat
from torchkeras.saving.keras3.loading_state import check_can_load, plan
from torchkeras.saving.keras3.saving_state import write_values
from torchkeras.saving.keras3.shard_writing import MOST_SHARDS, is_shard, new_shards, shard_names, stem_of
from torchkeras.saving.keras3.weights_format import walks_of
from torchkeras.saving.reading import reading

_MOST_JSON = 1 << 27
_MARK = b'"weight_map"'


class ShardedWeights(WeightsFormat):
    """Files of weights by Keras 3.10 and later, `save_weights(path, max_shard_size=…)`.

    Args:
        max_shard_size: how large each file may become, in GB; None where nothing is written.
    """

    name = "Keras's sharded .weights.json format"

    def __init__(self, max_shard_size: float | None = None) -> None:
        self.max_shard_size = max_shard_size

    def recognises(self, path: str) -> bool:
        if not path.endswith(".json") or not os.path.isfile(path):
            return False
        with open(path, "rb") as file:
            return path.endswith("weights.json") or _MARK in file.read(1 << 12)

    def save_weights(self, model: Any, path: str) -> None:
        size = self.max_shard_size
        if size is None:
            raise ValueError(
                f"Cannot write {path!r}: it is a list of several files of weights. Pass `max_shard_size`, which is "
                f"how large each may become, in GB; or end the name in '.weights.h5' for one file of any size."
            )
        if isinstance(size, bool) or not isinstance(size, (int, float)) or not size > 0:
            raise ValueError(f"`max_shard_size` should be a number of GB above 0. Received: {size!r}")
        with new_shards(path, size * 1024**3) as shards:
            write_values(model, shards)

    def load_weights(self, model: Any, path: str, by_name: bool, skip_mismatch: bool) -> None:
        check_can_load(model, path, by_name)
        with _open_shards(path) as shards, reading(path):
            plan(model, shards, walks_of(shards)).carry_out(path, None, skip_mismatch)


@contextmanager
def _open_shards(path: str) -> Iterator[Any]:
    """All shards as one file. Only files beside the list are opened, by names made from its own."""
    listed = _listed(path)
    for name in listed:
        if not is_shard(name, path):
            raise UnsafeFile(
                f"Cannot read {path!r}: it names the file {name!r}. Its shards are called "
                f"'{stem_of(path)}_00000.weights.h5' and so on and lie beside it; no other file is opened."
            )
    with ExitStack() as stack:
        groups = []
        for name in listed:
            shard = os.path.join(os.path.dirname(path), name)
            if not os.path.isfile(shard):
                raise MissingFile(f"Cannot read {path!r}: the shard {name!r} is missing beside it.")
            groups.append(stack.enter_context(open_hdf5(shard)))
        yield _Merged(groups)


def _listed(path: str) -> list[str]:
    """The names of the shards."""
    try:
        with open(path, "rb") as file:
            names = shard_names(json.loads(file.read(_MOST_JSON)))
    except (ValueError, RecursionError, TypeError) as error:
        raise UnreadableFile(f"Cannot read {path!r}: it is no list of sharded weights ({error}).") from None
    found = sorted({name for some in names.values() for name in some})
    if len(found) > MOST_SHARDS:
        raise UnsafeFile(f"Cannot read {path!r}: it names {len(found)} files; at most {MOST_SHARDS} are opened.")
    return found


class _Merged:
    """Groups of several files as one; a layer's values may be spread over them."""

    def __init__(self, groups: list[Group]) -> None:
        self._groups = groups

    def names(self) -> list[str]:
        return list(dict.fromkeys(name for group in self._groups for name in group.names()))

    def is_group(self, path: str) -> bool:
        return any(group.is_group(path) for group in self._groups)

    def group(self, path: str) -> _Merged:
        return _Merged([group.group(path) for group in self._groups if group.is_group(path)])

    def dataset(self, path: str) -> Dataset:
        return next(group for group in self._groups if group.has(path)).dataset(path)

    def attribute(self, name: str, default: Any = None) -> Any:
        return next((value for group in self._groups if (value := group.attribute(name)) is not None), default)
