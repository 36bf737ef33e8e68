"""Unpacking tar and zip archives that nobody has vouched for.

A member is refused, and with it the whole archive, if its name leads out of the folder, if it is a link or a device,
or if it holds more than it declares. Nothing appears in the folder unless every member was good.
"""

from __future__ import annotations

import os
import re
import stat
import tarfile
import tempfile
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from typing import IO, NamedTuple

_CHUNK = 1 << 20
# Deflate reaches 1032:1 on nothing but zeros; honest data stays far below this.
_MOST_EXPANSION = 200
_ALWAYS_ALLOWED = 1 << 30
_PER_MEMBER = 512


class _Member(NamedTuple):
    name: str
    is_folder: bool
    size: int
    open: IO[bytes] | None


def extract_archive(
    file_path: str | os.PathLike[str],
    path: str | os.PathLike[str] = ".",
    archive_format: str | Sequence[str] | None = "auto",
) -> bool:
    """Unpacks an archive into a folder; False if the file is none of the formats.

    Args:
        file_path: the archive.
        path: the folder, made if need be. What is in it stays, apart from files the archive has too.
        archive_format: "tar" (plain, gz, bz2 or xz), "zip", a list of them, "auto" for both, or None for neither.
    """
    formats = ["tar", "zip"] if archive_format == "auto" else archive_format or []
    for kind in [formats] if isinstance(formats, str) else formats:
        if kind not in ("tar", "zip"):
            raise ValueError(
                f"Expected `archive_format` to be 'auto', 'tar', 'zip', None or a list of them. Received: "
                f"archive_format={archive_format!r}"
            )
        if kind == "tar" and tarfile.is_tarfile(file_path):
            with tarfile.open(file_path) as tar:
                _unpack(_tar_members(tar, file_path), file_path, path)
            return True
        if kind == "zip" and zipfile.is_zipfile(file_path):
            with zipfile.ZipFile(file_path) as archive:
                _unpack(_zip_members(archive), file_path, path)
            return True
    return False


def _unpack(members: Iterator[_Member], file_path: str | os.PathLike[str], path: str | os.PathLike[str]) -> None:
    os.makedirs(path, exist_ok=True)
    left = max(_ALWAYS_ALLOWED, _MOST_EXPANSION * os.path.getsize(file_path))
    # Beside the final place, so that moving there is a rename.
    with tempfile.TemporaryDirectory(prefix=".unpacking-", dir=path) as scratch:
        try:
            for member in members:
                left -= _PER_MEMBER
                if left < 0:
                    raise _refusal(member.name, file_path, "the members before it unpack to too much")
                target = os.path.join(scratch, *_safe_parts(member.name, file_path))
                if member.is_folder:
                    os.makedirs(target, exist_ok=True)
                    continue
                os.makedirs(os.path.dirname(target), exist_ok=True)
                assert member.open is not None
                with member.open as source, open(target, "wb") as sink:
                    left -= _copy(source, sink, member, min(member.size, left), file_path)
        except (tarfile.TarError, zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, NotImplementedError) as error:
            raise ValueError(f"The archive {os.fspath(file_path)!r} cannot be unpacked: {error}") from error
        _move_into(scratch, os.fspath(path))


def _copy(source: IO[bytes], sink: IO[bytes], member: _Member, limit: int, file_path: str | os.PathLike[str]) -> int:
    written = 0
    while chunk := source.read(_CHUNK):
        written += len(chunk)
        if written > limit:
            raise _refusal(member.name, file_path, f"it unpacks to more than the {limit:,} bytes it may have")
        sink.write(chunk)
    if written != member.size:
        raise _refusal(member.name, file_path, f"it declares {member.size:,} bytes and holds {written:,}")
    return written


def _tar_members(archive: tarfile.TarFile, file_path: str | os.PathLike[str]) -> Iterator[_Member]:
    for info in archive:
        if info.issym() or info.islnk():
            raise _refusal(info.name, file_path, "it is a link")
        if not (info.isreg() or info.isdir()):
            raise _refusal(info.name, file_path, "it is a device or another special file")
        yield _Member(info.name, info.isdir(), info.size, archive.extractfile(info))


def _zip_members(archive: zipfile.ZipFile) -> Iterator[_Member]:
    for info in archive.infolist():
        kind = stat.S_IFMT(info.external_attr >> 16)
        if kind == stat.S_IFLNK:
            raise _refusal(info.filename, archive.filename, "it is a link")
        if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
            raise _refusal(info.filename, archive.filename, "it is a device or another special file")
        folder = info.is_dir()
        yield _Member(info.filename, folder, info.file_size, None if folder else archive.open(info))


def _safe_parts(name: str, file_path: str | os.PathLike[str]) -> list[str]:
    """The folders and the file of a member's name, or an error if they lead elsewhere."""
    if "\\" in name:
        raise _refusal(name, file_path, "its name has a backslash")
    if name.startswith("/") or re.match(r"[A-Za-z]:", name):
        raise _refusal(name, file_path, "its path is absolute")
    parts = [part for part in name.split("/") if part not in ("", ".")]
    if ".." in parts:
        raise _refusal(name, file_path, "its path leads out of the folder")
    return parts


def _refusal(name: str, file_path: str | os.PathLike[str] | None, why: str) -> ValueError:
    return ValueError(
        f"Refused to unpack the archive {os.fspath(file_path or '')!r}: its member {name!r} is not safe ({why}). "
        f"Nothing was unpacked."
    )


def _move_into(source: str, target: str) -> None:
    """Moves what is in one folder into another, folder by folder where both have one of that name."""
    for entry in list(os.scandir(source)):
        place = os.path.join(target, entry.name)
        if entry.is_dir() and os.path.isdir(place):
            _move_into(entry.path, place)
        elif os.path.isdir(place) and not os.path.islink(place):
            raise IsADirectoryError(f"The archive has a file {entry.name!r} where there is a folder: {place}")
        else:
            if entry.is_dir() and os.path.lexists(place):
                os.remove(place)
            os.replace(entry.path, place)
