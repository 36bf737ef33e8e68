"""What the elements of a data set or attribute are: numbers, bools and strings; nothing else is read."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from torchkeras.saving.containers.hdf5.source import Cursor, Source

_INTEGER, _FLOAT, _STRING, _OPAQUE, _COMPOUND, _REFERENCE, _ENUM, _VLEN = 0, 1, 3, 5, 6, 7, 8, 9

#: Where sign, exponent and mantissa are: (size, exponent place, exponent bits, mantissa bits, bias) to NumPy's name.
_FLOATS = {(2, 10, 5, 10, 15): "f2", (4, 23, 8, 23, 127): "f4", (8, 52, 11, 52, 1023): "f8"}
_BFLOAT16 = (2, 7, 8, 7, 127)


class Kind(NamedTuple):
    """The type of an element.

    Args:
        size: bytes that it takes.
        dtype: NumPy's type of it; of strings `object`, of bfloat16 uint16.
        text: 'fixed' or 'variable' for strings.
        padding: how a fixed string ends: 0 at a zero, 1 filled up with zeros, 2 with blanks.
        bfloat16: whether it is the bits of one.
    """

    size: int
    dtype: np.dtype[Any]
    text: str = ""
    padding: int = 0
    bfloat16: bool = False


def read_kind(cursor: Cursor) -> Kind:
    """The type that a message describes."""
    source = cursor.source
    first = cursor.number(1)
    bits, size = cursor.number(3), cursor.number(4)
    kind = first & 0x0F
    if size == 0:
        raise source.damaged("it has elements of no size")
    if kind == _INTEGER:
        offset, precision = cursor.number(2), cursor.number(2)
        if size not in (1, 2, 4, 8) or offset or precision != 8 * size:
            raise source.unsupported(f"it has integers of {precision} bits in {size} bytes")
        return Kind(size, np.dtype(f"{_order(bits)}{'i' if bits & 8 else 'u'}{size}"))
    if kind == _FLOAT:
        return _float(cursor, bits, size)
    if kind == _STRING:
        return Kind(size, np.dtype(object), "fixed", bits & 0x0F)
    if kind == _OPAQUE and size == 2:  # what h5py makes of bfloat16
        return Kind(2, np.dtype("<u2"), bfloat16=True)
    if kind == _ENUM:
        base = read_kind(cursor)
        if base.size != size or base.text:
            raise source.damaged("an enumeration in it is of another size than its numbers")
        return Kind(1, np.dtype(bool)) if size == 1 and bits & 0xFFFF == 2 else base
    if kind == _VLEN and bits & 0x0F == 1:
        return Kind(size, np.dtype(object), "variable")
    if kind == _REFERENCE:
        raise source.unsafe("it holds references to other objects")
    if kind in (_COMPOUND, _VLEN):
        raise source.unsafe("it holds lists or records, not numbers and strings")
    raise source.unsupported(f"it holds elements of class {kind} in {size} bytes")


def _order(bits: int) -> str:
    return ">" if bits & 1 else "<"


def _float(cursor: Cursor, bits: int, size: int) -> Kind:
    offset, precision, exponent_at, exponent, mantissa_at, mantissa = (cursor.number(n) for n in (2, 2, 1, 1, 1, 1))
    form = (size, exponent_at, exponent, mantissa, cursor.number(4))
    whole = offset == 0 and precision == 8 * size and mantissa_at == 0 and not bits & 0x40
    if whole and form == _BFLOAT16:
        return Kind(2, np.dtype(f"{_order(bits)}u2"), bfloat16=True)
    if not whole or form not in _FLOATS:
        raise cursor.source.unsupported(f"it has floats of {precision} bits in an own form")
    return Kind(size, np.dtype(_order(bits) + _FLOATS[form]))


def read_shape(cursor: Cursor) -> tuple[int, ...] | None:
    """The shape that a message describes; None where there is no element at all."""
    version, rank = cursor.number(1), cursor.number(1)
    cursor.skip(1)  # whether largest sizes follow
    if version == 1:
        cursor.skip(5)
    elif version == 2:
        if cursor.number(1) == 2:
            return None
    else:
        raise cursor.source.damaged(f"a shape in it is of version {version}")
    if rank > 32:
        raise cursor.source.damaged(f"it has arrays of {rank} axes")
    return tuple(cursor.length() for _ in range(rank))


def count(shape: Sequence[int]) -> int:
    """How many elements a shape has; Python's integers do not overflow."""
    return math.prod(shape)


def fixed_strings(source: Source, kind: Kind, data: bytes, number: int) -> list[str]:
    """Strings of one size, as they lie one behind another."""
    found = []
    for place in range(number):
        piece = data[place * kind.size : (place + 1) * kind.size]
        piece = piece.rstrip(b" ") if kind.padding == 2 else piece.rstrip(b"\0")
        found.append(decoded(source, piece.split(b"\0", 1)[0] if kind.padding == 0 else piece))
    return found


def decoded(source: Source, data: bytes) -> str:
    try:
        return data.decode()
    except UnicodeDecodeError:
        raise source.damaged(f"it has a string that is not UTF-8 ({data[:20]!r})") from None
