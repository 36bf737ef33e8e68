"""The checksums of parts put together: what the CRC of the whole is, where each part's was taken by itself.

A checksum is the rest of a division of polynomials over bits, so that data followed by n bytes is the data's times
x^(8n), plus that of those bytes. Numbers hold the coefficient of x^0 in their highest bit.
"""

from __future__ import annotations

import threading
import zlib
from collections.abc import Iterable
from functools import cache
from typing import Any

import numpy as np

from torchkeras.records.crc32c import EXPONENTS, FOLDS, crc32c
from torchkeras.records.folding import Folding
from torchkeras.saving.containers.part_of_file import bytes_in, read_array_at

#: The polynomials of zip and of TensorFlow's files.
CRC32, CRC32C = 0xEDB88320, 0x82F63B78
_ONE, _BYTE = 1 << 31, 1 << 23  # x^0 and x^8
#: How many bytes of rows that lie apart are summed up in one call.
_AT_ONCE = 1 << 18
#: What bytes are folded from, and what ends that: less than this, or no whole words.
_LONG, _SHORT = 1 << 20, 1 << 12
_FOLD = FOLDS[0]


class Sum:
    """The checksum of data that comes in pieces.

    Args:
        polynomial: which checksum.
        expected: how many bytes are to come at least.
    """

    def __init__(self, polynomial: int, expected: int = 0) -> None:
        # CRC-32 is not folded: zlib is as fast where several threads sum up, since it needs none of Python's lock.
        self._folds, self._short = polynomial == CRC32C, crc32c if polynomial == CRC32C else zlib.crc32
        self._value, self._long = 0, expected >= _LONG
        self._folding: Folding | None = None

    def add(self, piece: np.ndarray | memoryview) -> None:
        """Goes on with an array, whose rows may lie apart, or with bytes."""
        self._add(piece if isinstance(piece, memoryview) else bytes_in(np.ascontiguousarray(piece)))

    def _add(self, piece: memoryview) -> None:
        long = self._folding is not None or self._long or len(piece) >= _LONG
        if not self._folds or not long or len(piece) < _SHORT or len(piece) % _FOLD[0].itemsize:
            self._value = self._short(piece, self.value)
            return
        if self._folding is None:
            self._folding = Folding(EXPONENTS, *_FOLD, self._value ^ 0xFFFFFFFF)
        self._folding.add(np.frombuffer(piece, _FOLD[0]))

    @property
    def value(self) -> int:
        """That of all there has been."""
        if self._folding is not None:
            # A checksum begins with all bits set, which this counts in already.
            self._value, self._folding = self._short(self._folding.rest().data, 0xFFFFFFFF), None
            self._long = False
        return self._value


def read_summed(file: Any, place: int, into: np.ndarray, polynomial: int) -> int | None:
    """Fills an array, whose rows may lie apart, from a file; returns the checksum, None where the file ends before."""
    if read_array_at(file, place, into) != into.nbytes:
        return None
    found = Sum(polynomial, into.nbytes)
    if into.flags.c_contiguous:
        found.add(into)
    else:
        # Together: each step lets other threads work only while it sums up many bytes.
        step = max(1, _AT_ONCE // max(1, into[0].nbytes))
        for first in range(0, len(into), step):
            found.add(into[first : first + step])
    return found.value


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
        self._one_at_a_time = threading.Lock()
        #: What is written without a break: where it began and ends, and the sum so far.
        self._begin, self._end, self._last = 0, 0, Sum(CRC32)

    def read(self, file: Any, place: int, into: np.ndarray) -> bool:
        """Fills an array, whose rows may lie apart, with what stands at a place; False where the file ends before."""
        checksum = read_summed(file, place, into, CRC32)
        if checksum is not None:
            self._known.append((place, checksum, into.nbytes))
        return checksum is not None

    def written(self, place: int, data: memoryview) -> None:
        """Takes that of what has just been written at a place, maybe over what was known; from several threads."""
        large, end = data.nbytes >= _LONG, place + data.nbytes
        whole = Sum(CRC32)
        if large:
            whole.add(data)
        with self._one_at_a_time:
            if large or place != self._end:
                self._settle(end if large else place)
            self._known = [one for one in self._known if one[0] >= end or one[0] + one[2] <= place]
            if large:
                self._known.append((place, whole.value, data.nbytes))
            else:
                self._last.add(data)
                self._end = end

    def _settle(self, at: int) -> None:
        """Ends what is written without a break; the next begins somewhere else."""
        if self._end > self._begin:
            self._known.append((self._begin, self._last.value, self._end - self._begin))
        self._begin, self._end, self._last = at, at, Sum(CRC32)

    def gaps(self, size: int, at_most: int) -> list[range]:
        """What is not known of so many bytes, in pieces of a size; of parts that overlap, one is forgotten."""
        self._settle(size)
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


__all__ = ["CRC32", "CRC32C", "Sum", "SumsOfParts", "crc_of_parts", "read_summed"]
