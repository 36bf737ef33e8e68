"""TensorFlow's sorted table of keys and values (LevelDB's format), read and written.

A file is data blocks, an index block (the place of each data block under a key not before its last) and a footer. A
block is entries, each without what its key shares with the one before, the places at which a key stands whole, their
number, one byte that names the packing, and a checksum.
"""

from __future__ import annotations

import os
import struct
from collections.abc import Iterable, Iterator

from torchkeras.records.crc32c import masked_crc32c
from torchkeras.records.wire import decode_varint, encode_varint
from torchkeras.saving.containers import snappy
from torchkeras.saving.errors import UnreadableFile

_MAGIC = 0xDB4775248B80FB57
_FOOTER = 48
_TRAILER = 5
_PLAIN, _SNAPPY = 0, 1
_BLOCK = 1 << 18  # bytes of entries after which a block ends
_RESTART = 16  # entries after which a key stands whole
#: Bounds on what a small file may unfold to, since keys share what came before.
_MOST_FILE = 1 << 31
_MOST_UNFOLDED = 1 << 28


# --- reading ---


def read_table(path: str) -> dict[bytes, bytes]:
    """All keys and values, in their order; an UnreadableFile where the file is no whole table."""
    try:
        with open(path, "rb") as file:
            if os.fstat(file.fileno()).st_size > _MOST_FILE:
                raise ValueError("it is larger than any table of a checkpoint")
            data = memoryview(file.read())
        return _entries(data)
    except (ValueError, IndexError, struct.error) as error:  # DecodeError is a ValueError
        raise UnreadableFile(f"Cannot read {path!r} as a table of a TensorFlow checkpoint: {error}") from None


def _entries(data: memoryview) -> dict[bytes, bytes]:
    if len(data) < _FOOTER:
        raise ValueError(f"it has {len(data)} bytes, and the end of a table alone has {_FOOTER}")
    footer = data[-_FOOTER:]
    if int.from_bytes(footer[-8:], "little") != _MAGIC:
        raise ValueError("it does not end as a table does (truncated, or another kind of file)")
    _, place = _handle(footer, 0)  # of the meta block, which is empty
    (start, size), _ = _handle(footer, place)
    found: dict[bytes, bytes] = {}
    unfolded, last, behind = 0, None, 0
    for _, handle in _block(data, start, size):
        (start, size), _ = _handle(memoryview(handle), 0)
        if start < behind:
            raise ValueError("its blocks overlap")
        behind = start + size + _TRAILER
        for key, value in _block(data, start, size):
            unfolded += len(key)
            if unfolded > _MOST_UNFOLDED:
                raise ValueError(f"its keys are longer than {_MOST_UNFOLDED} bytes together")
            if last is not None and key <= last:
                raise ValueError("its keys are not in order")
            found[key] = value
            last = key
    return found


def _handle(data: memoryview, place: int) -> tuple[tuple[int, int], int]:
    start, place = decode_varint(data, place)
    size, place = decode_varint(data, place)
    return (start, size), place


def _block(data: memoryview, start: int, size: int) -> Iterator[tuple[bytes, bytes]]:
    if start + size + _TRAILER > len(data) - _FOOTER:
        raise ValueError(f"a block of {size} bytes at {start} reaches past its end")
    content = data[start : start + size]
    packing = data[start + size]
    (checksum,) = struct.unpack_from("<I", data, start + size + 1)
    if masked_crc32c(data[start : start + size + 1]) != checksum:
        raise ValueError(f"the checksum of the block at {start} is wrong: it is damaged")
    if packing == _SNAPPY:
        content = memoryview(snappy.decompress(content))
    elif packing != _PLAIN:
        raise ValueError(f"the block at {start} is packed in an unknown way ({packing})")
    return _block_entries(content)


def _block_entries(content: memoryview) -> Iterator[tuple[bytes, bytes]]:
    if len(content) < 4:
        raise ValueError("a block is shorter than its end")
    (restarts,) = struct.unpack_from("<I", content, len(content) - 4)
    end = len(content) - 4 * (restarts + 1)
    if end < 0:
        raise ValueError(f"a block of {len(content)} bytes declares {restarts} restart points")
    content, place, key = content[:end], 0, b""
    while place < end:
        shared, place = decode_varint(content, place)
        own, place = decode_varint(content, place)
        length, place = decode_varint(content, place)
        if shared > len(key) or own + length > end - place:
            raise ValueError("an entry of a block is longer than the block")
        key = key[:shared] + bytes(content[place : place + own])
        yield key, bytes(content[place + own : place + own + length])
        place += own + length


# --- writing ---


def table_bytes(entries: Iterable[tuple[bytes, bytes]]) -> bytes:
    """A whole table of entries that come in the order of their keys."""
    out, index, block = bytearray(), _Block(1), _Block(_RESTART)
    for key, value in entries:
        if block.count and key <= block.last:
            raise ValueError(f"The keys of a table must come in order: {key!r} after {block.last!r}.")
        block.add(key, value)
        if len(block.content) >= _BLOCK:
            index.add(block.last, _append(out, block))
            block = _Block(_RESTART, block.last)
    if block.count or not index.count:
        index.add(block.last, _append(out, block))
    meta = _append(out, _Block(_RESTART))
    footer = meta + _append(out, index)
    return bytes(out) + footer.ljust(_FOOTER - 8, b"\0") + struct.pack("<Q", _MAGIC)


class _Block:
    """A block as it is written.

    Args:
        interval: after how many entries a key stands whole.
        last: the last key of the block before.
    """

    def __init__(self, interval: int, last: bytes = b"") -> None:
        self.interval, self.last = interval, last
        self.content, self.restarts, self.count = bytearray(), [0], 0

    def add(self, key: bytes, value: bytes) -> None:
        shared = 0
        if self.count % self.interval:
            shared = _shared(key, self.last)
        elif self.count:
            self.restarts.append(len(self.content))
        self.content += encode_varint(shared) + encode_varint(len(key) - shared) + encode_varint(len(value))
        self.content += key[shared:] + value
        self.last, self.count = key, self.count + 1


def _shared(one: bytes, other: bytes) -> int:
    """How many bytes two keys begin with alike."""
    most = min(len(one), len(other))
    return next((place for place in range(most) if one[place] != other[place]), most)


def _append(out: bytearray, block: _Block) -> bytes:
    """Adds a block to a file, and gives its place as the index and the footer have it."""
    content = bytes(block.content) + struct.pack(f"<{len(block.restarts) + 1}I", *block.restarts, len(block.restarts))
    handle = encode_varint(len(out)) + encode_varint(len(content))
    out += content + bytes([_PLAIN])
    out += struct.pack("<I", masked_crc32c(content + bytes([_PLAIN])))
    return handle
