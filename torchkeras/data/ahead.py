"""Batches made and sent to a device before they are asked for."""

from __future__ import annotations

import queue
import threading
import weakref
from collections import deque
from collections.abc import Callable, Iterator
from typing import Any

import torch

from torchkeras.data.feed import Batch
from torchkeras.data.staging import AHEAD, Buffers, Staging
from torchkeras.data.transfers import Transfers

Make = Callable[[Buffers], Batch]


def _at_once() -> None:
    """There is nothing to wait for."""


class AheadBatches(Iterator[Batch]):
    """Batches that a thread of their own makes and sends, a few before they are asked for.

    The thread ends with the last batch, with an error (which comes out where the batch is asked for), when it is
    closed, when nobody has it any more, and when the interpreter ends.

    Args:
        makes: what makes each batch, in order; called in the thread.
        transfers: how to send.
        device: to where.
    """

    def __init__(self, makes: Iterator[Make], transfers: Transfers, device: torch.device) -> None:
        self._transfers = transfers
        self._line = _Line()
        # It must not have this object, or it would never be given up.
        thread = threading.Thread(
            target=_work, args=(self._line, makes, Staging(transfers, device)), name="torchkeras-feed", daemon=True
        )
        self._end = weakref.finalize(self, _end, self._line, thread)
        thread.start()

    def __next__(self) -> Batch:
        if not self._end.alive:
            raise StopIteration
        # The device has done, or been told of, the steps of all batches that were taken before.
        self._line.room.put(self._transfers.mark())
        found = self._line.made.get()
        if isinstance(found, BaseException):
            self.close()
            raise found
        if found is None:
            self.close()
            raise StopIteration
        batch, receive = found
        receive()
        return batch

    def close(self) -> None:
        """Ends the thread, whatever is left."""
        self._end()


class _Line:
    """What the thread and who takes its batches have in common."""

    def __init__(self) -> None:
        self.stopped = False
        #: Batches with what makes the device wait for them; then None, or an error.
        self.made: queue.SimpleQueue[Any] = queue.SimpleQueue()
        #: For each batch that may be made, what is to be waited for first: so neither host nor device holds many.
        self.room: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()
        for _ in range(AHEAD - 1):  # asking for one makes room for another
            self.room.put(_at_once)


def _work(line: _Line, makes: Iterator[Make], staging: Staging) -> None:
    try:
        for make in makes:
            wait = line.room.get()
            if line.stopped:
                return
            wait()
            line.made.put(staging.send(make))
        line.made.put(None)
    except BaseException as error:  # to be raised where the batch is asked for
        line.made.put(error)


def _end(line: _Line, thread: threading.Thread) -> None:
    line.stopped = True
    line.room.put(_at_once)
    if thread is not threading.current_thread():
        thread.join()


class SentBatches(Iterator[Batch]):
    """Batches that are made where they are asked for, and sent while the device works on those before.

    Args:
        makes: what makes each batch.
        transfers: how to send.
        device: to where.
    """

    def __init__(self, makes: Iterator[Make], transfers: Transfers, device: torch.device) -> None:
        self._makes, self._transfers, self._staging = makes, transfers, Staging(transfers, device)
        self._marks: deque[Callable[[], None]] = deque()

    def __next__(self) -> Batch:
        make = next(self._makes)
        self._marks.append(self._transfers.mark())
        if len(self._marks) > AHEAD:  # the device is that far behind
            self._marks.popleft()()
        batch, receive = self._staging.send(make)
        receive()
        return batch
