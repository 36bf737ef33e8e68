"""How the elements of a data set lie in the file: in one piece, within its description, or in chunks."""

from __future__ import annotations

import itertools
import zlib
from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np

from torchkeras.saving.containers.hdf5.datatype import count
from torchkeras.saving.containers.hdf5.links import tree_node
from torchkeras.saving.containers.hdf5.object_header import EXTERNAL_FILES, FILTERS, LAYOUT, Message
from torchkeras.saving.containers.hdf5.source import NOWHERE, Cursor, Source

_DEFLATE, _SHUFFLE, _CHECKSUM = 1, 2, 3
#: Deflate shrinks nothing to less than 1/1032. What says more of itself is made to fill a memory; small data may.
_MOST_EXPANSION, _HARMLESS = 1032, 64 << 20
_MOST_CHUNKS = 10_000_000


class Chunk(NamedTuple):
    """Where a chunk lies, and which filters it was not sent through."""

    address: int
    size: int
    mask: int


class Storage:
    """Where the elements of one data set are.

    Args:
        shape: that of the data set.
        size: the bytes of an element.
    """

    def __init__(self, source: Source, messages: list[Message], shape: tuple[int, ...], size: int) -> None:
        self.source, self.shape, self.size = source, shape, size
        self.nbytes = count(shape) * size
        self.inline: bytes | None = None
        self.address = NOWHERE
        self.chunk_shape: tuple[int, ...] = ()
        self.chunks: dict[tuple[int, ...], Chunk] = {}
        self.filters: list[int] = []
        by_kind = {message.kind: message.data for message in messages}
        if EXTERNAL_FILES in by_kind:
            raise source.unsafe("a data set in it is to be read from other files")
        if LAYOUT not in by_kind:
            raise source.damaged("a data set in it does not say where its values are")
        if FILTERS in by_kind:
            self.filters = _filters(Cursor(source, by_kind[FILTERS]))
        self._locate(Cursor(source, by_kind[LAYOUT]))
        self._check()

    def _locate(self, cursor: Cursor) -> None:
        version, layout = cursor.number(1), cursor.number(1)
        if version not in (3, 4, 5):
            raise self.source.unsupported(f"a data set in it has a layout of version {version}")
        if layout == 0:
            self.inline = cursor.take(cursor.number(2))
        elif layout == 1:
            self.address, self.stored = cursor.address(), cursor.length()
        elif layout == 2 and version == 3:
            rank, tree = cursor.number(1), cursor.address()
            self._set_chunks([cursor.number(4) for _ in range(rank)])
            self.chunks = dict(self._chunks_of_tree(tree))
        elif layout == 2:
            self._newer_chunks(cursor)
        elif layout == 3:
            raise self.source.unsafe("a data set in it is virtual: put together from other files")
        else:
            raise self.source.damaged(f"a data set in it has the unknown layout {layout}")

    def _set_chunks(self, sizes: list[int]) -> None:
        *chunk, element = sizes or [0]
        if len(chunk) != len(self.shape) or 0 in chunk or element != self.size:
            raise self.source.damaged(f"a data set of shape {self.shape} in it is stored in chunks of {chunk}")
        self.chunk_shape = tuple(chunk)

    def _newer_chunks(self, cursor: Cursor) -> None:
        flags, rank, width = cursor.number(1), cursor.number(1), cursor.number(1)
        self._set_chunks([cursor.number(width) for _ in range(rank)])
        index = cursor.number(1)
        whole = count(self.chunk_shape) * self.size
        if index == 1:
            size, mask = (cursor.length(), cursor.number(4)) if flags & 2 else (whole, 0)
            self.chunks = {(0,) * len(self.shape): Chunk(cursor.address(), size, mask)}
        elif index == 2:
            start = cursor.address()
            self.source.check(start, count(self._grid()) * whole)
            places = itertools.product(*map(range, self._grid()))
            self.chunks = {
                tuple(p * c for p, c in zip(place, self.chunk_shape)): Chunk(start + i * whole, whole, 0)
                for i, place in enumerate(places)
            }
        else:
            raise self.source.unsupported("a data set in it is stored in chunks with an index of a newer kind")

    def _grid(self) -> list[int]:
        return [-(-size // chunk) for size, chunk in zip(self.shape, self.chunk_shape)]

    def _chunks_of_tree(self, root: int) -> Iterator[tuple[tuple[int, ...], Chunk]]:
        seen: set[int] = set()
        waiting = [] if root == NOWHERE else [root]
        key_size = 8 + 8 * (len(self.shape) + 1)
        while waiting:
            address = waiting.pop()
            if address in seen or len(seen) > _MOST_CHUNKS:
                raise self.source.damaged("a B-tree in it is no tree")
            seen.add(address)
            level, children = tree_node(self.source, address, 1, key_size)
            for key, child in children:
                if level:
                    waiting.append(child)
                    continue
                cursor = Cursor(self.source, key)
                size, mask = cursor.number(4), cursor.number(4)
                yield tuple(cursor.number(8) for _ in self.shape), Chunk(child, size, mask)

    def _check(self) -> None:
        """All that is declared is there; otherwise a small file could ask for all the memory there is."""
        source = self.source
        if self.nbytes == 0:
            return
        if self.inline is not None:
            if len(self.inline) < self.nbytes:
                raise self._declares(len(self.inline))
        elif not self.chunk_shape:
            if self.filters:
                raise source.damaged("a data set in it is filtered, and not in chunks")
            if self.address == NOWHERE or self.stored < self.nbytes:
                raise self._declares(0 if self.address == NOWHERE else self.stored)
            if self.address + self.nbytes > source.length:
                raise self._declares(max(source.length - self.address, 0))
        else:
            self._check_chunks()

    def _check_chunks(self) -> None:
        whole = count(self.chunk_shape) * self.size
        stored = {chunk.address: chunk.size for chunk in self.chunks.values()}
        total = sum(stored.values())
        if count(self._grid()) != len(self.chunks) or len(stored) != len(self.chunks):
            raise self._declares(total)
        for place, chunk in self.chunks.items():
            if any(p % c or p >= s for p, c, s in zip(place, self.chunk_shape, self.shape)):
                raise self.source.damaged("a chunk in it lies outside of its data set")
            self.source.check(chunk.address, chunk.size)
            if not self.filters and chunk.size != whole:
                raise self._declares(total)
        asked = max(whole, self.nbytes)
        if asked > _HARMLESS and asked > _MOST_EXPANSION * total:
            raise self._declares(total)

    def _declares(self, stored: int) -> Exception:
        return self.source.unsafe(
            f"a data set in it declares the shape {self.shape}, {self.nbytes} bytes, and stores {stored}"
        )

    @property
    def is_plain(self) -> bool:
        """Whether the values stand in the file one after the other, as they are."""
        return self.inline is None and not self.chunk_shape

    def read_rows(self, target: np.ndarray, start: int) -> None:
        """Reads rows of the first axis into an array of elements of this size; of a scalar, the one there is."""
        if not target.size:
            return
        before = start * target[:1].nbytes if start else 0
        if self.inline is not None:
            found = np.frombuffer(self.inline, target.dtype, target.size, before)
            target[...] = found.reshape(target.shape)
        elif not self.chunk_shape:
            self.source.read_array(self.address + before, target)
        else:
            self._read_chunks(target, start)

    def _read_chunks(self, target: np.ndarray, start: int) -> None:
        element: Any = np.dtype(f"V{self.size}")
        array, rows = target.view(element), len(target)
        for place, chunk in self.chunks.items():
            low, high = max(place[0], start), min(place[0] + self.chunk_shape[0], start + rows)
            if low >= high:
                continue
            values = np.frombuffer(self._chunk(chunk), element).reshape(self.chunk_shape)
            ends = [min(p + c, s) for p, c, s in zip(place, self.chunk_shape, self.shape)]
            inner = [slice(p, e) for p, e in zip(place[1:], ends[1:])]
            own = [slice(0, e - p) for p, e in zip(place[1:], ends[1:])]
            array[(slice(low - start, high - start), *inner)] = values[(slice(low - place[0], high - place[0]), *own)]

    def _chunk(self, chunk: Chunk) -> bytes:
        data = self.source.read(chunk.address, chunk.size)
        whole = count(self.chunk_shape) * self.size
        for place in reversed(range(len(self.filters))):
            if chunk.mask >> place & 1:
                continue
            if self.filters[place] == _CHECKSUM:
                data = data[:-4]
            elif self.filters[place] == _DEFLATE:
                data = self._inflated(data, whole + 4)  # a checksum may follow
            else:
                data = self._unshuffled(data)
        if len(data) != whole:
            raise self.source.damaged(f"a chunk in it has {len(data)} bytes, where {whole} were expected")
        return data

    def _inflated(self, data: bytes, most: int) -> bytes:
        try:
            return zlib.decompressobj().decompress(data, most)
        except zlib.error as error:
            raise self.source.damaged(f"compressed data in it is broken ({error})") from None

    def _unshuffled(self, data: bytes) -> bytes:
        """The first bytes of all elements lie together, then the second ones, ..."""
        number = len(data) // self.size
        body = np.frombuffer(data, np.uint8, number * self.size).reshape(self.size, number)
        return body.T.tobytes() + data[number * self.size :]


def _filters(cursor: Cursor) -> list[int]:
    version, number = cursor.number(1), cursor.number(1)
    cursor.skip(6 if version == 1 else 0)
    found = []
    for _ in range(number):
        kind = cursor.number(2)
        named = version == 1 or kind >= 256
        name = cursor.number(2) if named else 0
        cursor.skip(2)
        values = cursor.number(2)
        cursor.skip((name + 7) // 8 * 8 if version == 1 else name)
        cursor.skip(4 * values + (4 if version == 1 and values % 2 else 0))
        found.append(kind)
    if set(found) - {_DEFLATE, _SHUFFLE, _CHECKSUM} or len(set(found)) != len(found):
        raise cursor.source.unsupported(f"a data set in it went through the filters {found}, and only gzip is read")
    return found
