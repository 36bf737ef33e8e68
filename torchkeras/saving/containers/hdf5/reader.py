"""Groups, data sets and attributes of a file, read closed: see the package's README for what that means."""

from __future__ import annotations

import functools
import math
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, BinaryIO, TypeVar

import numpy as np

from torchkeras.saving.containers.hdf5.attributes import attributes, strings, value_of
from torchkeras.saving.containers.hdf5.datatype import read_kind, read_shape
from torchkeras.saving.containers.hdf5.heaps import GlobalHeap
from torchkeras.saving.containers.hdf5.layouts import Storage
from torchkeras.saving.containers.hdf5.links import is_group, members
from torchkeras.saving.containers.hdf5.object_header import DATASPACE, DATATYPE, LAYOUT, Message, messages
from torchkeras.saving.containers.hdf5.source import Cursor, Source
from torchkeras.saving.containers.hdf5.superblock import SIGNATURE, root_address
from torchkeras.saving.errors import UnreadableFile

F = TypeVar("F", bound=Callable[..., Any])
_DEEPEST = 64


def _guarded(function: F) -> F:
    """What a damaged file makes Python or NumPy raise becomes the error of an unreadable file."""

    @functools.wraps(function)
    def guarded(self: _Object, *args: Any, **kwargs: Any) -> Any:
        try:
            return function(self, *args, **kwargs)
        except UnreadableFile:
            raise
        except (OSError, ValueError, IndexError, OverflowError, RecursionError, MemoryError) as problem:
            raise self._file.source.damaged(f"{type(problem).__name__}: {problem}") from problem

    return guarded  # type: ignore[return-value]


class _File:
    """What the objects of a file share.

    Each object has one place: one that is reached by two names is refused, and so are circles, and data that many
    data sets share to look like more than there is.
    """

    def __init__(self, source: Source) -> None:
        self.source, self.heap = source, GlobalHeap(source)
        self.places: dict[int, str] = {}
        self.claimed = 0

    def object_at(self, address: int, path: str) -> Group | Dataset:
        if self.places.setdefault(address, path) != path:
            raise self.source.unsafe(f"{path!r} and {self.places[address]!r} in it are one object")
        if path.count("/") > _DEEPEST:
            raise self.source.unsafe(f"its groups are more than {_DEEPEST} deep")
        found = messages(self.source, address)
        if any(message.kind == LAYOUT for message in found):
            return Dataset(self, path, found)
        if path == "/" or is_group(found):
            return Group(self, path, found)
        raise self.source.damaged(f"{path!r} in it is neither a group nor a data set")


class _Object:
    """What has attributes."""

    def __init__(self, file: _File, path: str, found: list[Message]) -> None:
        self._file, self.path = file, path
        self._attributes = attributes(file.source, found)

    def attribute_names(self) -> list[str]:
        return list(self._attributes)

    @_guarded
    def attribute(self, name: str, default: Any = None) -> Any:
        """A number, a bool, a str (of bytes in UTF-8), an array, or a list of str."""
        parts = self._attributes.get(name)
        return default if parts is None else value_of(parts, self._file.heap)

    def strings(self, name: str, default: list[str] | None = None) -> list[str] | None:
        """A list of str, also where Keras wrote it in pieces, `name0`, `name1`, ..."""
        if name in self._attributes:
            return self._list(name)
        if f"{name}0" not in self._attributes:
            return default
        found: list[str] = []
        number = 0
        while f"{name}{number}" in self._attributes:
            found += self._list(f"{name}{number}")
            number += 1
        return found

    def _list(self, name: str) -> list[str]:
        found = self.attribute(name)
        if isinstance(found, np.ndarray) and found.size == 0:  # Keras writes an empty list as one of floats
            return []
        if not isinstance(found, list):
            raise self._file.source.damaged(f"the attribute {name!r} of {self.path!r} should be a list of strings")
        return found


class Dataset(_Object):
    """An array in a file, which is read when it is asked for.

    Args:
        shape: its shape.
        dtype: NumPy's type; `object` for strings, uint16 for the bits of bfloat16.
        bfloat16: whether those bits are what it holds.
    """

    def __init__(self, file: _File, path: str, found: list[Message]) -> None:
        super().__init__(file, path, found)
        source = file.source
        by_kind = {message.kind: message.data for message in found}
        if DATATYPE not in by_kind or DATASPACE not in by_kind:
            raise source.damaged(f"{path!r} in it has no type or no shape")
        self._kind = read_kind(Cursor(source, by_kind[DATATYPE]))
        self.shape: tuple[int, ...] = read_shape(Cursor(source, by_kind[DATASPACE])) or ()
        self.dtype, self.bfloat16 = self._kind.dtype, self._kind.bfloat16
        if any(size > 1 << 48 for size in self.shape):
            raise source.unsafe(f"{path!r} in it declares the shape {self.shape}")
        self._storage = Storage(source, found, self.shape, self._kind.size)
        if not self._storage.filters:
            file.claimed += self._storage.nbytes
            if file.claimed > source.length:
                raise source.unsafe("its data sets share their values, and would take more memory than it is long")

    @property
    def nbytes(self) -> int:
        """The memory that its values take."""
        return self._storage.nbytes

    @property
    def plain(self) -> bool:
        """Whether its values stand in the file one after the other, as they are."""
        return self._storage.is_plain

    @property
    def for_threads(self) -> bool:
        """Whether several threads may read it at once."""
        return self.plain and self._file.source.for_threads

    @_guarded
    def read(self) -> Any:
        """A new array; of strings, one of `str` objects."""
        if self._kind.text:
            data = np.empty(self.shape, f"V{self._kind.size}")
            self._storage.read_rows(data, 0)
            texts = strings(self._file.source, self._kind, data.tobytes(), data.size, self._file.heap)
            found = np.empty(data.size, object)
            found[:] = texts
            return found.reshape(self.shape)
        found = np.empty(self.shape, self.dtype)
        self._storage.read_rows(found, 0)
        return found.astype(self.dtype.newbyteorder("="), copy=False)

    @_guarded
    def read_into(self, target: np.ndarray, start: int = 0) -> None:
        """Reads rows of the first axis from `start` on into an array, as many as that has; a scalar, into a scalar.

        Args:
            target: a C-contiguous array of this dtype.
            start: the first row.
        """
        if target.dtype != self.dtype or not target.flags.c_contiguous or self._kind.text:
            raise TypeError(f"Expected a C-contiguous array of {self.dtype}, got {target.dtype}.")
        rows = len(target) if target.ndim else 1
        if target.shape[1:] != self.shape[1:] or start < 0 or start + rows > (self.shape[0] if self.shape else 1):
            raise TypeError(f"{rows} rows from {start} on, {target.shape}, are no part of the shape {self.shape}.")
        self._storage.read_rows(target, start)

    @_guarded
    def read_vectors(self, target: np.ndarray, start: int) -> None:
        """Reads rows of the last axis into those of a matrix, which may lie apart. Only where the values are plain.

        Args:
            target: of this dtype; each of its rows C-contiguous.
            start: the first row, counted through all other axes.
        """
        number, length = math.prod(self.shape[:-1]), self.shape[-1]
        if target.dtype != self.dtype or self._kind.text or not self.plain:
            raise TypeError(f"Expected plain values, and a matrix of {self.dtype}, got {target.dtype}.")
        if target.shape[1:] != (length,) or start < 0 or start + len(target) > number:
            raise TypeError(f"{target.shape} from row {start} on is no part of {number} rows of {length}.")
        self._file.source.read_array(self._storage.address + start * target[0].nbytes, target)


class Group(_Object):
    """A group: its members by name. Paths are names joined by '/', from here on downwards."""

    def __init__(self, file: _File, path: str, found: list[Message]) -> None:
        super().__init__(file, path, found)
        self._members = members(file.source, found)
        self._opened: dict[str, Group | Dataset] = {}

    def names(self) -> list[str]:
        """The members, in the file's order."""
        return list(self._members)

    def __contains__(self, path: str) -> bool:
        return self.has(path)

    def has(self, path: str) -> bool:
        return self._find(path) is not None

    def is_group(self, path: str) -> bool:
        return isinstance(self._find(path), Group)

    def group(self, path: str) -> Group:
        return self._need(path, Group, "group")

    def dataset(self, path: str) -> Dataset:
        return self._need(path, Dataset, "data set")

    def walk(self) -> Iterator[tuple[str, Group | Dataset]]:
        """All within it, each group before its members, by their paths from here."""
        for name in self._members:
            one = self._need(name, _Object, "object")
            yield name, one
            if isinstance(one, Group):
                for path, inner in one.walk():
                    yield f"{name}/{path}", inner

    @_guarded
    def _find(self, path: str) -> Group | Dataset | None:
        found: Group | Dataset = self
        for name in path.split("/"):
            if not isinstance(found, Group) or name not in found._members:
                return None
            if name not in found._opened:
                whole = f"{found.path.rstrip('/')}/{name}"
                found._opened[name] = self._file.object_at(found._members[name], whole)
            found = found._opened[name]
        return found

    def _need(self, path: str, kind: type, word: str) -> Any:
        found = self._find(path)
        if not isinstance(found, kind):
            other = "there is none" if found is None else "it is none"
            raise UnreadableFile(
                f"Cannot read {self._file.source.what!r}: expected a {word} {path!r} in {self.path!r}, and {other}. "
                f"{self.path!r} has {self.names()[:10]}."
            )
        return found


@contextmanager
def open_hdf5(source: str | os.PathLike[str] | BinaryIO, what: str | None = None) -> Iterator[Group]:
    """The root group of a file, for as long as the block lasts.

    Args:
        source: a path, or a binary file that can seek, such as a stored member of an archive.
        what: what messages call it; its path unless given.
    """
    if isinstance(source, (str, os.PathLike)):
        with open(source, "rb") as file:
            yield _root(file, what or os.fspath(source))
    else:
        yield _root(source, what or str(getattr(source, "name", "a file in memory")))


def _root(file: BinaryIO, what: str) -> Group:
    source = Source(file, what)
    try:
        found = _File(source).object_at(root_address(source), "/")
    except UnreadableFile:
        raise
    except (OSError, ValueError, IndexError, OverflowError, RecursionError, MemoryError) as problem:
        raise source.damaged(f"{type(problem).__name__}: {problem}") from problem
    if not isinstance(found, Group):
        raise source.damaged("its root is no group")
    return found


def is_hdf5(path: str | os.PathLike[str]) -> bool:
    """Whether a path leads to a file that begins as HDF5 files do."""
    if not os.path.isfile(path):
        return False
    with open(path, "rb") as file:
        return file.read(8) == SIGNATURE


__all__ = ["Dataset", "Group", "is_hdf5", "open_hdf5"]
