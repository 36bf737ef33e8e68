"""Large values a block at a time: there is never a second copy of them, and disk, sums and copies go on at once."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import numpy as np
from torch import Tensor

from torchkeras.core.processors import processors

A = TypeVar("A", np.ndarray, Tensor)
M = TypeVar("M")
P = TypeVar("P")
R = TypeVar("R")
T = TypeVar("T")

#: What is larger goes block by block. Blocks of this size stay in a processor's cache while they are transposed.
LARGE, BLOCK = 1 << 24, 1 << 21
_MOST_THREADS = 4


def ahead(blocks: Iterator[T]) -> Iterator[T]:
    """The same blocks, each made while the one before it is used: the processor and the disk work at once.

    Where a block's memory is used again, that must be by the second block after it; of two `ahead`, one in the other,
    by the third.
    """
    first = next(blocks, None)
    second = next(blocks, None) if first is not None else None
    if first is not None:
        yield first
    if second is None:
        return
    with ThreadPoolExecutor(1) as pool:
        block: T | None = second
        while block is not None:
            coming = pool.submit(next, blocks, None)
            yield block
            block = coming.result()


def rows_at_once(shape: tuple[int, ...], nbytes: int) -> int:
    """How many rows of so many bytes in all make a block."""
    return max(1, min(shape[0], BLOCK * shape[0] // nbytes))


def bytes_of(array: np.ndarray) -> Iterator[np.ndarray]:
    """The bytes of an array whose values stand together in order, some at once."""
    flat = array.reshape(-1).view(np.uint8)
    for begin in range(0, flat.size, BLOCK):
        yield flat[begin : begin + BLOCK]


def rows_of(values: A) -> Iterator[A]:
    """An array or tensor, some rows at once, where it is large."""
    if values.ndim == 0 or values.nbytes <= LARGE:
        yield values
        return
    step = rows_at_once(tuple(values.shape), values.nbytes)
    for begin in range(0, len(values), step):
        yield values[begin : begin + step]


def parts_of(array: np.ndarray) -> Iterator[np.ndarray]:
    """An array as views of parts of it, in the order of its values: of bytes, where these stand together in order."""
    if array.flags.c_contiguous:
        yield from bytes_of(array)
    elif array.nbytes <= BLOCK or (len(array) > array.nbytes // BLOCK):
        step = rows_at_once(array.shape, array.nbytes)
        for start in range(0, len(array), step):
            yield array[start : start + step]
    else:
        for row in array:  # more than a block each
            yield from parts_of(row)


def side_by_side(
    parts: Iterable[P],
    memory: Callable[[], M],
    read: Callable[[P, M], T],
    use: Callable[[P, T], R],
    in_turn: bool = True,
) -> list[R]:
    """What `use` returns for each part, in order. Some are used at a time, where there are several.

    Args:
        parts: what there is to read.
        memory: makes what a thread reads into, part after part.
        read: reads a part.
        use: is given the part and what was read.
        in_turn: whether parts are read in their order, and never in two threads at once.
    """
    if isinstance(parts, Sequence) and len(parts) < 2:
        return [use(part, read(part, memory())) for part in parts]
    waiting, reading, failed = enumerate(parts), threading.Lock(), threading.Event()
    done: dict[int, R] = {}

    def work() -> None:
        own = memory()
        try:
            while not failed.is_set():
                with reading:
                    turn = next(waiting, None)
                    if turn is None:
                        return
                    number, part = turn
                    if in_turn:
                        found = read(part, own)
                if not in_turn:
                    found = read(part, own)
                done[number] = use(part, found)
        except BaseException:
            failed.set()
            raise

    threads = max(2, min(processors(), _MOST_THREADS))
    with ThreadPoolExecutor(threads) as pool:
        for each in [pool.submit(work) for _ in range(threads)]:
            each.result()
    return [done[number] for number in sorted(done)]


__all__ = ["BLOCK", "LARGE", "ahead", "bytes_of", "parts_of", "rows_at_once", "rows_of", "side_by_side"]
