"""The wire format of protocol buffers: tags, varints and length-delimited pieces."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

VARINT, FIXED64, BYTES, START_GROUP, END_GROUP, FIXED32 = range(6)

_SIGN, _MASK = 1 << 63, (1 << 64) - 1


class DecodeError(ValueError):
    """Bytes that are no message of the expected kind."""


def encode_varint(value: int) -> bytes:
    """An integer in groups of seven bits; a negative one as its 64-bit two's complement."""
    value &= _MASK
    if value < 0x80:
        return bytes((value,))
    pieces = bytearray()
    while value > 0x7F:
        pieces.append(value & 0x7F | 0x80)
        value >>= 7
    pieces.append(value)
    return bytes(pieces)


def decode_varint(data: memoryview, place: int) -> tuple[int, int]:
    """The unsigned integer at `place`, and the place after it."""
    value = shift = 0
    try:
        while True:
            byte = data[place]
            place += 1
            value |= (byte & 0x7F) << shift
            if byte < 0x80:
                return value & _MASK, place
            shift += 7
            if shift > 63:
                raise DecodeError("A varint has more than ten bytes.")
    except IndexError:
        raise DecodeError("The message ends within a varint.") from None


def signed(value: int) -> int:
    """An unsigned 64-bit integer as the signed one of the same bits."""
    return value - (1 << 64) if value & _SIGN else value


def decode_packed_varints(data: memoryview) -> np.ndarray:
    """All varints of a packed field, as int64."""
    raw = np.frombuffer(data, np.uint8)
    if not raw.size:
        return np.zeros(0, np.int64)
    ends = np.flatnonzero(raw < 0x80)
    if not ends.size or ends[-1] != raw.size - 1:
        raise DecodeError("A packed field ends within a varint.")
    if ends.size == raw.size:  # all of one byte
        return raw.astype(np.int64)
    starts = np.concatenate(([0], ends[:-1] + 1))
    if (ends - starts).max() > 9:
        raise DecodeError("A varint has more than ten bytes.")
    place = (np.arange(raw.size) - np.repeat(starts, ends - starts + 1)).astype(np.uint64)
    groups = (raw & 0x7F).astype(np.uint64) << (place * np.uint64(7))
    return np.bitwise_or.reduceat(groups, starts).view(np.int64)


def tag(number: int, wire_type: int) -> bytes:
    return encode_varint(number << 3 | wire_type)


def delimited(number: int, content: bytes) -> bytes:
    """A length-delimited field: a string, bytes, a message or a packed list."""
    return tag(number, BYTES) + encode_varint(len(content)) + content


def fields(data: memoryview) -> Iterator[tuple[int, int, Any, int, int]]:
    """The fields of a message in their order: number, wire type, content, and where the field begins and ends.

    The content is an unsigned integer for varints, else a view of the bytes.
    """
    place, size = 0, len(data)
    while place < size:
        begin = place
        key, place = decode_varint(data, place)
        number, kind = key >> 3, key & 7
        content: Any
        if not 0 < number < 1 << 29:
            raise DecodeError(f"There is no field number {number}.")
        if kind == VARINT:
            content, place = decode_varint(data, place)
        else:
            if kind == BYTES:
                length, place = decode_varint(data, place)
            elif kind == FIXED64:
                length = 8
            elif kind == FIXED32:
                length = 4
            else:  # groups went out of use before any of the messages here came
                raise DecodeError(f"Field {number} is of wire type {kind}, which is not supported.")
            if length > size - place:
                raise DecodeError(f"Field {number} says it has {length} bytes, and {size - place} are left.")
            content = data[place : place + length]
            place += length
        yield number, kind, content, begin, place
