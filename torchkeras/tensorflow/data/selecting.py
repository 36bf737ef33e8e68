"""Steps that choose among items, repeat them or keep them: the same code whether items are row numbers or elements."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

import torch

from torchkeras.tensorflow.data.base import INFINITE, UNKNOWN, Dataset, Unary
from torchkeras.tensorflow.data.structure import flatten, map_structure, relaxed
from torchkeras.tensorflow.errors import InvalidArgumentError


class Selecting(Unary):
    """A step on items; a subclass says which in `_chunks`."""

    def _columns(self) -> Any:
        return self._input._columns()

    def _resident(self, device: torch.device) -> Dataset:
        source = self._input._resident(device)
        return self if source is self._input else self._on(source)

    def _on(self, source: Dataset) -> Dataset:
        """This very step, with what it keeps, on another input."""
        found = object.__new__(type(self))
        found.__dict__ = {**self.__dict__, "_input": source}
        return found


class TakeDataset(Selecting):
    """The first so many elements; all of them for -1."""

    def __init__(self, input_dataset: Dataset, count: Any) -> None:
        super().__init__(input_dataset)
        self._count = int(count)

    def _chunks(self) -> Iterator[Any]:
        if self._count < 0:
            yield from self._input._chunks()
            return
        left = self._count
        if not left:
            return
        for chunk in self._input._chunks():
            if len(chunk) >= left:
                yield chunk[:left] if len(chunk) > left else chunk
                return
            left -= len(chunk)
            yield chunk

    def _size(self) -> int:
        size = self._input._size()
        if self._count < 0 or (size == UNKNOWN and self._count):
            return size
        return self._count if size == INFINITE else min(size, self._count) if size >= 0 else 0


class SkipDataset(Selecting):
    """All but the first so many elements; none for -1."""

    def __init__(self, input_dataset: Dataset, count: Any) -> None:
        super().__init__(input_dataset)
        self._count = int(count)

    def _chunks(self) -> Iterator[Any]:
        if self._count < 0:
            return
        left = self._count
        for chunk in self._input._chunks():
            if not left:
                yield chunk
            elif len(chunk) <= left:
                left -= len(chunk)
            else:
                yield chunk[left:]
                left = 0

    def _size(self) -> int:
        size = self._input._size()
        if self._count < 0:
            return 0
        return size if size < 0 else max(0, size - self._count)


class ShardDataset(Selecting):
    """Each so many-th element."""

    def __init__(self, input_dataset: Dataset, num_shards: Any, index: Any) -> None:
        super().__init__(input_dataset)
        self._shards, self._index = int(num_shards), int(index)
        if self._shards < 1:
            raise InvalidArgumentError(
                None, None, f"Number of shards must be greater than zero (currently num_shards = {self._shards})."
            )
        if not 0 <= self._index < self._shards:
            raise InvalidArgumentError(
                None,
                None,
                f"Index must be between 0 and {self._shards - 1} (currently index = {self._index}, num_shards = "
                f"{self._shards}).",
            )

    def _chunks(self) -> Iterator[Any]:
        place = 0
        for chunk in self._input._chunks():
            first = (self._index - place) % self._shards
            place += len(chunk)
            if first < len(chunk):
                yield chunk[first :: self._shards]

    def _size(self) -> int:
        size = self._input._size()
        return size if size < 0 else len(range(self._index, size, self._shards))


class RepeatDataset(Selecting):
    """The elements again and again: so many times, or without end for None and -1."""

    def __init__(self, input_dataset: Dataset, count: Any = None) -> None:
        super().__init__(input_dataset)
        self._count = -1 if count is None else int(count)

    def _chunks(self) -> Iterator[Any]:
        for _ in itertools.count() if self._count < 0 else range(self._count):
            empty = True
            for chunk in self._input._chunks():
                empty = False
                yield chunk
            if empty and self._count < 0:
                return

    def _size(self) -> int:
        size = self._input._size()
        if self._count == 0 or size == 0:
            return 0
        if self._count < 0 or size == INFINITE:
            return INFINITE
        return UNKNOWN if size == UNKNOWN else size * self._count


class CacheDataset(Selecting):
    """The elements of the first whole pass, in every later one."""

    def __init__(self, input_dataset: Dataset) -> None:
        super().__init__(input_dataset)
        self._kept: list[list[Any]] = []  # one list of chunks, once a pass has come to its end

    def _chunks(self) -> Iterator[Any]:
        if self._kept:
            yield from self._kept[0]
            return
        found: list[Any] = []
        for chunk in self._input._chunks():
            found.append(chunk)
            yield chunk
        if not self._kept:
            of_numbers = self._columns() is not None
            self._kept.append(found if of_numbers else [list(itertools.chain.from_iterable(found))])

    def _whole(self) -> Any:
        return self._input._whole()


class ConcatenateDataset(Dataset):
    """One data set, then another."""

    def __init__(self, first: Dataset, second: Dataset) -> None:
        self._first, self._second = first, second
        if not isinstance(second, Dataset):
            raise TypeError(f"Expected a data set to concatenate. Received: {type(second).__name__}")
        self._known_spec()

    def _inputs(self) -> list[Dataset]:
        return [self._first, self._second]

    def _elements(self) -> Iterator[Any]:
        return itertools.chain(self._first._elements(), _late(self._second))

    def _size(self) -> int:
        sizes = (self._first._size(), self._second._size())
        if INFINITE in sizes:
            return INFINITE
        return UNKNOWN if UNKNOWN in sizes else sum(sizes)

    def _make_spec(self) -> Any:
        first, second = self._first.element_spec, self._second.element_spec
        try:
            dtypes = map_structure(lambda a, b: a.dtype == b.dtype, first, second)
        except (TypeError, AttributeError):
            dtypes = False
        if not all(flatten(dtypes)):
            raise TypeError(
                f"Incompatible dataset elements:\n  {first} vs.   {second}"
                if dtypes
                else f"Incompatible types of datasets: {first} and {second}"
            )
        return relaxed(first, second)

    def _sample(self, size: int) -> Any:
        return self._first._sample(size)


def _late(dataset: Dataset) -> Iterator[Any]:
    yield from dataset._elements()


__all__ = [
    "CacheDataset", "ConcatenateDataset", "RepeatDataset", "Selecting", "ShardDataset", "SkipDataset", "TakeDataset",
]  # fmt: skip
