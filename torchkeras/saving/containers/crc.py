"""The checksums of parts put together: what the CRC of the whole is, where each part's was taken by itself.

A checksum is the rest of a division of polynomials over bits, so that data followed by n bytes is the data's times
x^(8n), plus that of those bytes. Numbers hold the coefficient of x^0 in their highest bit.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable
from functools import cache

import numpy as np

#: The polynomials of zip and of TensorFlow's files.
CRC32, CRC32C = 0xEDB88320, 0x82F63B78
_ONE, _BYTE = 1 << 31, 1 << 23  # x^0 and x^8
#: How many bytes of rows that lie apart are summed up in one call.
_TOGETHER = 1 << 18


def crc_of_parts(parts: Iterable[tuple[int, int]], polynomial: int) -> int:
    """The checksum of all parts in a row, from each one's checksum and number of bytes."""
    whole = 0
    for checksum, size in parts:
        whole = _product(_shift(size, polynomial), whole, polynomial) ^ checksum
    return whole


@cache
def _shift(size: int, polynomial: int) -> int:
    """x^(8 size), by squares."""
    found, square = _ONE, _BYTE
    while size:
        if size & 1:
            found = _product(found, square, polynomial)
        square, size = _product(square, square, polynomial), size >> 1
    return found


def _product(one: int, other: int, polynomial: int) -> int:
    found = 0
    for bit in range(31, -1, -1):
        if one >> bit & 1:
            found ^= other
        other = other >> 1 ^ (polynomial if other & 1 else 0)
    return found


class SumsOfParts:
    """The CRC-32 of parts of some data, as they become known, in any order."""

    def __init__(self) -> None:
        self._known: list[tuple[int, int, int]] = []

    def add(self, place: int, values: np.ndarray | memoryview) -> None:
        """Takes that of what stands at a place: of an array whose rows may lie apart."""
        checksum, pieces = 0, [values]
        if isinstance(values, np.ndarray) and not values.flags.c_contiguous:
            # Together: zlib lets other threads work only while it sums up many bytes.
            step = max(1, _TOGETHER // max(1, values[0].nbytes))
            pieces = [values[row : row + step] for row in range(0, len(values), step)]
        for piece in pieces:
            checksum = zlib.crc32(np.ascontiguousarray(piece).data, checksum)
        self._known.append((place, checksum, values.nbytes))

    def gaps(self, size: int, at_most: int) -> list[range]:
        """What is not known of so many bytes, in pieces of a size; of parts that overlap, one is forgotten."""
        at, apart, missing = 0, [], []
        for place, checksum, length in [*sorted(self._known), (size, 0, 0)]:
            if place < at:
                continue
            missing += [range(begin, min(begin + at_most, place)) for begin in range(at, place, at_most)]
            apart.append((place, checksum, length))
            at = place + length
        self._known = apart
        return missing

    def of_all(self) -> int:
        """The checksum of all, once there are no gaps."""
        return crc_of_parts([(checksum, length) for _, checksum, length in sorted(self._known)], CRC32)


__all__ = ["CRC32", "CRC32C", "SumsOfParts", "crc_of_parts"]
