"""A part of a file, seen as a file; and the file on a disk that several threads may read at once."""

from __future__ import annotations

import io
import os
import threading
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from torchkeras.saving.containers.crc import SumsOfParts

#: Bytes; the system's calls may not take more than 2 GiB.
_AT_ONCE = 1 << 30
#: How many places in memory the system fills in one call.
_ROWS = 1024
#: Moves files that cannot be written to wherever they stand.
_one_at_a_time = threading.Lock()


class PartOfFile(io.RawIOBase):
    """A part of a file. Without an end it grows as it is written to.

    Args:
        file: the whole, which can seek.
        start: where the part begins.
        size: its bytes; None for one that grows.
        sums: are told all that is written; who reads tells them himself.
    """

    def __init__(self, file: Any, start: int, size: int | None, sums: SumsOfParts | None = None) -> None:
        self.whole, self.start, self.sums = file, start, sums
        self._size, self._at = size, 0

    def readable(self) -> bool:
        return True

    def writable(self) -> bool:
        return self._size is None

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def _length(self) -> int:
        return self.whole.seek(0, io.SEEK_END) - self.start if self._size is None else self._size

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._at}.get(whence)
        self._at = max(0, offset + (self._length() if base is None else base))
        return self._at

    def readinto(self, buffer: Any) -> int:
        view = memoryview(buffer).cast("B")
        if self._size is not None:
            view = view[: max(0, self._size - self._at)]
        self.whole.seek(self.start + self._at)
        count: int = self.whole.readinto(view)
        self._at += count
        return count

    def write(self, data: Any) -> int:
        self.whole.seek(self.start + self._at)
        count: int = self.whole.write(data)
        if self.sums is not None:
            self.sums.written(self._at, memoryview(data).cast("B")[:count])
        self._at += count
        return count


def on_disk(file: Any) -> tuple[int, int] | None:
    """The descriptor that a file's bytes can be read from, wherever it stands, and where they begin there.

    None where it is not, nor is a part of, a plain file, or where the system cannot read so.
    """
    raw = getattr(file, "raw", file)
    if isinstance(raw, PartOfFile):
        whole = on_disk(raw.whole)
        return None if whole is None else (whole[0], whole[1] + raw.start)
    return (raw.fileno(), 0) if isinstance(raw, io.FileIO) and hasattr(os, "preadv") else None


def read_at(file: Any, place: int, into: memoryview) -> int:
    """Fills memory with what stands at a place of a file, or as much of it as there is; and says how much.

    Several threads may do so at once where the file is `on_disk`.
    """
    found, done, count = on_disk(file), 0, -1
    if found is None:
        file.seek(place)
    while count and done < len(into):
        part = into[done : done + _AT_ONCE]
        count = file.readinto(part) if found is None else os.preadv(found[0], [part], found[1] + place + done)
        done += count
    return done


def read_array_at(file: Any, place: int, into: np.ndarray) -> int:
    """As `read_at`, for an array, the rows of which may lie apart in memory."""
    if into.flags.c_contiguous:
        return read_at(file, place, bytes_in(into))
    found, size = on_disk(file), into[0].nbytes
    for first in range(0, len(into), _ROWS):
        rows: list[Any] = list(into[first : first + _ROWS])
        filled = 0
        if found is not None:
            filled = os.preadv(found[0], rows, found[1] + place + first * size) // size
        for number, row in enumerate(rows[filled:], first + filled):
            count = read_at(file, place + number * size, bytes_in(row))
            if count < size:
                return number * size + count
    return into.nbytes


def write_at(file: Any, place: int, data: memoryview) -> None:
    """Writes to a place of a file; several threads may call it."""
    found, raw = on_disk(file), getattr(file, "raw", file)
    if found is None:
        with _one_at_a_time:
            file.seek(place)
            file.write(data)
        return
    done = 0
    while done < len(data):
        done += os.pwrite(found[0], data[done : done + _AT_ONCE], found[1] + place + done)
    if isinstance(raw, PartOfFile) and raw.sums is not None:
        raw.sums.written(place, data)


def bytes_in(array: np.ndarray) -> memoryview:
    """The memory of an array whose values stand together."""
    return array.reshape(-1).view(np.uint8).data


__all__ = ["PartOfFile", "bytes_in", "on_disk", "read_array_at", "read_at", "write_at"]
