"""Writing files so that a reader never meets half of one."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO


@contextmanager
def written_whole(path: str | os.PathLike[str]) -> Iterator[IO[bytes]]:
    """A file to write, which takes the place of `path` once the block has ended without an error.

    An interruption leaves what was there before.
    """
    path = os.fspath(path)
    unfinished = f"{path}.unfinished"
    try:
        with open(unfinished, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
    except BaseException:
        if os.path.exists(unfinished):
            os.remove(unfinished)
        raise
    os.replace(unfinished, path)
