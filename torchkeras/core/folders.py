"""Writing folders so that a reader never meets half of one."""

from __future__ import annotations

import ctypes
import os
import shutil
from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress

from torchkeras.core.files import flush

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]

_EXCHANGE, _HERE = 2, -100  # of renameat2


@contextmanager
def written_folder(path: str | os.PathLike[str], own: Collection[str]) -> Iterator[str]:
    """A folder to fill, which takes the place of `path` once the block has ended without an error.

    An interruption leaves what was there before. Files of other names than `own` that are in the folder stay there.

    Args:
        path: the folder.
        own: the names that belong to what is written; these alone are replaced.
    """
    path = os.path.realpath(path)  # a link stays one
    if os.path.exists(path) and not os.path.isdir(path):
        raise NotADirectoryError(
            f"Cannot write the folder {path!r}: there is a file of that name. Remove it, or name another."
        )
    with _one_at_a_time(os.path.dirname(path)):
        unfinished = f"{path}.unfinished"
        _discard(unfinished, path, own)
        os.makedirs(unfinished)
        try:
            yield unfinished
            _flush_all(unfinished)
            if os.path.isdir(path):
                _exchange(unfinished, path)
            else:
                os.rename(unfinished, path)
        except BaseException as error:
            shutil.rmtree(unfinished, ignore_errors=True)
            if type(error) is OSError and error.filename is None:  # such as a full disk, met in the middle of a file
                raise OSError(f"Cannot write {path!r}: {error}") from error
            raise
        _discard(unfinished, path, own)
        with suppress(OSError):
            flush(os.path.dirname(path))


@contextmanager
def _one_at_a_time(home: str) -> Iterator[None]:
    """Within, no other process writes a folder into this one: several that train together may save the same."""
    os.makedirs(home, exist_ok=True)
    handle = os.open(home, os.O_RDONLY) if fcntl is not None else None
    try:
        if handle is not None:
            with suppress(OSError):  # not every file system can
                fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        if handle is not None:
            os.close(handle)


def _discard(old: str, path: str, own: Collection[str]) -> None:
    """Removes a folder whose place another took, but for what somebody else has put into it."""
    if not os.path.isdir(old) or os.path.islink(old):
        return
    for name in os.listdir(old):
        if name not in own and os.path.isdir(path) and not os.path.lexists(os.path.join(path, name)):
            os.rename(os.path.join(old, name), os.path.join(path, name))
    shutil.rmtree(old)


def _exchange(one: str, other: str) -> None:
    """Swaps the names of two folders, at once where the system can."""
    try:
        library = ctypes.CDLL(None, use_errno=True)
        done = library.renameat2(_HERE, os.fsencode(one), _HERE, os.fsencode(other), _EXCHANGE) == 0
    except (OSError, AttributeError, TypeError):
        done = False
    if not done:
        between = f"{one}.before"
        os.rename(other, between)
        os.rename(one, other)
        os.rename(between, one)


def _flush_all(folder: str) -> None:
    for home, _, names in os.walk(folder):
        for name in names:
            flush(os.path.join(home, name))
        with suppress(OSError):  # not every system opens folders
            flush(home)


__all__ = ["written_folder"]
