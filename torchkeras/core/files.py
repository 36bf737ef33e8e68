"""Writing files so that a reader never meets half of one."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import IO


@contextmanager
def written_whole(path: str | os.PathLike[str]) -> Iterator[IO[bytes]]:
    """A file to write and read back, which takes the place of `path` once the block has ended without an error.

    An interruption leaves what was there before; so does a full disk, with an OSError that names `path`.
    """
    with renamed_when_whole(path) as unfinished, open(unfinished, "w+b") as file:
        yield file
        file.flush()


@contextmanager
def renamed_when_whole(path: str | os.PathLike[str]) -> Iterator[str]:
    """As `written_whole`, for libraries that open the file themselves: the name to write to."""
    path = os.fspath(path)
    unfinished = f"{path}.unfinished"
    try:
        yield unfinished
        flush(unfinished)
        os.replace(unfinished, path)
    except BaseException as error:
        with suppress(OSError):
            os.remove(unfinished)
        problem = _of_system(error)
        if problem is not None:
            raise OSError(f"Cannot write {path!r}: {problem}") from error
        raise
    with suppress(OSError):  # not every system opens folders
        flush(os.path.dirname(path) or ".")  # so that the new name outlasts a power cut, too


def flush(path: str) -> None:
    """Waits until the system has written a file, or the names in a folder, to the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _of_system(error: BaseException | None) -> OSError | None:
    """The error without a path, such as of a full disk, that came up in the middle of a file or led to another one."""
    while error is not None and type(error) is not OSError:
        error = error.__context__
    return error if error is not None and error.filename is None else None
