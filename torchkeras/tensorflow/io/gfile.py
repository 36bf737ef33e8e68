"""tf.io.gfile: files and folders, with TensorFlow's errors."""

from __future__ import annotations

import glob as globbing
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import IO, Any

from torchkeras.core.string_array import StringArray
from torchkeras.tensorflow.errors import (
    AlreadyExistsError,
    FailedPreconditionError,
    InvalidArgumentError,
    NotFoundError,
    OutOfRangeError,
    PermissionDeniedError,
)


def _path(value: Any) -> str:
    if isinstance(value, StringArray):
        value = value.numpy()
    return os.fsdecode(value)


@contextmanager
def _errors(path: str) -> Iterator[None]:
    """The system's errors as TensorFlow's."""
    try:
        yield
    except FileNotFoundError as error:
        raise NotFoundError(None, None, f"{path}; No such file or directory") from error
    except IsADirectoryError as error:
        raise FailedPreconditionError(None, None, f"{path}; Is a directory") from error
    except NotADirectoryError as error:
        raise FailedPreconditionError(None, None, f"{path}; Not a directory") from error
    except FileExistsError as error:
        raise AlreadyExistsError(None, None, f"{path}; File exists") from error
    except PermissionError as error:
        raise PermissionDeniedError(None, None, f"{path}; Permission denied") from error


class GFile:
    """A file, opened when it is first used.

    Args:
        name: its path.
        mode: 'r', 'w', 'a', 'r+', 'w+' or 'a+', with 'b' for bytes in place of text.
    """

    def __init__(self, name: Any, mode: str = "r") -> None:
        self._name, self._mode = _path(name), mode
        if mode.replace("b", "") not in ("r", "w", "a", "r+", "w+", "a+"):
            raise InvalidArgumentError(None, None, "mode is not 'r' or 'w' or 'a' or 'r+' or 'w+' or 'a+'")
        self._file: IO[Any] | None = None

    @property
    def name(self) -> str:
        return self._name

    @property
    def mode(self) -> str:
        return self._mode

    def _open(self) -> IO[Any]:
        if self._file is None:
            text = "b" not in self._mode
            with _errors(self._name):
                self._file = open(  # noqa: SIM115
                    self._name, self._mode, encoding="utf-8" if text else None, newline="" if text else None
                )
        return self._file

    def _to_read(self) -> IO[Any]:
        if self._mode.replace("b", "") in ("w", "a"):
            raise PermissionDeniedError(None, None, "File isn't open for reading")
        return self._open()

    def read(self, n: int = -1) -> Any:
        """Up to n characters (or bytes); all unless given."""
        return self._to_read().read(n)

    def readline(self) -> Any:
        return self._to_read().readline()

    def readlines(self) -> list[Any]:
        return self._to_read().readlines()

    def write(self, file_content: Any) -> None:
        """Appends to the file."""
        if self._mode.replace("b", "") == "r":
            raise PermissionDeniedError(None, None, "File isn't open for writing")
        if isinstance(file_content, StringArray):
            file_content = file_content.numpy()
        if isinstance(file_content, bytes) and "b" not in self._mode:
            file_content = file_content.decode()
        elif isinstance(file_content, str) and "b" in self._mode:
            file_content = file_content.encode()
        self._open().write(file_content)

    def seek(self, offset: int | None = None, whence: int = 0, position: int | None = None) -> None:
        """Goes to a place: from the start (0), from here (1), from the end (2)."""
        if offset is None and position is None:
            raise TypeError("seek(): offset argument required")
        if whence not in (0, 1, 2):
            raise InvalidArgumentError(None, None, f"Invalid whence argument: {whence}. Valid values are 0, 1, or 2.")
        file = self._to_read()
        place = int(offset if offset is not None else position or 0)
        if whence:
            place += self.tell() if whence == 1 else self.size()
        if not 0 <= place <= self.size():
            raise OutOfRangeError(None, None, f"{place} lies beyond the file {self._name}")
        file.seek(place)

    def tell(self) -> int:
        return self._open().tell()

    def seekable(self) -> bool:
        return True

    def size(self) -> int:
        """The size of the file in bytes."""
        if self._file is not None and self._file.writable():
            self._file.flush()
        return stat(self._name).length

    def flush(self) -> None:
        if self._file is not None:
            self._file.flush()

    def close(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None

    def __enter__(self) -> GFile:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def __del__(self) -> None:
        if getattr(self, "_file", None) is not None:
            self.close()

    def __iter__(self) -> GFile:
        return self

    def __next__(self) -> Any:
        line = self.readline()
        if not line:
            raise StopIteration
        return line

    next = __next__


class FileStatistics:
    """What is known of a file.

    Attributes:
        length: its size in bytes.
        mtime_nsec: when it was changed, in nanoseconds.
        is_directory: whether it is a folder.
    """

    def __init__(self, found: os.stat_result, is_directory: bool) -> None:
        self.length, self.mtime_nsec, self.is_directory = found.st_size, found.st_mtime_ns, is_directory


def stat(path: Any) -> FileStatistics:
    """The size, the time of the last change and the kind of a file."""
    name = _path(path)
    with _errors(name):
        return FileStatistics(os.stat(name), os.path.isdir(name))


def exists(path: Any) -> bool:
    """Whether there is a file or folder of this name."""
    return os.path.exists(_path(path))


def isdir(path: Any) -> bool:
    """Whether there is a folder of this name."""
    return os.path.isdir(_path(path))


def listdir(path: Any) -> list[str]:
    """The names of what is in a folder."""
    name = _path(path)
    if not os.path.isdir(name):
        raise NotFoundError(None, None, f"Could not find directory {name}")
    return os.listdir(name)


def glob(pattern: Any) -> list[str]:
    """The paths that match a pattern, or any of several."""
    patterns = pattern if isinstance(pattern, (list, tuple)) else [pattern]
    return [path for one in patterns for path in sorted(globbing.glob(_path(one)))]


def makedirs(path: Any) -> None:
    """Makes a folder and those above it; one that is there is left alone."""
    name = _path(path)
    if os.path.exists(name) and not os.path.isdir(name):
        raise FailedPreconditionError(None, None, f"{name} is not a directory")
    with _errors(name):
        os.makedirs(name, exist_ok=True)


def mkdir(path: Any) -> None:
    """Makes a folder in one that is there."""
    name = _path(path)
    if not os.path.isdir(name):
        with _errors(name):
            os.mkdir(name)


def remove(path: Any) -> None:
    """Deletes a file."""
    name = _path(path)
    if os.path.isdir(name):
        raise FailedPreconditionError(None, None, f"{name}; Is a directory")
    with _errors(name):
        os.remove(name)


def rmtree(path: Any) -> None:
    """Deletes a folder and all that is in it."""
    name = _path(path)
    if not os.path.exists(name):
        raise NotFoundError(None, None, f"{name} not found")
    with _errors(name):
        shutil.rmtree(name) if os.path.isdir(name) else os.remove(name)


def copy(src: Any, dst: Any, overwrite: bool = False) -> None:
    """Copies a file; into one that is there only with `overwrite`."""
    source, target = _path(src), _path(dst)
    if not overwrite and os.path.exists(target):
        raise AlreadyExistsError(None, None, f"file already exists: {target}")
    with _errors(source):
        shutil.copyfile(source, target)


def rename(src: Any, dst: Any, overwrite: bool = False) -> None:
    """Renames or moves a file; onto one that is there only with `overwrite`."""
    source, target = _path(src), _path(dst)
    if not overwrite and os.path.exists(target):
        raise AlreadyExistsError(None, None, f"file already exists: {target}")
    with _errors(source):
        os.replace(source, target)


def walk(
    top: Any, topdown: bool = True, onerror: Callable[[Any], None] | None = None
) -> Iterator[tuple[str, list[str], list[str]]]:
    """Each folder below one, with the names of the folders and of the files in it."""
    yield from os.walk(_path(top), topdown=topdown, onerror=onerror)


def join(path: Any, *paths: Any) -> str:
    """Parts of a path put together."""
    return os.path.join(_path(path), *map(_path, paths))


def get_registered_schemes() -> list[str]:
    """What file systems there are: the machine's own."""
    return ["", "file"]


__all__ = [
    "GFile", "copy", "exists", "get_registered_schemes", "glob", "isdir", "join", "listdir", "makedirs", "mkdir",
    "remove", "rename", "rmtree", "stat", "walk",
]  # fmt: skip
