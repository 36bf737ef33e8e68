"""TFRecord files: records with their lengths and checksums, one after another, perhaps compressed."""

from __future__ import annotations

import os
import struct
import zlib
from collections.abc import Iterator
from typing import IO, Any

from torchkeras.core.op_errors import DataLossError, NotFoundError
from torchkeras.records.crc32c import masked_crc32c

_LENGTH, _CHECKSUM = struct.Struct("<Q"), struct.Struct("<I")
_HEAD = _LENGTH.size + _CHECKSUM.size
_PIECE = 1 << 20  # read at once: a length is not trusted with memory before the bytes are there

#: zlib's name of each format.
WINDOW_BITS = {"ZLIB": 15, "GZIP": 31}


def frame(record: bytes) -> bytes:
    """A record as it stands in a file: length, checksum of the length, record, checksum of the record."""
    length = _LENGTH.pack(len(record))
    return b"".join((length, _CHECKSUM.pack(masked_crc32c(length)), record, _CHECKSUM.pack(masked_crc32c(record))))


def compression(name: str | None) -> str:
    """'GZIP', 'ZLIB' or '' for none; ValueError for anything else."""
    if name not in (None, "", "GZIP", "ZLIB"):
        raise ValueError(f'Not a valid compression_type: "{name}". Expected "GZIP", "ZLIB" or "".')
    return name or ""


def read_records(path: str | os.PathLike[str], compression_type: str | None = None) -> Iterator[bytes]:
    """The records of a file, one by one.

    Both checksums of each are verified. A damaged file is a DataLossError at the record where it is damaged, as is
    one that ends within a record, be it within its head, at which TensorFlow stops in silence.
    """
    name, kind = os.fspath(path), compression(compression_type)
    try:
        file = open(name, "rb")  # noqa: SIM115
    except FileNotFoundError:
        raise NotFoundError(None, None, f"{name}; No such file or directory") from None
    with file:
        source: Any = _Inflated(file, WINDOW_BITS[kind]) if kind else file
        yield from _records(source)


def _records(file: Any) -> Iterator[bytes]:
    place = 0
    while True:
        head = _read(file, _HEAD)
        if not head:
            return
        if len(head) < _HEAD:
            raise DataLossError(None, None, f"truncated record at {place}' failed with Read less bytes than requested")
        (length,) = _LENGTH.unpack_from(head)
        if _CHECKSUM.unpack_from(head, _LENGTH.size)[0] != masked_crc32c(head[: _LENGTH.size]):
            hint = " (Is this even a TFRecord file?)" if place == 0 else ""
            raise DataLossError(None, None, f"corrupted record at {place}{hint}")
        body = _read(file, length + _CHECKSUM.size)
        if len(body) < length + _CHECKSUM.size:
            raise DataLossError(None, None, f"truncated record at {place}' failed with Read less bytes than requested")
        record = body[:length]
        if _CHECKSUM.unpack_from(body, length)[0] != masked_crc32c(record):
            raise DataLossError(None, None, f"corrupted record at {place + _HEAD}")
        yield record
        place += _HEAD + length + _CHECKSUM.size


def _read(file: Any, size: int) -> bytes:
    if size <= _PIECE:
        found: bytes = file.read(size)
        return found
    pieces = []
    while size > 0:
        piece = file.read(min(size, _PIECE))
        if not piece:
            break
        pieces.append(piece)
        size -= len(piece)
    return b"".join(pieces)


class _Inflated:
    """A compressed file, read as what it holds; several streams one after another are one."""

    def __init__(self, file: IO[bytes], window_bits: int) -> None:
        self._file, self._window_bits = file, window_bits
        self._engine = zlib.decompressobj(window_bits)
        self._ready = bytearray()

    def read(self, size: int) -> bytes:
        while len(self._ready) < size:
            given = self._engine.unconsumed_tail or self._engine.unused_data or self._file.read(_PIECE)
            if not given:
                break
            if self._engine.eof:
                self._engine = zlib.decompressobj(self._window_bits)
            try:
                self._ready += self._engine.decompress(given, _PIECE)
            except zlib.error as error:
                raise DataLossError(None, None, f"inflate() failed: {error}") from None
        found = bytes(self._ready[:size])
        del self._ready[:size]
        return found
