"""Kernels, which torch has the other way round than Keras's files: a row of a file is a column in torch's memory."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from torch import Tensor

from torchkeras.saving.containers.blocks import side_by_side
from torchkeras.saving.containers.part_of_file import bytes_in

#: Blocks of rows that become columns: many rows, so that many values of a column stand together, and some blocks of
#: each kernel, for all threads.
_LEAST, _MOST, _SHARE = 1 << 20, 1 << 23, 8
#: Rows that begin whole pages apart would have the same few places in a processor's cache: these begin a line further.
_LONG, _LINE = 1 << 9, 1 << 6
#: What is turned as a whole; else blocks of columns become rows, by parts that stay in a processor's cache: so many
#: columns at least, and values of each column.
_WHOLE, _BLOCK, _PART = 1 << 22, 1 << 22, (1 << 7, 1 << 9)


class Turned(NamedTuple):
    """A kernel as it lies in torch's memory.

    Args:
        matrix: the memory, with Keras's last axis first, and all others in one; a tensor or an array.
        inner: how many columns stand together that are far apart in a file, as the places of a convolution may.
    """

    matrix: Any
    inner: int


def turned(values: Tensor | np.ndarray) -> Turned | None:
    """How a tensor or array of Keras's shape lies in memory; None where that is not as kernels do."""
    if values.ndim < 2 or 0 in values.shape:
        return None
    *places, before, last = range(values.ndim)
    for axes, inner in (((*places, before), 1), ((before, *places), math.prod(values.shape[:-2]))):
        if isinstance(values, np.ndarray):
            memory: Any = values.transpose(last, *axes)
            together = memory.flags.c_contiguous
        else:
            memory = values.permute(last, *axes)
            together = memory.is_contiguous()
        if together:
            return Turned(memory.reshape(len(memory), -1), inner)
    return None


def to_turn(tensor: Tensor) -> Turned | None:
    """A tensor of Keras's shape as an array for `drain`; None where that would be of no use."""
    size = tensor.numel() * tensor.element_size()
    if size <= _WHOLE or tensor.is_contiguous() or tensor.device.type != "cpu" or tensor.is_conj() or tensor.is_neg():
        return None
    kernel = turned(tensor.as_subclass(Tensor))
    return None if kernel is None else kernel._replace(matrix=kernel.matrix.numpy())


def drain(kernel: Turned, put: Callable[[int, memoryview], None]) -> None:
    """Hands a kernel's values over as files have them, a block at a time, some at once.

    Args:
        kernel: an array.
        put: is given the place of the first byte, and memory that is used again.
    """
    matrix, inner = kernel
    length, outer = matrix.shape[0], matrix.shape[1] // inner
    row = length * matrix.itemsize
    step = max(1, min(_BLOCK // (inner * row), outer))
    high = min(_PART[1], length)
    wide = max(_PART[0], math.prod(_PART) // high)

    def memory() -> tuple[np.ndarray, np.ndarray]:
        return np.empty((step * inner, length), matrix.dtype), RowsApart()(high, wide, matrix.dtype)

    def turn(start: int, memory: tuple[np.ndarray, np.ndarray]) -> np.ndarray:
        columns = matrix[:, start * inner : (start + step) * inner]
        rows, apart = memory[0][: columns.shape[1]], memory[1]
        for left in range(0, len(rows), wide):
            for top in range(0, length, high):
                part = columns[top : top + high, left : left + wide]
                # In two steps through the same memory: many times as fast as the one.
                near = apart[: part.shape[0], : part.shape[1]]
                np.copyto(near, part)
                np.copyto(rows[left : left + wide, top : top + high], near.T)
        return rows

    def hand_over(start: int, rows: np.ndarray) -> None:
        for place in range(inner):
            put((place * outer + start) * row, bytes_in(np.ascontiguousarray(rows[place::inner])))

    side_by_side(range(0, outer, step), memory, turn, hand_over, in_turn=False)


class RowsApart:
    """Memory for blocks of rows, used again by each."""

    def __init__(self) -> None:
        self._memory = np.empty(0, np.uint8)

    def __call__(self, number: int, length: int, dtype: np.dtype) -> np.ndarray:
        """So many rows, each of which stands together."""
        row = length * dtype.itemsize
        size = number * (row + _LINE if row >= _LONG else row)
        if self._memory.size < size:
            self._memory = np.empty(size, np.uint8)
        return self._memory[:size].reshape(number, -1)[:, :row].view(dtype)


def fill(
    kernel: Turned,
    dtype: np.dtype,
    read: Callable[[np.ndarray, int], object],
    put: Callable[[Any, np.ndarray], None] = np.copyto,
    *,
    in_turn: bool,
) -> None:
    """Fills a kernel from a file, a block of rows at a time.

    Args:
        kernel: what is to be filled.
        dtype: that of the file.
        read: fills rows with those from a place on, counted in the file's order.
        put: copies what was read into a part of the matrix. NumPy's for arrays: torch's copy would start threads of its
            own in each.
        in_turn: whether reads are to be one after the other.
    """
    matrix, inner = kernel
    length, outer = matrix.shape[0], matrix.shape[1] // inner
    row = length * dtype.itemsize
    block = min(max(outer * inner * row // _SHARE, _LEAST), _MOST)
    step = max(1, block // (inner * row))

    def into(start: int, memory: RowsApart) -> np.ndarray:
        rows = memory(min(step, outer - start) * inner, length, dtype)
        for place in range(inner):
            read(rows[place::inner], place * outer + start)
        return rows

    def use(start: int, rows: np.ndarray) -> None:
        columns, half = matrix[:, start * inner : start * inner + len(rows)], length // 2
        # From the one half and from the other: in new memory, two threads would wait for the same pages.
        for part in (slice(half), slice(half, None))[:: -1 if start // step % 2 else 1]:
            put(columns[part].T, rows[:, part])

    side_by_side(range(0, outer, step), RowsApart, into, use, in_turn)


__all__ = ["RowsApart", "Turned", "drain", "fill", "to_turn", "turned"]
