"""Kernels, which torch has the other way round than Keras's files: a row of a file is a column in torch's memory."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import numpy as np
import torch
from torch import Tensor

from torchkeras.saving.containers.blocks import LARGE, rows_at_once, side_by_side

#: Smaller values are not turned in blocks; larger kernels of channels that stand apart not as a whole.
_SMALL, _WHOLE = 1 << 16, 1 << 26
#: Blocks of rows that become columns: many rows, so that many values of a column stand together, and some blocks of
#: each kernel, for all threads.
_LEAST, _MOST, _SHARE = 1 << 20, 1 << 23, 8
#: Rows that begin whole pages apart would have the same few places in a processor's cache: these begin a line further.
_LONG, _LINE = 1 << 9, 1 << 6


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


def in_order(tensor: Tensor) -> Iterator[Tensor]:
    """A tensor's values in order, in blocks; in one, where all stand so in memory, or there are few.

    The memory of a block is used again by the second after it.
    """
    size = tensor.numel() * tensor.element_size()
    if tensor.is_contiguous() or size <= _SMALL:
        yield tensor.contiguous()
        return
    kernel = turned(tensor) if tensor.device.type == "cpu" else None
    if kernel is None or (kernel.inner > 1 and size > _WHOLE):
        step = rows_at_once(tuple(tensor.shape), size) if size > LARGE else len(tensor)
        yield from (some.contiguous() for some in tensor.split(step))
    elif kernel.inner == 1:
        yield from _columns(kernel.matrix)
    else:
        blocks = torch.cat([block.clone() for block in _columns(kernel.matrix)])
        yield blocks.unflatten(0, (-1, kernel.inner)).transpose(0, 1).contiguous()


def _columns(matrix: Tensor) -> Iterator[Tensor]:
    """The columns of a matrix as rows, some at once."""
    length, number = matrix.shape
    step = rows_at_once((number,), matrix.numel() * matrix.element_size())
    # In two steps through the same memory: torch does both many times as fast as the one.
    columns = torch.empty(length, step + _LINE // matrix.element_size(), dtype=matrix.dtype)
    rows = [torch.empty(step, length, dtype=matrix.dtype) for _ in range(2)]
    for part, buffer in zip(matrix.split(step, 1), itertools.cycle(rows)):
        count = part.shape[1]
        yield buffer[:count].copy_(columns[:, :count].copy_(part).t())


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


__all__ = ["RowsApart", "Turned", "fill", "in_order", "turned"]
