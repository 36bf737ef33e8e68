"""SummaryWriter: an event file that summaries can be sent to by default."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from torchkeras.events.event_file import EventFile
from torchkeras.events.messages import Event
from torchkeras.events.state import state
from torchkeras.records.arrays import as_array


class SummaryWriter:
    """What writers have in common; `create_file_writer` makes one.

    with writer.as_default():
        tf.summary.scalar("loss", 0.5, step=1)
    """

    def as_default(self, step: Any = None) -> Any:
        """Within, summaries go to this writer, at this step unless they are given another."""
        raise NotImplementedError

    def set_as_default(self, step: Any = None) -> None:
        """From now on summaries of this thread go to this writer."""
        raise NotImplementedError

    def init(self) -> None:
        raise NotImplementedError

    def flush(self) -> None:
        """Write what has been kept back."""
        raise NotImplementedError

    def close(self) -> None:
        raise NotImplementedError


class FileWriter(SummaryWriter):
    """A SummaryWriter into an event file."""

    def __init__(self, file: EventFile) -> None:
        self._file = file

    @property
    def path(self) -> str:
        return self._file.path

    def add(self, event: Event) -> None:
        self._file.add(event)

    def as_default(self, step: Any = None) -> _Default:
        self._check_open()
        return _Default(self, step)

    def set_as_default(self, step: Any = None) -> None:
        self.as_default(step).__enter__()

    def init(self) -> None:
        self._check_open()

    def flush(self) -> None:
        self._file.flush()

    def close(self) -> None:
        self._file.close()

    def _check_open(self) -> None:
        if self._file.closed:
            raise RuntimeError(f"SummaryWriter {self!r} is already closed")


class _Default:
    """The time in which a writer is the default; its events are in the file at the end."""

    def __init__(self, writer: FileWriter, step: Any) -> None:
        self._writer, self._step = writer, step
        self._before: tuple[Any, Any] = (None, None)

    def __enter__(self) -> FileWriter:
        self._before = state.writer, state.step
        state.writer = self._writer
        if self._step is not None:
            state.step = self._step
        return self._writer

    def __exit__(self, *error: object) -> None:
        self._writer.flush()
        state.writer = self._before[0]
        if self._step is not None:
            state.step = self._before[1]


class NoopWriter(SummaryWriter):
    """A SummaryWriter that does nothing: summaries go where they went."""

    @contextmanager
    def as_default(self, step: Any = None) -> Iterator[None]:
        yield

    def set_as_default(self, step: Any = None) -> None:
        pass

    def init(self) -> None:
        pass

    def flush(self) -> None:
        pass

    def close(self) -> None:
        pass


def create_file_writer(
    logdir: Any,
    max_queue: Any = None,
    flush_millis: Any = None,
    filename_suffix: Any = None,
    name: str | None = None,
    experimental_trackable: bool = False,
    experimental_mesh: Any = None,
) -> FileWriter:
    """A writer into a new event file in a folder.

    Args:
        logdir: the folder; made where it is not there.
        max_queue: how many summaries are kept back at most; 10 by default.
        flush_millis: how long they are kept back at most while others come; two minutes by default.
        filename_suffix: the end of the file's name; '.v2' by default.
    """
    if logdir is None:
        raise ValueError("Argument `logdir` cannot be None")
    if experimental_mesh is not None:
        raise NotImplementedError("`experimental_mesh` is of DTensor, which is not here. Leave it out.")
    file = EventFile(
        logdir if isinstance(logdir, os.PathLike) else _word(logdir),
        10 if max_queue is None else int(max_queue),
        120_000 if flush_millis is None else int(flush_millis),
        ".v2" if filename_suffix is None else _word(filename_suffix),
    )
    return FileWriter(file)


def create_noop_writer() -> NoopWriter:
    """A writer that does nothing, for code that expects one."""
    return NoopWriter()


def _word(value: Any) -> str:
    """A string, or a string tensor as one."""
    if isinstance(value, str):
        return value
    found: Any = as_array(value)[()]
    return str(found, "utf-8")
