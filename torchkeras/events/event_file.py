"""Event files: what TensorBoard reads, one Event a record."""

from __future__ import annotations

import itertools
import os
import socket
import threading
import time
import weakref
from collections.abc import Iterator
from typing import IO

from torchkeras.events.messages import Event, SourceMetadata
from torchkeras.records.framing import frame, read_records

_VERSION = "brain.Event:2"
_files = itertools.count()


class EventFile:
    """A new event file in a folder, which is made where it is not there.

    Args:
        logdir: the folder.
        max_queue: how many events are kept back at most before they are written.
        flush_millis: how long they are kept back at most when others follow.
        suffix: the end of the file's name.
    """

    def __init__(
        self,
        logdir: str | os.PathLike[str],
        max_queue: int = 10,
        flush_millis: int = 120_000,
        suffix: str = ".v2",
    ) -> None:
        folder = os.fspath(logdir)
        os.makedirs(folder, exist_ok=True)
        stem = f"events.out.tfevents.{int(time.time()):010d}.{socket.gethostname()}.{os.getpid()}.{next(_files)}"
        self.path = os.path.join(folder, stem + suffix)
        self._max_queue, self._patience = max_queue, flush_millis / 1000
        self._lock = threading.Lock()
        self._waiting: list[bytes] = []
        self._flushed = time.monotonic()
        file = open(self.path, "wb")  # noqa: SIM115
        self._file: IO[bytes] | None = file
        # What waits is written when the writer is forgotten, and at the end of the program.
        self._end = weakref.finalize(self, _finish, file, self._waiting, os.getpid())
        source = SourceMetadata(writer="torchkeras.events.event_file")
        self.add(Event(wall_time=float(int(time.time())), file_version=_VERSION, source_metadata=source))
        self.flush()

    def add(self, event: Event) -> None:
        if not event.wall_time:
            event.wall_time = time.time()
        framed = frame(event.SerializeToString())
        with self._lock:
            if self._file is None:
                raise RuntimeError(f"The event file {self.path} is closed.")
            self._waiting.append(framed)
            late = len(self._waiting) > self._max_queue or time.monotonic() - self._flushed > self._patience
        if late:
            self.flush()

    def flush(self) -> None:
        with self._lock:
            if self._file is not None:
                _write(self._file, self._waiting)
                self._flushed = time.monotonic()

    def close(self) -> None:
        with self._lock:
            if self._file is not None:
                self._file = None
                self._end()

    @property
    def closed(self) -> bool:
        return self._file is None


def _write(file: IO[bytes], waiting: list[bytes]) -> None:
    if waiting:
        file.write(b"".join(waiting))
        file.flush()
        waiting.clear()


def _finish(file: IO[bytes], waiting: list[bytes], process: int) -> None:
    if os.getpid() == process:  # a forked child has a copy of what its parent will write
        _write(file, waiting)
    file.close()


def read_events(path: str | os.PathLike[str]) -> Iterator[Event]:
    """The events of a file, in their order; the first tells the format's version."""
    for record in read_records(path):
        yield Event.FromString(record)
