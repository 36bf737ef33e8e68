"""The pieces of a file as bytes, in the oldest form, which every HDF5 library reads: types, shapes, headers, nodes."""

from __future__ import annotations

import struct
from typing import Any

import numpy as np

from torchkeras.saving.containers.hdf5.source import NOWHERE

ADDRESS = struct.Struct("<Q")
#: Half of the entries of a leaf of the tree of a group's names, and of the nodes above.
LEAF_K, NODE_K = 4, 16

#: NumPy's name to sign's place, exponent's place and bits, mantissa's bits, bias.
_FLOATS = {"f2": (15, 10, 5, 10, 15), "f4": (31, 23, 8, 23, 127), "f8": (63, 52, 11, 52, 1023)}
_INT8 = struct.pack("<B3BIHH", 0x10, 8, 0, 0, 1, 0, 8)


def padded(data: bytes) -> bytes:
    """Filled up with zeros to a multiple of eight bytes."""
    return data + bytes(-len(data) % 8)


def type_of(dtype: np.dtype[Any], bfloat16: bool = False) -> bytes:
    """The type of elements; bfloat16 as h5py writes it, as two bytes of no further meaning."""
    kind = dtype.str[1:]
    if bfloat16:
        return struct.pack("<B3BI", 0x15, 0, 0, 0, 2)
    if dtype.kind == "b":
        names = padded(b"FALSE\0") + padded(b"TRUE\0")
        return struct.pack("<B3BI", 0x18, 2, 0, 0, 1) + _INT8 + names + b"\0\1"
    if kind in _FLOATS:
        sign, *form, bias = _FLOATS[kind]
        size = dtype.itemsize
        return struct.pack("<B3BIHHBBBBI", 0x11, 0x20, sign, 0, size, 0, 8 * size, *form[:2], 0, form[2], bias)
    if dtype.kind in "iu":
        size = dtype.itemsize
        return struct.pack("<B3BIHH", 0x10, 8 if dtype.kind == "i" else 0, 0, 0, size, 0, 8 * size)
    if dtype.kind == "S":
        return struct.pack("<B3BI", 0x13, 1, 0, 0, dtype.itemsize)
    raise TypeError(f"Cannot write elements of type {dtype} into an HDF5 file.")


def string_type(utf8: bool) -> bytes:
    """That of a string of any length."""
    return struct.pack("<B3BI", 0x19, 1, int(utf8), 0, 16) + struct.pack("<B3BIHH", 0x10, 0, 0, 0, 1, 0, 8)


def shape_of(shape: tuple[int, ...]) -> bytes:
    return struct.pack("<BBB5x", 1, len(shape), 0) + b"".join(ADDRESS.pack(size) for size in shape)


def attribute(name: str, kind: bytes, shape: bytes, data: bytes) -> bytes:
    """A message that holds an attribute."""
    encoded = name.encode() + b"\0"
    head = struct.pack("<BxHHH", 1, len(encoded), len(kind), len(shape))
    return head + padded(encoded) + padded(kind) + padded(shape) + data


def contiguous(address: int | None, size: int) -> bytes:
    """A message that says that values lie in one piece."""
    return struct.pack("<BBQQ", 3, 1, NOWHERE if address is None else address, size)


#: A message that says that there is no value for what is not written.
NO_FILL = struct.pack("<BBBBI", 2, 2, 2, 1, 0)


def header(messages: list[tuple[int, bytes]]) -> bytes:
    """An object, from its messages."""
    body = b""
    for kind, data in messages:
        content = padded(data)
        if len(content) > 0xFFFF:
            raise ValueError("A description of over 64 KB does not fit into an HDF5 file.")
        body += struct.pack("<HHB3x", kind, len(content), 0) + content
    return struct.pack("<BxHII4x", 1, len(messages), 1, len(body)) + body


def names_heap(names: list[bytes]) -> tuple[bytes, list[int]]:
    """All names of a group behind one another, and where each begins."""
    data, places = bytearray(8), []
    for name in names:
        places.append(len(data))
        data += padded(name + b"\0")
    return bytes(data), places


def leaf(entries: list[tuple[int, int]]) -> bytes:
    """A node with places of names and addresses of objects."""
    body = b"".join(struct.pack("<QQII16x", place, address, 0, 0) for place, address in entries)
    return b"SNOD" + struct.pack("<BxH", 1, len(entries)) + body + bytes(40 * (2 * LEAF_K - len(entries)))


def node(level: int, children: list[tuple[int, int]], first_key: int) -> bytes:
    """A node of a tree: addresses, each with the place of the last name below it; without siblings."""
    body = ADDRESS.pack(first_key) + b"".join(struct.pack("<QQ", address, key) for address, key in children)
    head = b"TREE" + struct.pack("<BBHQQ", 0, level, len(children), NOWHERE, NOWHERE)
    return head + body + bytes(16 * (2 * NODE_K - len(children)))


def global_heap(texts: list[bytes]) -> bytes:
    """A collection of strings, numbered from 1."""
    body = b"".join(
        struct.pack("<HH4xQ", number, 1, len(text)) + padded(text) for number, text in enumerate(texts, start=1)
    )
    size = max(4096, 16 + len(body) + 16)  # a smaller one is refused
    free = size - 16 - len(body)
    return b"GCOL" + struct.pack("<B3xQ", 1, size) + body + struct.pack("<HH4xQ", 0, 0, free) + bytes(free - 16)


def superblock(end: int, root: int, tree: int, heap: int) -> bytes:
    """The beginning of the file."""
    head = struct.pack("<8s8BHHI", b"\x89HDF\r\n\x1a\n", 0, 0, 0, 0, 0, 8, 8, 0, LEAF_K, NODE_K, 0)
    return head + struct.pack("<QQQQ", 0, NOWHERE, end, NOWHERE) + struct.pack("<QQIIQQ", 0, root, 1, 0, tree, heap)
