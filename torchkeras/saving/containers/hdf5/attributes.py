"""The attributes of an object: small values with names."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from torchkeras.saving.containers.hdf5.datatype import Kind, count, decoded, fixed_strings, read_kind, read_shape
from torchkeras.saving.containers.hdf5.heaps import GlobalHeap, heap_objects
from torchkeras.saving.containers.hdf5.object_header import ATTRIBUTE, ATTRIBUTE_INFO, Message
from torchkeras.saving.containers.hdf5.source import NOWHERE, Cursor, Source

_PADDED = 1


def attributes(source: Source, messages: list[Message]) -> dict[str, Cursor]:
    """By name, a cursor that stands at the attribute's type, shape and value."""
    found: dict[str, Cursor] = {}
    for data in _stored(source, messages):
        cursor = Cursor(source, data)
        version, flags = cursor.number(1), cursor.number(1)
        if version not in (1, 2, 3) or (flags & 3 and version > 1):
            raise source.unsupported("an attribute in it has a shared type")
        sizes = [cursor.number(2) for _ in range(3)]
        cursor.skip(1 if version == 3 else 0)
        name, kind, shape = (cursor.take((size + 7) // 8 * 8 if version == _PADDED else size) for size in sizes)
        text = decoded(source, name.split(b"\0", 1)[0])
        if text in found:
            raise source.damaged(f"an object in it has two attributes {text[:40]!r}")
        found[text] = _Parts(source, kind, shape, cursor.take(cursor.left()))
    return found


class _Parts(Cursor):
    """An attribute that has been taken apart."""

    def __init__(self, source: Source, kind: bytes, shape: bytes, data: bytes) -> None:
        super().__init__(source, data)
        self.kind, self.shape = kind, shape


def _stored(source: Source, messages: list[Message]) -> Iterator[bytes]:
    for message in messages:
        if message.kind == ATTRIBUTE:
            yield message.data
        elif message.kind == ATTRIBUTE_INFO:
            cursor = Cursor(source, message.data)
            cursor.skip(1)
            cursor.skip(2 if cursor.number(1) & 1 else 0)
            heap, tree = cursor.address(), cursor.address()
            if heap != NOWHERE:
                yield from heap_objects(source, heap, tree)


def value_of(parts: Any, heap: GlobalHeap) -> Any:
    """A number, a bool, a str, an array, or a list of str."""
    source: Source = parts.source
    kind = read_kind(Cursor(source, parts.kind))
    shape = read_shape(Cursor(source, parts.shape))
    if shape is None:
        return None
    number = count(shape)
    if number * kind.size > len(parts.data):
        raise source.unsafe(f"an attribute in it declares {number} values, and holds {len(parts.data)} bytes")
    data = parts.data[: number * kind.size]
    if kind.text:
        texts = strings(source, kind, data, number, heap)
        return texts if shape else texts[0]
    array = np.frombuffer(data, kind.dtype).reshape(shape)
    return array.astype(kind.dtype.newbyteorder("=")) if shape else array[()].item()


def strings(source: Source, kind: Kind, data: bytes, number: int, heap: GlobalHeap) -> list[str]:
    """The strings that lie in `data`, or that it refers to."""
    if kind.text == "fixed":
        return fixed_strings(source, kind, data, number)
    if kind.size != 8 + source.address_size:
        raise source.damaged("a string in it is of an impossible size")
    found, total = [], 0
    cursor = Cursor(source, data)
    for _ in range(number):
        length, address, index = cursor.number(4), cursor.address(), cursor.number(4)
        total += length
        if total > source.length:
            raise source.unsafe("the strings in it are longer, taken together, than the file")
        found.append(decoded(source, heap.find(address, index, length).rstrip(b"\0")))
    return found
