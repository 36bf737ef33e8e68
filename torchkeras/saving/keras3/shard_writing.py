"""Values into several HDF5 files, none larger than asked, and the list of them, so that a reader never meets half."""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from types import TracebackType
from typing import Any

import numpy as np

from torchkeras.core.files import renamed_when_whole, written_whole
from torchkeras.saving.containers.hdf5 import GroupWriter, new_hdf5

#: As many files are open at once when such weights are read.
MOST_SHARDS = 1000


def stem_of(path: str) -> str:
    """What the names of the shards of a list begin with: 'm' for 'm.weights.json'."""
    return os.path.basename(path).removesuffix(".json").removesuffix(".weights")


def is_shard(name: str, path: str) -> bool:
    """Whether a file is called as the shards of a list are, 'm_00000.weights.h5', so that it lies beside it."""
    return re.fullmatch(re.escape(stem_of(path)) + r"_\d{5,}\.weights\.h5", name) is not None


def shard_names(content: Any) -> dict[str, list[str]]:
    """The names of the files that have values of each group, as a list says; a TypeError where it is none."""
    if not isinstance(content, dict) or not isinstance(content.get("weight_map"), dict):
        raise TypeError("it has no dict 'weight_map'")
    found = {key: names if isinstance(names, list) else [names] for key, names in content["weight_map"].items()}
    if not all(isinstance(name, str) for names in found.values() for name in names):
        raise TypeError("a name in its 'weight_map' is no text")
    return found


@contextmanager
def new_shards(path: str, largest: float) -> Iterator[Any]:
    """The root group of what will lie in several files, which replace those of `path` once the block has ended.

    An interruption at any moment leaves the old ones or the new ones, whole.

    Args:
        path: of the list.
        largest: how many bytes of values each file may have.
    """
    with written_whole(path) as listing, ExitStack() as whole, _Shards(path, largest, whole) as shards:
        yield _Spread(shards, "")
        shards.finish()
        listing.write(json.dumps(shards.listed(), indent=4).encode())
        unneeded = _put_aside(path, shards.names)
    for name in unneeded:
        os.remove(name)


class _Shards:
    """The files, of which the last one is being written.

    Args:
        path: of the list.
        largest: how many bytes of values each may have.
        whole: what gives all files their names when it ends without an error.
    """

    def __init__(self, path: str, largest: float, whole: ExitStack) -> None:
        self.names: list[str] = []
        self._path, self._largest, self._whole = path, largest, whole
        self._size = self._total = 0
        self._map: dict[str, list[str]] = {}
        self._open = ExitStack()
        self.root = self._next()  # Keras looks for the first one even where there are no values

    def __enter__(self) -> _Shards:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._open.__exit__(kind, error, trace)

    def finish(self) -> None:
        """Ends the file that is being written."""
        self._open.close()

    def _next(self) -> GroupWriter:
        if len(self.names) == MOST_SHARDS:
            raise ValueError(
                f"Cannot write {self._path!r}: its values would need more than {MOST_SHARDS} files. Raise "
                f"`max_shard_size`."
            )
        self.finish()
        name = f"{stem_of(self._path)}_{len(self.names):05d}.weights.h5"
        unfinished = self._whole.enter_context(renamed_when_whole(os.path.join(os.path.dirname(self._path), name)))
        self.names.append(name)
        self._size = 0
        return self._open.enter_context(new_hdf5(self._open.enter_context(open(unfinished, "w+b"))))

    def make_room(self, group: str, name: str, size: int) -> None:
        """Goes on to the next file where the present one has no room for a value, and notes which one has it.

        Args:
            group: the path of the value's group.
            name: the value's in it.
            size: its bytes.
        """
        if size > self._largest:
            raise ValueError(
                f"Cannot write {self._path!r}: the value {name!r} of {group!r} has {size} bytes, which exceeds the "
                f"maximum shard size of {self._largest:.0f}. Raise `max_shard_size`, which is in GB."
            )
        if self._size + size > self._largest:
            self.root = self._next()
        self._size += size
        self._total += size
        names = self._map.setdefault(group, [])
        if self.names[-1] not in names:
            names.append(self.names[-1])

    def listed(self) -> dict[str, Any]:
        """What the list says."""
        return {"metadata": {"total_size": float(self._total)}, "weight_map": self._map}


class _Spread:
    """A group as `GroupWriter` is one; its values go into whichever file has room."""

    def __init__(self, shards: _Shards, path: str) -> None:
        self._shards, self._path = shards, path
        self._values: set[str] = set()

    def group(self, path: str) -> _Spread:
        return _Spread(self._shards, f"{self._path}/{path}")

    def attribute(self, name: str, value: Any) -> None:
        self._here().attribute(name, value)

    def __contains__(self, name: object) -> bool:
        return name in self._values

    def dataset(self, name: str, value: Any, bfloat16: bool = False) -> Any:
        array = np.asarray(value)
        return self.rows(name, array.shape, array.dtype, [array], bfloat16)

    def rows(self, name: str, shape: tuple[int, ...], dtype: Any, blocks: Any, bfloat16: bool = False) -> Any:
        size = int(np.prod(shape, dtype=object)) * np.dtype(dtype).itemsize
        self._shards.make_room(self._path, name, size)
        self._values.add(name)
        return self._here().rows(name, shape, dtype, blocks, bfloat16)

    def _here(self) -> GroupWriter:
        return self._shards.root.group(self._path[1:])


def _put_aside(path: str, coming: list[str]) -> list[str]:
    """Lets the list that is there name its files by other names, until a new one takes its place.

    Several files cannot be replaced in one moment. So those that would be get a second name, with a number that
    neither the old nor the new ones have, and the old list is replaced by one with these.

    Args:
        path: of the list.
        coming: the names of the new files.

    Returns:
        the files that nobody needs once the new ones are there.
    """
    try:
        with open(path, "rb") as file:
            old = json.loads(file.read())
        listed = shard_names(old)
    except (OSError, ValueError, TypeError, RecursionError):
        return []  # there is none, or it is damaged
    known = sorted({name for names in listed.values() for name in names})
    if not all(is_shard(name, path) and os.path.isfile(_beside(path, name)) for name in known):
        return []  # nor is it whole
    second: dict[str, str] = {}
    number = len(coming)
    for name in sorted({*known} & {*coming}):
        while os.path.exists(_beside(path, free := f"{stem_of(path)}_{number:05d}.weights.h5")):
            number += 1
        second[name] = free
        try:
            os.link(_beside(path, name), _beside(path, free))
        except OSError:  # a file system without links
            shutil.copyfile(_beside(path, name), _beside(path, free))
    if second:
        old["weight_map"] = {key: [second.get(name, name) for name in names] for key, names in listed.items()}
        with written_whole(f"{path}.aside") as file:
            file.write(json.dumps(old, indent=4).encode())
        os.replace(f"{path}.aside", path)
    return [_beside(path, name) for name in (*second.values(), *(name for name in known if name not in coming))]


def _beside(path: str, name: str) -> str:
    return os.path.join(os.path.dirname(path), name)
