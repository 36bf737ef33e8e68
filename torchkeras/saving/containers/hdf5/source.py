"""The bytes of a file, each range checked against what is there before it is read."""

from __future__ import annotations

import os
from typing import BinaryIO

import numpy as np

from torchkeras.saving.containers.part_of_file import PartOfFile, on_disk, read_array_at
from torchkeras.saving.errors import UnreadableFile, UnsafeFile

#: An address that stands for "nowhere", for addresses of 8 bytes.
NOWHERE = 0xFFFF_FFFF_FFFF_FFFF


class Source:
    """A binary file of a known length.

    Args:
        file: one that can seek.
        what: what messages call it.
    """

    def __init__(self, file: BinaryIO, what: str) -> None:
        self.file, self.what = file, what
        #: Whether several threads may read at once.
        self.for_threads = on_disk(file) is not None
        raw = getattr(file, "raw", file)
        self._sums = raw.sums if isinstance(raw, PartOfFile) else None
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
        self.check(address, target.nbytes)
        if self._sums is None:
            whole = read_array_at(self.file, address, target) == target.nbytes
        else:
            whole = self._sums.read(self.file, address, target)
        if not whole:
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
