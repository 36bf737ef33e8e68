"""The bytes of a file, each range checked against what is there before it is read."""

from __future__ import annotations

import os
from typing import Any, BinaryIO

import numpy as np

from torchkeras.saving.containers.part_of_file import PartOfFile, on_disk, read_at
from torchkeras.saving.errors import UnreadableFile, UnsafeFile

#: An address that stands for "nowhere", for addresses of 8 bytes.
NOWHERE = 0xFFFF_FFFF_FFFF_FFFF
#: How many places in memory the system fills in one call.
_AT_ONCE = 1024


class Source:
    """A binary file of a known length.

    Args:
        file: one that can seek.
        what: what messages call it.
    """

    def __init__(self, file: BinaryIO, what: str) -> None:
        self.file, self.what = file, what
        #: Of a plain file, or of one that this is a part of, from which several threads may read at once; and where
        #: it begins there.
        self.descriptor: int | None
        self.descriptor, self._begin = on_disk(file) or (None, 0)
        raw = getattr(file, "raw", file)
        self._seen = raw.seen if isinstance(raw, PartOfFile) else None
        self.length = file.seek(0, os.SEEK_END)
        #: Bytes that addresses and sizes take.
        self.address_size, self.length_size = 8, 8
        #: What may still be read of descriptions: each is read some few times, unless they lead in circles.
        self.budget = 20 * self.length + (8 << 20)

    def damaged(self, problem: str) -> UnreadableFile:
        return UnreadableFile(f"Cannot read {self.what!r}: {problem}. The HDF5 file is damaged, or not complete.")

    def unsupported(self, problem: str) -> UnreadableFile:
        return UnreadableFile(
            f"Cannot read {self.what!r}: {problem}, which no Keras writes. `h5repack` can write it in a plain form."
        )

    def unsafe(self, problem: str) -> UnsafeFile:
        return UnsafeFile(
            f"Refused to read {self.what!r}: {problem}. No Keras writes such files. Where you trust this one, read it "
            f"with h5py and write its arrays into a new file."
        )

    def check(self, address: int, size: int) -> int:
        """The address; an error unless all of the range that begins there is in the file."""
        if address < 0 or size < 0 or address + size > self.length:
            raise self.damaged(f"it refers to {size} bytes at {address}, and has {self.length}")
        return address

    def read(self, address: int, size: int) -> bytes:
        self.file.seek(self.check(address, size))
        found = self.file.read(size)
        if len(found) != size:
            raise self.damaged("it ended while it was read")
        return found

    def read_array(self, address: int, target: np.ndarray) -> None:
        """Fills an array, whose rows may lie apart in memory."""
        if target.flags.c_contiguous:
            self._read_into(address, _bytes(target))
        else:
            self._read_rows(address, target)
        if self._seen is not None:
            self._seen(address, target)

    def _read_rows(self, address: int, target: np.ndarray) -> None:
        self.check(address, target.nbytes)
        size = target[0].nbytes
        for first in range(0, len(target), _AT_ONCE):
            rows: list[Any] = list(target[first : first + _AT_ONCE])
            count = 0
            if self.descriptor is not None:
                count = os.preadv(self.descriptor, rows, self._begin + address + first * size) // size
            for number, row in enumerate(rows[count:], first + count):
                self._read_into(address + number * size, _bytes(row))

    def _read_into(self, address: int, target: memoryview) -> None:
        if read_at(self.file, self.check(address, len(target)), target) != len(target):
            raise self.damaged("it ended while it was read")

    def cursor(self, address: int, size: int) -> Cursor:
        self.budget -= size
        if self.budget < 0:
            raise self.unsafe("its parts refer to each other over and over")
        return Cursor(self, self.read(address, size))


class Cursor:
    """A place in some bytes that have been read, from which little-endian values are taken one after another."""

    def __init__(self, source: Source, data: bytes) -> None:
        self.source, self.data, self.at = source, data, 0

    def left(self) -> int:
        return len(self.data) - self.at

    def take(self, size: int) -> bytes:
        if size < 0 or size > self.left():
            raise self.source.damaged("a structure in it is shorter than it says")
        self.at += size
        return self.data[self.at - size : self.at]

    def number(self, size: int) -> int:
        return int.from_bytes(self.take(size), "little")

    def skip(self, size: int) -> None:
        self.take(size)

    def address(self) -> int:
        """An address; `NOWHERE` where it is undefined."""
        found = self.number(self.source.address_size)
        return NOWHERE if found == (1 << (8 * self.source.address_size)) - 1 else found

    def length(self) -> int:
        return self.number(self.source.length_size)

    def expect(self, signature: bytes) -> None:
        found = self.take(len(signature))
        if found != signature:
            raise self.source.damaged(f"{signature.decode()} was expected in it, and {found!r} was found")


def _bytes(array: np.ndarray) -> memoryview:
    return array.reshape(-1).view(np.uint8).data
