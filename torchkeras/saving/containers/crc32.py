"""The checksums of parts put together: what zip's CRC-32 of the whole is, where each part's was taken by itself.

A checksum is the rest of a division of polynomials over bits, so that data followed by n bytes is the data's times
x^(8n), plus that of those bytes. Numbers hold the coefficient of x^0 in their highest bit.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

_POLYNOMIAL = 0xEDB88320
_ONE, _BYTE = 1 << 31, 1 << 23  # x^0 and x^8


def crc32_of_parts(parts: Iterable[tuple[int, int]]) -> int:
    """The checksum of all parts in a row, from each one's checksum and number of bytes."""
    whole = 0
    for checksum, size in parts:
        whole = _product(_shift(size), whole) ^ checksum
    return whole


@cache
def _shift(size: int) -> int:
    """x^(8 size), by squares."""
    found, square = _ONE, _BYTE
    while size:
        if size & 1:
            found = _product(found, square)
        square, size = _product(square, square), size >> 1
    return found


def _product(one: int, other: int) -> int:
    found = 0
    for bit in range(31, -1, -1):
        if one >> bit & 1:
            found ^= other
        other = other >> 1 ^ (_POLYNOMIAL if other & 1 else 0)
    return found


__all__ = ["crc32_of_parts"]
