"""Writing files so that a reader never meets half of one."""

from __future__ import annotations

import errno
import glob
import os
import shutil
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
    """As `written_whole`, for libraries that open the file themselves: the name to write to.

    What holds of writing into a file holds here: a link stays one, rights stay as they are, and heeded.
    """
    path = os.fspath(path)
    target = os.path.realpath(path)
    if os.path.exists(target) and not os.access(target, os.W_OK):
        raise PermissionError(errno.EACCES, "Cannot replace the file, which is read-only", path)
    unfinished = f"{target}.{os.urandom(4).hex()}.unfinished"  # several processes may write the same file
    try:
        yield unfinished
        flush(unfinished)
        with suppress(OSError):  # there is none yet
            shutil.copymode(target, unfinished)
        os.replace(unfinished, target)
    except BaseException as error:
        with suppress(OSError):
            os.remove(unfinished)
        problem = _of_system(error)
        if problem is not None:
            raise OSError(f"Cannot write {path!r}: {problem}") from error
        raise
    with suppress(OSError):  # not every system opens folders
        flush(os.path.dirname(target))  # so that the new name outlasts a power cut, too


def left_unfinished(path: str | os.PathLike[str]) -> list[str]:
    """What processes that were killed while they wrote a file have left beside it."""
    return glob.glob(f"{glob.escape(os.path.realpath(path))}.????????.unfinished")


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
