"""Zip archives, read closed and written whole: the only place that opens one.

Reading never extracts to a path that a file names, and never trusts a size: a member is read as a bounded stream, or
seen in place where it is stored as it is.
"""

from __future__ import annotations

import io
import os
import struct
import tempfile
import time
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, BinaryIO

import numpy as np

from torchkeras.core.files import written_whole
from torchkeras.saving.containers import zip_directory as zips
from torchkeras.saving.containers.blocks import ahead, side_by_side
from torchkeras.saving.containers.crc import SumsOfParts
from torchkeras.saving.containers.part_of_file import PartOfFile, on_disk
from torchkeras.saving.errors import UnreadableFile, UnsafeFile

_PIECE = 1 << 22


# --- reading ---


def is_archive(path: str) -> bool:
    """Whether a file begins as a zip archive does."""
    try:
        with open(path, "rb") as file:
            return file.read(4) in (zips.LOCAL_MARK, zips.END_MARK)
    except OSError:
        return False


@contextmanager
def open_archive(source: str | os.PathLike[str] | BinaryIO, what: str | None = None) -> Iterator[Archive]:
    """An archive, for as long as the block lasts.

    Args:
        source: a path, or a binary file that can seek.
        what: what messages call it; its path unless given.
    """
    if hasattr(source, "read"):
        yield Archive(source, what or "the archive")
        return
    with open(source, "rb") as file:
        yield Archive(file, what or repr(os.fspath(source)))


class Archive:
    """The members of an archive that was opened, checked against each other.

    Args:
        file: the archive.
        what: what messages call it.
    """

    def __init__(self, file: Any, what: str) -> None:
        self._file, self.what = file, what
        self._members = zips.read_directory(file, what)

    def names(self) -> list[str]:
        """The names of the files in it, in its order."""
        return [name for name in self._members if not name.endswith("/")]

    def has(self, name: str) -> bool:
        return name in self._members

    def size(self, name: str) -> int:
        """How many bytes a member has, unpacked."""
        return self._member(name).size

    def read(self, name: str, at_most: int) -> bytes:
        """A member as a whole.

        Args:
            name: of the member.
            at_most: how many bytes it may have.
        """
        member = self._member(name)
        if member.size > at_most:
            raise UnsafeFile(
                f"Cannot read {self.what}: its member {name!r} has {member.size} bytes, more than the {at_most} that "
                f"one of its kind may have."
            )
        return b"".join(self._pieces(member))

    @contextmanager
    def file(self, name: str, check_later: bool = False) -> Iterator[BinaryIO]:
        """A member as a file that can seek: in place, or unpacked into a temporary file where it is packed.

        Args:
            name: of the member.
            check_later: whether its checksum is compared once the block has ended, for which it is not read twice.
        """
        member, known = self._member(name), SumsOfParts()
        if member.method == zips.STORED:
            if not check_later:
                self._verify(member, known)
            window = PartOfFile(self._file, member.start, member.size, known if check_later else None)
            try:
                yield io.BufferedReader(window, 1 << 16)
            except Exception:
                if check_later:
                    self._verify(member, known)  # which may be why
                raise
            if check_later:
                self._verify(member, known)
            return
        with tempfile.TemporaryFile() as unpacked:
            for piece in self._pieces(member):
                unpacked.write(piece)
            unpacked.seek(0)
            yield unpacked

    def _member(self, name: str) -> zips.Member:
        found = self._members.get(name)
        if found is None:
            raise UnreadableFile(f"Cannot read {self.what}: it has no member {name!r}.")
        return found

    def _pieces(self, member: zips.Member) -> Iterator[bytes]:
        """The content of a member, piece by piece, and an error in the end where it is not what was declared."""
        left, crc = member.size, 0
        for piece in ahead(self._unpacked(member)):
            left -= len(piece)
            crc = zlib.crc32(piece, crc)
            if left < 0:
                raise UnsafeFile(f"Cannot read {self.what}: its member {member.name!r} holds more than it declares.")
            yield piece
        if left or crc != member.crc:
            raise UnreadableFile(f"Cannot read {self.what}: its member {member.name!r} is damaged.")

    def _verify(self, member: zips.Member, known: SumsOfParts) -> None:
        """The checksum of a member that is not packed: nothing else would tell that values were damaged."""
        try:
            found = _checksum(PartOfFile(self._file, member.start, member.size), member.size, known)
        except EOFError:
            raise UnreadableFile(f"Cannot read {self.what}: it ends within its member {member.name!r}.") from None
        if found != member.crc:
            raise UnreadableFile(f"Cannot read {self.what}: its member {member.name!r} is damaged.")

    def _unpacked(self, member: zips.Member) -> Iterator[bytes]:
        packed = self._packed(member)
        if member.method == zips.STORED:
            yield from packed
            return
        stream = zlib.decompressobj(-15)
        try:
            for piece in packed:
                while piece:
                    yield stream.decompress(piece, _PIECE)
                    piece = stream.unconsumed_tail
            while not stream.eof and (piece := stream.decompress(b"", _PIECE)):
                yield piece
        except zlib.error as error:
            raise UnreadableFile(f"Cannot read {self.what}: its member {member.name!r} is damaged ({error}).") from None
        if not stream.eof or stream.unused_data:
            raise UnreadableFile(f"Cannot read {self.what}: its member {member.name!r} is damaged.")

    def _packed(self, member: zips.Member) -> Iterator[bytes]:
        place, end = member.start, member.start + member.packed
        while place < end:
            self._file.seek(place)
            piece = self._file.read(min(_PIECE, end - place))
            if not piece:
                raise UnreadableFile(f"Cannot read {self.what}: it ends within its member {member.name!r}.")
            place += len(piece)
            yield piece


def _checksum(window: PartOfFile, size: int, known: SumsOfParts) -> int:
    """The CRC-32 of a part of a file, of which some parts' may be known; an EOFError where it ends before."""

    def read(part: range, memory: np.ndarray) -> None:
        if not known.read(window, part.start, memory[: len(part)]):
            raise EOFError

    side_by_side(
        known.gaps(size, _PIECE),
        lambda: np.empty(_PIECE, np.uint8),
        read,
        lambda part, read: None,
        in_turn=on_disk(window) is None,
    )
    return known.of_all()


# --- writing ---


@contextmanager
def new_archive(path: str | os.PathLike[str]) -> Iterator[ArchiveWriter]:
    """A new archive, which takes the place of `path` once the block has ended without an error."""
    with written_whole(path) as file:
        writer = ArchiveWriter(file)
        yield writer
        writer.finish()


class ArchiveWriter:
    """Writes members one after the other, as they are: weights do not get smaller by packing.

    Args:
        file: an empty file to write into, which can seek and be read.
    """

    def __init__(self, file: Any) -> None:
        self._file = file
        self._entries: list[bytes] = []
        self._at = 0

    def write(self, name: str, content: bytes) -> None:
        """Adds a member."""
        with self.file(name) as member:
            member.write(content)

    @contextmanager
    def file(self, name: str) -> Iterator[BinaryIO]:
        """Adds a member that is written as a file, which can seek."""
        raw = name.encode()
        head, start = self._at, self._at + zips.LOCAL.size + len(raw) + 20
        known = SumsOfParts()
        window = PartOfFile(self._file, start, None, known)
        self._file.seek(head)
        self._file.write(bytes(start - head))
        yield window  # type: ignore[misc]
        size = self._file.seek(0, io.SEEK_END) - start
        self._file.flush()  # what it holds back, its descriptor does not show
        crc = _checksum(window, size, known)
        self._at = start + size
        self._file.seek(head)
        self._file.write(_local(raw, crc, size))
        self._entries.append(_central(raw, crc, size, head))

    def finish(self) -> None:
        """Writes the directory."""
        directory = b"".join(self._entries)
        count, length, place = len(self._entries), len(directory), self._at
        self._file.seek(place)
        self._file.write(directory)
        if count >= zips.FULL16 or length >= zips.FULL32 or place >= zips.FULL32:
            end = place + length
            size = zips.END64.size - 12
            self._file.write(
                zips.END64.pack(zips.END64_MARK, size, 45, 45, 0, 0, count, count, length, place)
                + zips.LOCATOR64.pack(zips.LOCATOR64_MARK, 0, end, 1)
            )
        count, length, place = min(count, zips.FULL16), min(length, zips.FULL32), min(place, zips.FULL32)
        self._file.write(zips.END.pack(zips.END_MARK, 0, 0, count, count, length, place, 0))
        self._file.flush()


def _stamp() -> tuple[int, int]:
    """The time of writing as MS-DOS has it."""
    year, month, day, hour, minute, second = time.localtime()[:6]
    return hour << 11 | minute << 5 | second // 2, max(year - 1980, 0) << 9 | month << 5 | day


def _local(raw: bytes, crc: int, size: int) -> bytes:
    # The sizes are in the extra field, which is there for every member: a size is only known afterwards.
    fields = (zips.LOCAL_MARK, 45, 0x800, zips.STORED, *_stamp(), crc, zips.FULL32, zips.FULL32, len(raw), 20)
    return zips.LOCAL.pack(*fields) + raw + struct.pack("<2H2Q", 1, 16, size, size)


def _central(raw: bytes, crc: int, size: int, head: int) -> bytes:
    wide = [number for number in (size, size, head) if number >= zips.FULL32]
    extra = struct.pack(f"<2H{len(wide)}Q", 1, 8 * len(wide), *wide) if wide else b""
    sizes = (min(size, zips.FULL32), min(size, zips.FULL32))
    made_by_unix, regular_file = 3 << 8 | 45, 0o100600 << 16
    return (
        zips.CENTRAL.pack(
            zips.CENTRAL_MARK, made_by_unix, 45, 0x800, zips.STORED, *_stamp(), crc, *sizes, len(raw), len(extra),
            0, 0, 0, regular_file, min(head, zips.FULL32),
        )
        + raw
        + extra
    )  # fmt: skip
