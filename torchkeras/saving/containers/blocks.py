"""Large values a block at a time: there is never a second copy of them, and disk, sums and copies go on at once."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

import numpy as np
import torch
from torch import Tensor

T = TypeVar("T")

#: What is larger goes block by block. Blocks of this size stay in a processor's cache while they are transposed.
LARGE, BLOCK = 1 << 24, 1 << 22


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


def in_order(tensor: Tensor) -> Iterator[Tensor]:
    """A tensor as rows whose values stand together in order, some rows at once; as a whole where all do, or few are.

    The memory of a block is used again by the second after it.
    """
    size = tensor.numel() * tensor.element_size()
    if size <= LARGE or not tensor.dim() or tensor.is_contiguous():
        yield tensor.contiguous()
        return
    step = rows_at_once(tuple(tensor.shape), size)
    starts = range(0, len(tensor), step)
    if tensor.dim() != 2 or tensor.stride(0) != 1 or tensor.device.type != "cpu":
        for start in starts:
            yield tensor[start : start + step].contiguous()
        return
    # A transposed matrix, in two steps through the same memory: torch does both seven times as fast as the one.
    columns, *rows = (torch.empty(step * tensor.shape[1], dtype=tensor.dtype) for _ in range(3))
    for start, buffer in zip(starts, itertools.cycle(rows)):
        part = tensor[start : start + step]
        column, row = columns[: part.numel()].view(part.shape[1], -1), buffer[: part.numel()].view(part.shape)
        yield row.copy_(column.copy_(part.t()).t())


def bytes_of(array: np.ndarray) -> Iterator[np.ndarray]:
    """The bytes of an array whose values stand together in order, some at once."""
    flat = array.reshape(-1).view(np.uint8)
    for begin in range(0, flat.size, BLOCK):
        yield flat[begin : begin + BLOCK]


def to_fill(array: np.ndarray) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """An array as parts, in the order of its values, each with the memory to read it into.

    That is the part itself where its values stand together in order, else memory that is used again by the third after
    it: what was read has to be copied.
    """
    if array.flags.c_contiguous:
        for piece in bytes_of(array):
            yield piece, piece
        return
    if array.nbytes <= BLOCK or (len(array) > array.nbytes // BLOCK):
        step = rows_at_once(array.shape, array.nbytes)
        buffers = [np.empty((step, *array.shape[1:]), array.dtype) for _ in range(min(3, -(-len(array) // step)))]
        for start, buffer in zip(range(0, len(array), step), itertools.cycle(buffers)):
            part = array[start : start + step]
            yield part, buffer[: len(part)]
        return
    for row in array:  # more than a block each
        yield from to_fill(row)


def reach(part: Any, block: Any) -> None:
    """Copies the first row of a block to where all of it is going to be copied.

    Memory that is new costs as much when it is first written to as a copy does. This has it done by the thread that
    reads: between rows that are columns in memory, each page is met in the first.
    """
    part[:1] = block[:1]


__all__ = ["BLOCK", "LARGE", "ahead", "bytes_of", "in_order", "reach", "rows_at_once", "to_fill"]
