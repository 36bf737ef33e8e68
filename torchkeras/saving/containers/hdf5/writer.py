"""Writing a file: values go to the disk as they come, the descriptions behind them at the end."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any, BinaryIO

import numpy as np

from torchkeras.core.files import written_whole
from torchkeras.saving.containers.hdf5 import encoding
from torchkeras.saving.containers.hdf5.object_header import ATTRIBUTE, DATASPACE, DATATYPE, FILL, LAYOUT, SYMBOL_TABLE
from torchkeras.saving.containers.part_of_file import bytes_in, write_at

#: What Keras keeps a list of strings below, before it writes it in pieces.
_LARGEST_ATTRIBUTE = 64512
#: Takes bytes, and the place of the first in an array, in any order and from several threads.
Put = Callable[[int, memoryview], None]
#: Blocks of an array's rows one after another, or what hands their bytes over.
Blocks = Iterable[np.ndarray] | Callable[[Put], None]
_SUPERBLOCK_SIZE, _STRINGS_OF_A_HEAP = 96, 1000


class _Object:
    """What has attributes."""

    def __init__(self, out: _Out, path: str) -> None:
        self._out, self.path = out, path
        self._attributes: dict[str, tuple[bytes, bytes, Any]] = {}

    def attribute(self, name: str, value: Any) -> None:
        """Sets an attribute.

        Args:
            name: its name.
            value: a str or bytes of any length, a number, an array, or a list of str, which is written in pieces
                `name0`, `name1`, ... where it is over 64 KB, as Keras does.
        """
        if isinstance(value, (str, bytes)):
            data = value.encode() if isinstance(value, str) else value
            kind = encoding.string_type(utf8=not data.isascii())
            self._attributes[name] = (kind, encoding.shape_of(()), data)
        elif isinstance(value, (list, tuple)) and (not value or isinstance(value[0], (str, bytes))):
            self._list(name, [one.encode() if isinstance(one, str) else one for one in value])
        else:
            self._array(name, np.asarray(value))

    def _list(self, name: str, texts: list[bytes]) -> None:
        longest = max((len(text) for text in texts), default=0)
        if longest > _LARGEST_ATTRIBUTE:
            raise RuntimeError(
                f"The attribute {name!r} cannot be saved to HDF5 file because it has strings larger than "
                f"{_LARGEST_ATTRIBUTE} bytes."
            )
        array = np.array(texts, dtype=f"S{max(longest, 1)}") if texts else np.zeros(0)  # as Keras writes no strings
        pieces = -(-array.nbytes // _LARGEST_ATTRIBUTE) or 1
        while max(part.nbytes for part in np.array_split(array, pieces)) > _LARGEST_ATTRIBUTE:
            pieces += 1
        if pieces == 1:
            self._array(name, array)
        else:
            for number, part in enumerate(np.array_split(array, pieces)):
                self._array(f"{name}{number}", part)

    def _array(self, name: str, array: np.ndarray) -> None:
        if array.dtype.kind == "U":
            array = np.char.encode(array)
        if array.nbytes > _LARGEST_ATTRIBUTE:
            raise ValueError(f"The attribute {name!r} of {array.nbytes} bytes is too large for an HDF5 file.")
        array = np.ascontiguousarray(array, array.dtype.newbyteorder("<")).reshape(array.shape)
        self._attributes[name] = (encoding.type_of(array.dtype), encoding.shape_of(array.shape), array)

    def _messages(self) -> list[tuple[int, bytes]]:
        found = []
        for name, (kind, shape, value) in self._attributes.items():
            data = self._out.reference(value) if isinstance(value, bytes) else value.tobytes()
            found.append((ATTRIBUTE, encoding.attribute(name, kind, shape, data)))
        return found


class DatasetWriter(_Object):
    """A data set whose values have been written; it can still be given attributes."""

    def __init__(self, out: _Out, path: str, description: list[tuple[int, bytes]]) -> None:
        super().__init__(out, path)
        self._description = description

    def _close(self) -> int:
        return self._out.write(encoding.header([*self._description, *self._messages()]))


class GroupWriter(_Object):
    """A group that is being written. Paths are names joined by '/', from here on downwards."""

    def __init__(self, out: _Out, path: str) -> None:
        super().__init__(out, path)
        self._members: dict[str, GroupWriter | DatasetWriter] = {}

    def __contains__(self, path: str) -> bool:
        first, _, rest = path.partition("/")
        found = self._members.get(first)
        return found is not None and (not rest or (isinstance(found, GroupWriter) and rest in found))

    def group(self, path: str) -> GroupWriter:
        """A group within it, which is made where there is none."""
        found = self
        for name in path.split("/"):
            _check_name(name, path)
            inner = found._members.setdefault(name, GroupWriter(self._out, f"{found.path}/{name}"))
            if not isinstance(inner, GroupWriter):
                raise ValueError(f"Cannot make the group {path!r} in an HDF5 file: {inner.path!r} is a data set.")
            found = inner
        return found

    def dataset(self, path: str, value: Any, bfloat16: bool = False) -> DatasetWriter:
        """Writes an array of numbers, bools or bytes.

        Args:
            path: where to.
            value: the array.
            bfloat16: whether it holds the bits of bfloat16, as uint16.
        """
        array = np.asarray(value)
        return self.rows(path, array.shape, array.dtype, [array], bfloat16)

    def rows(
        self, path: str, shape: tuple[int, ...], dtype: Any, blocks: Blocks, bfloat16: bool = False
    ) -> DatasetWriter:
        """Writes an array that comes in blocks of its rows, so that there need be no whole copy of it."""
        parent, _, name = path.rpartition("/")
        home = self.group(parent) if parent else self
        _check_name(name, path)
        if name in home._members:
            raise ValueError(
                f"Unable to create the data set {path!r} in {self.path or '/'!r} of an HDF5 file: the name already "
                f"exists. Two weights of one layer, or two layers, have the same name."
            )
        dtype = np.dtype(dtype).newbyteorder("<")
        size = int(np.prod(shape, dtype=object)) * dtype.itemsize
        description = [
            (DATASPACE, encoding.shape_of(tuple(shape))),
            (DATATYPE, encoding.type_of(dtype, bfloat16)),
            (FILL, encoding.NO_FILL),
        ]
        place = None
        if size:
            out = self._out
            place = out.taken(blocks, size) if callable(blocks) else out.stream(blocks, dtype, size)
        made = DatasetWriter(
            self._out, f"{home.path}/{name}", [*description, (LAYOUT, encoding.contiguous(place, size))]
        )
        home._members[name] = made
        return made

    def _close(self) -> int:
        return self._close_parts()[0]

    def _close_parts(self) -> tuple[int, int, int]:
        """The addresses of the header, the tree and the heap, once all below has been written."""
        out = self._out
        encoded = sorted((name.encode(), member) for name, member in self._members.items())
        addresses = [member._close() for _, member in encoded]
        data, places = encoding.names_heap([name for name, _ in encoded])
        at = out.write(data)
        # 1: no free space within it.
        heap = out.write(b"HEAP" + bytes(4) + b"".join(map(encoding.ADDRESS.pack, (len(data), 1, at))))
        tree = out.tree(list(zip(places, addresses)))
        table = encoding.ADDRESS.pack(tree) + encoding.ADDRESS.pack(heap)
        return out.write(encoding.header([(SYMBOL_TABLE, table), *self._messages()])), tree, heap


def _check_name(name: str, path: str) -> None:
    if name in ("", ".", "..") or "\0" in name:
        raise ValueError(f"Cannot write {path!r} into an HDF5 file: {name!r} is no name.")


def _check_size(found: int, announced: int) -> None:
    if found != announced:
        raise ValueError(f"The rows of an array have {found} bytes, where {announced} were announced.")


class _Out:
    """The end of the file, where all is written."""

    def __init__(self, file: BinaryIO) -> None:
        self.file = file
        self.texts: list[bytes] = []
        self.heaps: list[int] = []
        self.end = _SUPERBLOCK_SIZE
        file.seek(self.end)

    def write(self, data: bytes) -> int:
        """Writes bytes at a multiple of eight; returns where."""
        gap = -self.end % 8
        self.file.write(bytes(gap) + data)
        place = self.end + gap
        self.end = place + len(data)
        return place

    def stream(self, blocks: Iterable[np.ndarray], dtype: np.dtype, size: int) -> int:
        place = self.write(b"")
        for block in blocks:
            data = bytes_in(np.ascontiguousarray(block, dtype))
            self.file.write(data)
            self.end += len(data)
        _check_size(self.end - place, size)
        return place

    def taken(self, hand_over: Callable[[Put], None], size: int) -> int:
        place, sizes = self.write(b""), []

        def put(at: int, data: memoryview) -> None:
            write_at(self.file, place + at, data)
            sizes.append(len(data))

        hand_over(put)
        _check_size(sum(sizes), size)
        self.end = place + size
        self.file.seek(self.end)
        return place

    def reference(self, text: bytes) -> bytes:
        """Where a string will lie: heaps of some strings each are written before all descriptions."""
        number = self.texts.index(text)
        heap, index = divmod(number, _STRINGS_OF_A_HEAP)
        return (
            len(text).to_bytes(4, "little") + self.heaps[heap].to_bytes(8, "little") + (index + 1).to_bytes(4, "little")
        )

    def tree(self, entries: list[tuple[int, int]]) -> int:
        """The tree over a group's members: leaves first, then level by level up to one node."""
        level = 0
        step = 2 * encoding.LEAF_K
        nodes = []  # address, place of the last name below
        for start in range(0, len(entries), step):
            part = entries[start : start + step]
            nodes.append((self.write(encoding.leaf(part)), part[-1][0]))
        while True:
            step = 2 * encoding.NODE_K
            starts = range(0, max(len(nodes), 1), step)
            firsts = [nodes[start - 1][1] if start else 0 for start in starts]
            parts = [nodes[start : start + step] for start in starts]
            nodes = [
                (self.write(encoding.node(level, part, first)), part[-1][1] if part else 0)
                for part, first in zip(parts, firsts)
            ]
            if len(nodes) == 1:
                return nodes[0][0]
            level += 1


def _texts(writer: GroupWriter | DatasetWriter) -> Iterator[bytes]:
    for _, _, value in writer._attributes.values():
        if isinstance(value, bytes):
            yield value
    if isinstance(writer, GroupWriter):
        for member in writer._members.values():
            yield from _texts(member)


@contextmanager
def new_hdf5(path: str | os.PathLike[str] | BinaryIO) -> Iterator[GroupWriter]:
    """The root group of a new file, which takes the place of `path` once the block has ended without an error.

    Args:
        path: where to, or an empty binary file to write into, such as a temporary one.
    """
    if isinstance(path, (str, os.PathLike)):
        with written_whole(path) as file, new_hdf5(file) as root:  # type: ignore[arg-type]
            yield root
        return
    out = _Out(path)
    root = GroupWriter(out, "")
    yield root
    out.texts = list(dict.fromkeys(_texts(root)))
    for start in range(0, len(out.texts), _STRINGS_OF_A_HEAP):
        out.heaps.append(out.write(encoding.global_heap(out.texts[start : start + _STRINGS_OF_A_HEAP])))
    header, tree, heap = root._close_parts()
    path.seek(0)
    path.write(encoding.superblock(out.end, header, tree, heap))
    path.seek(out.end)


__all__ = ["DatasetWriter", "GroupWriter", "new_hdf5"]
