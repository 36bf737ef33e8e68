"""`.weights.json`: the values of a large model in several HDF5 files, and a list of which has what."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

from torchkeras.saving.containers.hdf5 import Dataset, Group, open_hdf5
from torchkeras.saving.errors import UnreadableFile, UnsafeFile
from torchkeras.saving.format import Format
from torchkeras.saving.keras3.loading_state import check_built, plan
from torchkeras.saving.keras3.weights_format import walks_of
from torchkeras.saving.reading import reading

_MOST_JSON = 1 << 27
_MOST_SHARDS = 1000


class ShardedWeights(Format):
    """Files of weights by Keras 3.10 and later, `save_weights(path, max_shard_size=…)`; read, not written."""

    name = "Keras's sharded .weights.json format"
    whole_models = False

    def recognises(self, path: str) -> bool:
        return path.endswith(".json") and os.path.isfile(path)

    def save_model(self, model: Any, path: str, include_optimizer: bool) -> None:
        raise ValueError(f"Cannot save a whole model to {path!r}: end the name in '.keras' or '.h5'.")

    def load_model(self, path: str, custom_objects: dict[str, Any] | None, compile: bool) -> Any:
        raise UnreadableFile(
            f"{path!r} holds weights alone, not a whole model: make the model first, then call its "
            f"`load_weights({path!r})`."
        )

    def save_weights(self, model: Any, path: str) -> None:
        raise ValueError(
            f"Cannot write {path!r}: sharded weights are read, not written. End the name in '.weights.h5'; one "
            f"file may have any size."
        )

    def load_weights(self, model: Any, path: str, by_name: bool, skip_mismatch: bool) -> None:
        if by_name:
            raise ValueError(f"`by_name` only supports loading legacy '.h5' or '.hdf5' files. Received: {path}")
        check_built(model, path)
        with _open_shards(path) as shards, reading(path):
            plan(model, shards, walks_of(shards)).carry_out(path, None, skip_mismatch)


@contextmanager
def _open_shards(path: str) -> Iterator[Any]:
    """All shards as one file. Only files beside the list are opened, by names made from its own."""
    listed = _listed(path)
    base = os.path.basename(path).removesuffix(".json").removesuffix(".weights")
    allowed = re.compile(re.escape(base) + r"_\d{5,}\.weights\.h5")
    for name in listed:
        if not allowed.fullmatch(name):
            raise UnsafeFile(
                f"Cannot read {path!r}: it names the file {name!r}. Its shards are called '{base}_00000.weights.h5' "
                f"and so on and lie beside it; no other file is opened."
            )
    with ExitStack() as stack:
        groups = []
        for name in listed:
            shard = os.path.join(os.path.dirname(path), name)
            if not os.path.isfile(shard):
                raise UnreadableFile(f"Cannot read {path!r}: the shard {name!r} is missing beside it.")
            groups.append(stack.enter_context(open_hdf5(shard)))
        yield _Merged(groups)


def _listed(path: str) -> list[str]:
    """The names of the shards."""
    try:
        with open(path, "rb") as file:
            content = json.loads(file.read(_MOST_JSON))
        places = content["weight_map"].values()
        names = [name for place in places for name in (place if isinstance(place, list) else [place])]
        if not all(isinstance(name, str) for name in names):
            raise TypeError("a name in its 'weight_map' is no text")
    except (ValueError, RecursionError, KeyError, TypeError, AttributeError) as error:
        raise UnreadableFile(f"Cannot read {path!r}: it is no list of sharded weights ({error}).") from None
    found = sorted(set(names))
    if len(found) > _MOST_SHARDS:
        raise UnsafeFile(f"Cannot read {path!r}: it names {len(found)} files; at most {_MOST_SHARDS} are opened.")
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
