"""A folder of files, read and written as archives are: the same members, each a file of its own."""

from __future__ import annotations

import io
import os
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from typing import BinaryIO

from torchkeras.core.folders import written_folder
from torchkeras.saving.errors import UnreadableFile, UnsafeFile

_MOST_FILES = 10_000


class Folder:
    """The files of a folder. Links are refused: they could lead to any file.

    Args:
        path: of the folder.
    """

    def __init__(self, path: str) -> None:
        self._path, self.what = path, repr(path)
        self._sizes: dict[str, int] = {}
        self._list(path, "")

    def _list(self, path: str, prefix: str) -> None:
        with os.scandir(path) as scanned:
            entries = list(scanned)
        for entry in entries:
            if entry.is_symlink():
                raise UnsafeFile(f"Cannot read {self.what}: {prefix + entry.name!r} in it is a link, not a file.")
            if len(self._sizes) > _MOST_FILES:
                raise UnsafeFile(f"Cannot read {self.what}: it has more than {_MOST_FILES} files.")
            if entry.is_dir():
                self._list(entry.path, f"{prefix}{entry.name}/")
            elif entry.is_file():
                self._sizes[prefix + entry.name] = entry.stat().st_size

    def names(self) -> list[str]:
        """The files in it, by their names from there."""
        return sorted(self._sizes)

    def has(self, name: str) -> bool:
        return name in self._sizes

    def size(self, name: str) -> int:
        """How many bytes a file has."""
        return self._sizes[name]

    def read(self, name: str, at_most: int) -> bytes:
        """A file as a whole, which may have so many bytes."""
        with self.file(name) as file:
            content = file.read(at_most + 1)
        if len(content) > at_most:
            raise UnsafeFile(f"Cannot read {self.what}: {name!r} in it has more than the {at_most} bytes it may have.")
        return content

    @contextmanager
    def file(self, name: str, check_later: bool = False) -> Iterator[BinaryIO]:
        """A file, opened. There is no checksum."""
        if name not in self._sizes:
            raise UnreadableFile(f"Cannot read {self.what}: it has no file {name!r}.")
        with open(os.path.join(self._path, *name.split("/")), "rb") as file:
            yield file


class FolderWriter:
    """Writes files into a folder.

    Args:
        path: of the folder.
    """

    def __init__(self, path: str) -> None:
        self._path = path

    def write(self, name: str, content: bytes) -> None:
        """Adds a file."""
        with self.file(name) as file:
            file.write(content)

    @contextmanager
    def file(self, name: str) -> Iterator[BinaryIO]:
        """Adds a file that is written piece by piece."""
        path = os.path.join(self._path, *name.split("/"))
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w+b") as file:
            yield file
            file.seek(0, io.SEEK_END)


@contextmanager
def new_folder(path: str, own: Collection[str]) -> Iterator[FolderWriter]:
    """A folder that takes the place of `path` once the block has ended without an error.

    Args:
        path: the folder.
        own: the names that belong to what is written; others that are there stay.
    """
    with written_folder(path, own) as unfinished:
        yield FolderWriter(unfinished)
