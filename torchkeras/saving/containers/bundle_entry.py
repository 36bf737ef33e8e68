"""What the index of a bundle says of a key, checked."""

from __future__ import annotations

import math
from typing import NamedTuple

from torchkeras.records.tensor_proto import DTYPE_NAMES
from torchkeras.saving.containers.bundle_messages import BundleEntryProto, TensorSliceProto

#: Bytes of one value; strings have no width of their own.
WIDTHS = {
    "float32": 4, "float64": 8, "int32": 4, "uint8": 1, "int16": 2, "int8": 1, "complex64": 8, "int64": 8, "bool": 1,
    "bfloat16": 2, "uint16": 2, "complex128": 16, "float16": 2, "uint32": 4, "uint64": 8,
}  # fmt: skip
#: TensorFlow's dtypes that are no plain numbers, for messages.
_OTHERS = {20: "resource", 21: "variant", 11: "qint8", 12: "quint8", 13: "qint32", 15: "qint16", 16: "quint16"}
_MOST_DIMENSIONS = 32

#: A part of a tensor: start and length for each dimension; the length is -1 for all of it.
Slice = tuple[tuple[int, int], ...]


class Entry(NamedTuple):
    """One key of a bundle: its dtype by name, its shape, and where its values are."""

    dtype: str
    shape: tuple[int, ...]
    shard: int
    offset: int
    size: int
    checksum: int
    slices: tuple[Slice, ...]

    @property
    def elements(self) -> int:
        return math.prod(self.shape)


def entry_of(key: str, serialized: bytes, shards: int) -> Entry:
    """The entry that the index has; a ValueError where it cannot be."""
    proto = BundleEntryProto.FromString(serialized)
    name = DTYPE_NAMES.get(proto.dtype) or _OTHERS.get(proto.dtype) or f"dtype number {proto.dtype}"
    shape = tuple(dim.size for dim in proto.shape.dim)
    if proto.shape.unknown_rank or len(shape) > _MOST_DIMENSIONS or any(size < 0 for size in shape):
        raise ValueError(f"{key!r} has the shape {shape}, which no tensor has")
    if not 0 <= proto.shard_id < shards:
        raise ValueError(f"{key!r} is said to be in data file {proto.shard_id} of {shards}")
    if proto.offset < 0 or proto.size < 0:
        raise ValueError(f"{key!r} is said to have {proto.size} bytes at {proto.offset}")
    slices = tuple(_slice(key, one, shape) for one in proto.slices)
    entry = Entry(name, shape, proto.shard_id, proto.offset, proto.size, proto.crc32c, slices)
    if name in WIDTHS and not slices and entry.size != entry.elements * WIDTHS[name]:
        raise ValueError(
            f"{key!r} has the shape {shape} and dtype {name}, which are {entry.elements * WIDTHS[name]} bytes, and its "
            f"size is {entry.size}"
        )
    return entry


def _slice(key: str, proto: TensorSliceProto, shape: tuple[int, ...]) -> Slice:
    found = tuple((one.start, one.length if one.HasField("length") else -1) for one in proto.extent)
    fits = len(found) == len(shape) and all(
        start == 0 if length == -1 else 0 <= start <= start + length <= size and length >= 0
        for (start, length), size in zip(found, shape, strict=True)
    )
    if not fits:
        raise ValueError(f"{key!r} of the shape {shape} has a part {found} outside of it")
    return found


def slice_key(name: str, part: Slice) -> bytes:
    """Under which key the index has a part of a tensor: numbers and texts such that bytes sort as they do."""
    text = name.encode().replace(b"\xff", b"\xff\x00").replace(b"\x00", b"\x00\xff")
    sizes = b"".join(_ordered(number) for pair in part for number in pair)
    rank = len(part).to_bytes((len(part).bit_length() + 7) // 8, "big")
    return b"\x00" + text + b"\x00\x01" + bytes([len(rank)]) + rank + sizes


def _ordered(number: int) -> bytes:
    """A signed number: as many leading one bits as it takes bytes, then the number; all turned if it is negative."""
    length = (~number if number < 0 else number).bit_length() // 7 + 1
    plain = number & (1 << 8 * length) - 1
    ones = ((1 << length) - 1) << 7 * length
    return (plain ^ ones).to_bytes(length, "big")
