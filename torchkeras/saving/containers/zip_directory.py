"""The directory of a zip archive: which members it declares, checked against each other and against the file."""

from __future__ import annotations

import itertools
import re
import stat
import struct
from typing import BinaryIO, NamedTuple

from torchkeras.saving.errors import UnreadableFile, UnsafeFile

STORED, DEFLATED = 0, 8
LOCAL = struct.Struct("<4s5H3I2H")
CENTRAL = struct.Struct("<4s6H3I5H2I")
END = struct.Struct("<4s4H2IH")
END64 = struct.Struct("<4sQ2H2I4Q")
LOCATOR64 = struct.Struct("<4sIQI")
LOCAL_MARK, CENTRAL_MARK, END_MARK = b"PK\x03\x04", b"PK\x01\x02", b"PK\x05\x06"
END64_MARK, LOCATOR64_MARK = b"PK\x06\x06", b"PK\x06\x07"
FULL16, FULL32 = 0xFFFF, 0xFFFFFFFF

#: Bounds on what a directory may ask to be kept in memory. An archive of Keras has a handful of members.
MOST_MEMBERS = 10_000
_MOST_DIRECTORY = 1 << 24
#: Deflate cannot do better than 1032 to 1; what real data comes to is far below, and nothing small is looked at.
_BEST_RATIO = 1032
_MOST_RATIO = 100
_UNLOOKED_AT = 1 << 26

_ENCRYPTED = 0x1 | 0x40 | 0x2000
_UTF8 = 0x800


class Member(NamedTuple):
    """What the directory says of a member; `start` is where its data lies."""

    name: str
    start: int
    packed: int
    size: int
    crc: int
    method: int


def read_directory(file: BinaryIO, what: str) -> dict[str, Member]:
    """The members of an archive by name; an UnreadableFile or UnsafeFile where they are not as they should be.

    Args:
        file: the archive.
        what: what messages call it.
    """
    size = file.seek(0, 2)
    place, count, length = _end(file, size, what)
    file.seek(place)
    data = file.read(length)
    found: dict[str, Member] = {}
    spans: list[tuple[int, int, str]] = []
    at = 0
    for _ in range(count):
        name, fields, at = _entry(data, at, what)
        _check_name(name, what)
        if name in found:
            raise UnsafeFile(f"Cannot read {what}: it has two members of the name {name!r}.")
        member, head = _located(file, name, fields, place, what)
        found[name] = member
        spans.append((head, member.start + member.packed, name))
    if at != length:
        raise UnreadableFile(f"Cannot read {what}: its directory is longer than its {count} members.")
    _check_apart(spans, found, what)
    return found


def _end(file: BinaryIO, size: int, what: str) -> tuple[int, int, int]:
    """Where the directory is, how many members and how many bytes it has."""
    tail_start = max(0, size - END.size - FULL16)
    file.seek(tail_start)
    tail = file.read(size - tail_start)
    at = tail.rfind(END_MARK)
    if at < 0 or at + END.size > len(tail):
        raise UnreadableFile(f"Cannot read {what}: it does not end as a zip archive does (truncated, or another kind).")
    _, disk, first_disk, here, count, length, place, comment = END.unpack_from(tail, at)
    if at + END.size + comment != len(tail):
        raise UnreadableFile(f"Cannot read {what}: there is something behind the end of the zip archive.")
    end = tail_start + at
    if FULL16 in (here, count) or FULL32 in (length, place):
        disk, first_disk, here, count, length, place, end = _end64(file, end, what)
    if disk or first_disk or here != count:
        raise UnreadableFile(f"Cannot read {what}: it is one part of a zip archive in several files.")
    if count > MOST_MEMBERS or length > _MOST_DIRECTORY:
        raise UnsafeFile(
            f"Cannot read {what}: its directory declares {count} members in {length} bytes; at most {MOST_MEMBERS} in "
            f"{_MOST_DIRECTORY} are read."
        )
    if place + length != end or count * CENTRAL.size > length:
        raise UnreadableFile(f"Cannot read {what}: its directory is not where the end of the archive says.")
    return place, count, length


def _end64(file: BinaryIO, end: int, what: str) -> tuple[int, int, int, int, int, int, int]:
    at = end - LOCATOR64.size
    if at < END64.size:
        raise UnreadableFile(f"Cannot read {what}: the end of the zip archive is incomplete.")
    file.seek(at)
    mark, disk, place, _ = LOCATOR64.unpack(file.read(LOCATOR64.size))
    if mark != LOCATOR64_MARK or place + END64.size != at:
        raise UnreadableFile(f"Cannot read {what}: the end of the zip archive is not in order.")
    file.seek(place)
    mark, _, _, _, own_disk, first_disk, here, count, length, start = END64.unpack(file.read(END64.size))
    if mark != END64_MARK:
        raise UnreadableFile(f"Cannot read {what}: the end of the zip archive is not in order.")
    return disk + own_disk, first_disk, here, count, length, start, place


def _entry(data: bytes, at: int, what: str) -> tuple[str, dict[str, int], int]:
    """One entry of the directory: the member's name and numbers, and where the next one begins."""
    if at + CENTRAL.size > len(data):
        raise UnreadableFile(f"Cannot read {what}: its directory ends within a member.")
    mark, _, _, flags, method, _, _, crc, packed, size, names, extras, comments, disk, _, outer, head = (
        CENTRAL.unpack_from(data, at)
    )
    at += CENTRAL.size
    after = at + names + extras + comments
    if mark != CENTRAL_MARK or after > len(data):
        raise UnreadableFile(f"Cannot read {what}: its directory is damaged.")
    name = _decoded(data[at : at + names], flags, what)
    numbers = {"size": size, "packed": packed, "head": head}
    _widen(numbers, data[at + names : at + names + extras], name, what)
    if flags & _ENCRYPTED:
        raise UnsafeFile(f"Cannot read {what}: its member {name!r} is encrypted.")
    kind = stat.S_IFMT(outer >> 16)
    if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
        raise UnsafeFile(f"Cannot read {what}: its member {name!r} is a link or a device, not a file.")
    if method not in (STORED, DEFLATED):
        raise UnreadableFile(f"Cannot read {what}: its member {name!r} is packed in an unknown way ({method}).")
    if disk:
        raise UnreadableFile(f"Cannot read {what}: its member {name!r} is said to be in another file.")
    return name, numbers | {"crc": crc, "method": method}, after


def _decoded(raw: bytes, flags: int, what: str) -> str:
    try:
        return raw.decode("utf-8" if flags & _UTF8 else "cp437")
    except UnicodeDecodeError:
        raise UnreadableFile(f"Cannot read {what}: the name {raw!r} of a member is not text.") from None


def _widen(numbers: dict[str, int], extra: bytes, name: str, what: str) -> None:
    """The numbers that need 64 bits, from the extra field that holds them, in this order."""
    wide = [key for key in ("size", "packed", "head") if numbers[key] == FULL32]
    at = 0
    while wide and at + 4 <= len(extra):
        kind, length = struct.unpack_from("<2H", extra, at)
        at += 4
        if kind == 1:
            if length < 8 * len(wide) or at + 8 * len(wide) > len(extra):
                break
            numbers.update(zip(wide, struct.unpack_from(f"<{len(wide)}Q", extra, at), strict=True))
            return
        at += length
    if wide:
        raise UnreadableFile(f"Cannot read {what}: the sizes of its member {name!r} are incomplete.")


def _check_name(name: str, what: str) -> None:
    parts = name.removesuffix("/").split("/")
    wrong = (
        not name
        or "\\" in name
        or any(ord(letter) < 32 for letter in name)
        or name.startswith("/")
        or re.match(r"[A-Za-z]:", name)
        or any(part in ("", ".", "..") for part in parts)
    )
    if wrong:
        raise UnsafeFile(
            f"Cannot read {what}: its member {name!r} would lie outside of the archive's own folder. No file of Keras "
            f"has such a name, so it was made to do harm, or is damaged."
        )


def _located(file: BinaryIO, name: str, fields: dict[str, int], end: int, what: str) -> tuple[Member, int]:
    """A member with the place of its data, by the header before it, which must say the same; and where that is."""
    head, packed, size, method = fields["head"], fields["packed"], fields["size"], fields["method"]
    if head + LOCAL.size > end:
        raise UnreadableFile(f"Cannot read {what}: its member {name!r} is said to lie behind its end.")
    file.seek(head)
    mark, _, flags, own_method, _, _, _, _, _, names, extras = LOCAL.unpack(file.read(LOCAL.size))
    if mark != LOCAL_MARK or own_method != method or _decoded(file.read(names), flags, what) != name:
        raise UnreadableFile(f"Cannot read {what}: its member {name!r} is not what the directory says.")
    start = head + LOCAL.size + names + extras
    if start + packed > end:
        raise UnreadableFile(
            f"Cannot read {what}: its member {name!r} is said to have {packed} bytes, which reach behind its end."
        )
    if method == STORED and packed != size:
        raise UnreadableFile(f"Cannot read {what}: its member {name!r} has {packed} bytes and declares {size}.")
    if size > _BEST_RATIO * packed + 64 or (size > _UNLOOKED_AT and size > _MOST_RATIO * packed):
        raise UnsafeFile(
            f"Cannot read {what}: its member {name!r} declares {size} bytes and has {packed}. It would fill the memory."
        )
    return Member(name, start, packed, size, fields["crc"], method), head


def _check_apart(spans: list[tuple[int, int, str]], found: dict[str, Member], what: str) -> None:
    spans = sorted(spans)
    for (_, end, name), (start, _, other) in itertools.pairwise(spans):
        if end > start:
            raise UnsafeFile(f"Cannot read {what}: its members {name!r} and {other!r} share the same bytes.")
    for name in found:
        folders = name.removesuffix("/").split("/")[:-1]
        for depth in range(1, len(folders) + 1):
            folder = "/".join(folders[:depth])
            if folder in found:
                raise UnsafeFile(f"Cannot read {what}: its member {folder!r} is a file and a folder at once.")
