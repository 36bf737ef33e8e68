"""Work in threads, where that pays: functions and sources that were seen to take long."""

from __future__ import annotations

import itertools
import queue
import threading
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from time import perf_counter
from typing import Any

from torchkeras.core.draws import thread
from torchkeras.core.processors import processors
from torchkeras.tensorflow.data.base import Dataset, Passing
from torchkeras.tensorflow.data.iterators import Pull

#: Below so many seconds an element, handing it from thread to thread costs more than it saves.
_WORTH_IT = 1e-3
#: How many elements are watched before it is decided.
_WATCHED = 6


def mapped(function: Callable[[Any], Any], elements: Iterator[Any], calls: int) -> Iterator[Any]:
    """`map(function, elements)`; in threads, and still in order, if the function is seen to take long.

    An error in one call does not end the others.
    """
    workers = processors() if calls < 0 else min(calls, processors())
    if workers < 2:
        return map(function, elements)
    return itertools.chain.from_iterable(_watched_first(function, elements, workers))


def _watched_first(function: Callable[[Any], Any], elements: Iterator[Any], workers: int) -> Iterator[Iterator[Any]]:
    first = _Watched(function, elements)
    yield first
    yield _Threaded(function, elements, workers) if first.slow else map(function, elements)


class _Watched:
    """The first few results of a function, and how long they took."""

    def __init__(self, function: Callable[[Any], Any], elements: Iterator[Any]) -> None:
        self._function, self._elements = function, elements
        self._seen, self._spent = 0, 0.0

    @property
    def slow(self) -> bool:
        return self._spent > _WORTH_IT * _WATCHED

    def __iter__(self) -> Iterator[Any]:
        return self

    def __next__(self) -> Any:
        if self._seen > _WATCHED:
            raise StopIteration
        element = next(self._elements)
        start = perf_counter()
        try:
            return self._function(element)
        finally:
            if self._seen:  # the first call may load or make things
                self._spent += perf_counter() - start
            self._seen += 1


class _Threaded:
    """The results of a function called in threads, in order."""

    def __init__(self, function: Callable[[Any], Any], elements: Iterator[Any], workers: int) -> None:
        self._function, self._elements, self._workers = function, elements, workers
        self._pool = ThreadPoolExecutor(workers, "torchkeras-map")
        self._ahead: deque[Future[Any]] = deque()

    def __iter__(self) -> Iterator[Any]:
        return self

    def __next__(self) -> Any:
        while len(self._ahead) < 2 * self._workers:
            try:
                element = next(self._elements)
            except StopIteration:
                break
            self._ahead.append(self._pool.submit(_in_thread, self._function, element))
        if not self._ahead:
            self._pool.shutdown(wait=False)
            raise StopIteration
        return self._ahead.popleft().result()

    def __del__(self) -> None:
        self._pool.shutdown(wait=False, cancel_futures=True)


def _in_thread(function: Callable[[Any], Any], element: Any) -> Any:
    return next(Pull(map(function, iter((element,)))))


class PrefetchDataset(Passing):
    """The same elements, made ahead in a thread if they were seen to take long.

    Args:
        input_dataset: whose elements.
        buffer_size: how many ahead; AUTOTUNE for a few.
    """

    def __init__(self, input_dataset: Dataset, buffer_size: Any) -> None:
        super().__init__(input_dataset)
        self._buffer_size = int(buffer_size)
        if self._buffer_size < -1:
            raise ValueError(f"`buffer_size` must not be negative, got {self._buffer_size}.")

    def _resident(self, device: Any) -> Dataset:
        source = self._input._resident(device)
        return self if source is self._input else PrefetchDataset(source, self._buffer_size)

    def _elements(self) -> Iterator[Any]:
        if self._columns() is not None or not self._buffer_size or processors() < 2:
            return self._input._elements()
        return _ahead(self._input._elements(), 2 if self._buffer_size < 0 else self._buffer_size)

    def _chunks(self) -> Iterator[Any]:
        return self._input._chunks() if self._columns() is not None else Dataset._chunks(self)


def _ahead(elements: Iterator[Any], size: int) -> Iterator[Any]:
    spent = 0.0
    for seen in itertools.count():
        start = perf_counter()
        try:
            element = next(elements)
        except StopIteration:
            return
        spent += perf_counter() - start if seen else 0.0
        yield element
        if seen == _WATCHED:
            break
    if spent < _WORTH_IT * _WATCHED:
        yield from elements
        return
    worker = _Worker(elements, size)
    try:
        yield from worker
    finally:
        worker.stop()


class _Worker:
    """A thread that runs an iterator ahead of who asks for its elements."""

    def __init__(self, elements: Iterator[Any], size: int) -> None:
        self._ready: queue.Queue[tuple[str, Any]] = queue.Queue(size)
        self._stopped = threading.Event()
        self._iteration = thread.iteration  # of the thread that asks; the worker goes on with it
        self._thread = threading.Thread(target=self._work, args=(elements,), name="torchkeras-prefetch", daemon=True)
        self._thread.start()

    def _work(self, elements: Iterator[Any]) -> None:
        source = Pull(elements, self._iteration)
        while not self._stopped.is_set():
            try:
                made = ("element", next(source))
            except StopIteration:
                made = ("end", None)
            except BaseException as error:
                made = ("error", error)
            self._hand_over(made)
            if made[0] == "end":
                return

    def _hand_over(self, made: tuple[str, Any]) -> None:
        while not self._stopped.is_set():
            try:
                self._ready.put(made, timeout=0.1)
            except queue.Full:
                continue
            return

    def __iter__(self) -> Iterator[Any]:
        return self

    def __next__(self) -> Any:
        kind, value = self._ready.get()
        if kind == "end":
            raise StopIteration
        if kind == "error":
            raise value
        return value

    def stop(self) -> None:
        self._stopped.set()


__all__ = ["PrefetchDataset", "mapped"]
