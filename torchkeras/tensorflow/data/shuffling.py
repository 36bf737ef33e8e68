"""shuffle: TensorFlow's buffer, on row numbers where the items are such."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

import torch

from torchkeras.tensorflow.data.base import UNKNOWN, Dataset
from torchkeras.tensorflow.data.selecting import Selecting
from torchkeras.tensorflow.data.sources import drawn, next_start, seeded
from torchkeras.tensorflow.data.stacking import as_index

#: Row numbers are drawn in pieces of this many; random numbers too.
_PIECE = 1024


class ShuffleDataset(Selecting):
    """Elements in random order: each is drawn from a buffer that the next of the input then fills up.

    Args:
        input_dataset: where they come from.
        buffer_size: of the buffer; from the input's length on, every order is as likely as any other.
        seed: which orders; one by torch's own random numbers unless given.
        reshuffle_each_iteration: whether each iteration has another order.
    """

    def __init__(
        self, input_dataset: Dataset, buffer_size: Any, seed: Any = None, reshuffle_each_iteration: bool | None = None
    ) -> None:
        super().__init__(input_dataset)
        self._buffer_size = int(buffer_size)
        if self._buffer_size == UNKNOWN:  # what a data set of unknown length says of itself
            raise ValueError("`buffer_size` must be a number of elements; -2 is the cardinality of an unknown length.")
        if self._buffer_size < 1 and self._buffer_size != -1:
            raise ValueError(f"`buffer_size` must be greater than zero, got {self._buffer_size}.")
        self._generator = seeded(None if seed is None else int(seed))
        self._always = None if reshuffle_each_iteration in (None, True) else drawn(self._generator)

    def _chunks(self) -> Iterator[Any]:
        generator = torch.Generator().manual_seed(next_start(self._generator) if self._always is None else self._always)
        if self._columns() is None:
            return _shuffled(self._input._elements(), self._buffer_size, generator)
        size = self._input._size()
        if self._buffer_size < 0 or 0 <= size <= self._buffer_size:
            return _whole(self._input._chunks(), generator)
        return _drawn(self._input._chunks(), self._buffer_size, generator)


def _whole(chunks: Iterator[Any], generator: torch.Generator) -> Iterator[Any]:
    found = list(chunks)
    if not found:
        return
    if len(found) == 1 and type(found[0]) is range and found[0].step == 1:
        order = torch.randperm(len(found[0]), generator=generator)
        yield order + found[0].start if found[0].start else order
        return
    every = torch.cat([as_index(chunk) for chunk in found])
    yield every[torch.randperm(len(every), generator=generator)]


def _drawn(chunks: Iterator[Any], size: int, generator: torch.Generator) -> Iterator[Any]:
    """Row numbers through a buffer, many at a time."""
    buffer: list[int] = []
    for chunk in chunks:
        for at in range(0, len(chunk), _PIECE):
            piece = chunk[at : at + _PIECE]
            numbers = piece.tolist() if isinstance(piece, torch.Tensor) else list(piece)
            if len(buffer) < size:
                room = size - len(buffer)
                buffer += numbers[:room]
                numbers = numbers[room:]
            if numbers:
                places = torch.randint(size, (len(numbers),), generator=generator).tolist()
                for i, place in enumerate(places):
                    numbers[i], buffer[place] = buffer[place], numbers[i]
                yield torch.tensor(numbers)
    if buffer:
        yield torch.tensor(buffer)[torch.randperm(len(buffer), generator=generator)]


def _shuffled(elements: Iterator[Any], size: int, generator: torch.Generator) -> Iterator[Any]:
    buffer = list(elements if size < 0 else itertools.islice(elements, size))
    places: list[int] = []
    for element in elements:
        if not places:
            places = torch.randint(size, (_PIECE,), generator=generator).tolist()
        place = places.pop()
        drawn, buffer[place] = buffer[place], element
        yield [drawn]
    for i in torch.randperm(len(buffer), generator=generator).tolist():
        yield [buffer[i]]


__all__ = ["ShuffleDataset"]
