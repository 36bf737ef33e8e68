"""Snappy's block format, read."""

from __future__ import annotations

from torchkeras.records.wire import decode_varint

#: The format cannot do better: three bytes for a copy of 64.
_BEST_RATIO = 64


def decompress(data: memoryview) -> bytes:
    """What snappy packed; a ValueError where it is damaged or declares more than its bytes can hold."""
    size, place = decode_varint(data, 0)
    if size > _BEST_RATIO * len(data):
        raise ValueError(f"a block of {len(data)} bytes declares {size} bytes unpacked, more than it can hold")
    out = bytearray()
    while place < len(data):
        tag = data[place]
        place += 1
        kind = tag & 3
        if kind == 0:
            length, place = _literal_length(tag, data, place)
            if length > len(data) - place:
                raise ValueError("a packed block ends within a literal")
            out += data[place : place + length]
            place += length
        else:
            length, offset, place = _copy(kind, tag, data, place)
            if not 0 < offset <= len(out):
                raise ValueError("a packed block refers to what lies before its beginning")
            out += _repeated(out, offset, length)
        if len(out) > size:
            raise ValueError(f"a packed block holds more than the {size} bytes it declares")
    if len(out) != size:
        raise ValueError(f"a packed block holds {len(out)} bytes and declares {size}")
    return bytes(out)


def _literal_length(tag: int, data: memoryview, place: int) -> tuple[int, int]:
    length = tag >> 2
    if length < 60:
        return length + 1, place
    width = length - 59
    _need(data, place, width)
    return int.from_bytes(data[place : place + width], "little") + 1, place + width


def _copy(kind: int, tag: int, data: memoryview, place: int) -> tuple[int, int, int]:
    width = {1: 1, 2: 2, 3: 4}[kind]
    _need(data, place, width)
    offset = int.from_bytes(data[place : place + width], "little")
    if kind == 1:
        return (tag >> 2 & 7) + 4, offset | tag >> 5 << 8, place + width
    return (tag >> 2) + 1, offset, place + width


def _repeated(out: bytearray, offset: int, length: int) -> bytes:
    piece = bytes(out[len(out) - offset :])
    return (piece * (length // offset + 1))[:length]


def _need(data: memoryview, place: int, width: int) -> None:
    if width > len(data) - place:
        raise ValueError("a packed block ends within a tag")
