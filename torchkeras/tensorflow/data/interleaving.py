"""interleave: elements of several data sets in turns."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from torchkeras.core.draws import Place
from torchkeras.core.processors import processors
from torchkeras.tensorflow.data.base import UNKNOWN, Dataset
from torchkeras.tensorflow.data.mapping import FlatMapDataset


class InterleaveDataset(FlatMapDataset):
    """Elements of the data sets that a function gives, some of them open at a time.

    Args:
        input_dataset: what the function is called on.
        function: gives a data set.
        cycle_length: how many are open; as many as there are processors unless given.
        block_length: how many elements in a row of each.
    """

    def __init__(
        self, input_dataset: Dataset, function: Callable[..., Any], cycle_length: Any = None, block_length: Any = None
    ) -> None:
        super().__init__(input_dataset, function)
        cycle = -1 if cycle_length is None else int(cycle_length)
        block = 1 if block_length is None else int(block_length)
        if cycle == 0 or cycle < -1:
            raise ValueError(f"`cycle_length` must be greater than zero, got {cycle}.")
        if block < 1:
            raise ValueError(f"`block_length` must be greater than zero, got {block}.")
        self._cycle, self._block = processors() if cycle == -1 else cycle, block

    def _open(self, calls: Iterator[tuple[Any, Place]]) -> Iterator[Any] | None:
        call = next(calls, None)
        return None if call is None else self._inner(call)

    def _elements(self) -> Iterator[Any]:
        calls = self._calls()
        places: list[Iterator[Any] | None] = [None] * self._cycle
        at, ended = 0, False
        while not ended or any(places):
            source = places[at]
            if source is None and not ended:
                source = places[at] = self._open(calls)
                ended = source is None
            if source is not None:
                for _ in range(self._block):
                    element = next(source, self)
                    if element is self:
                        places[at] = None
                        break
                    yield element
            at = (at + 1) % self._cycle

    def _size(self) -> int:
        return 0 if self._input._size() == 0 else UNKNOWN


class ParallelInterleaveDataset(InterleaveDataset):
    """As InterleaveDataset, except that a data set which ended is replaced at once, for the next time round."""


__all__ = ["InterleaveDataset", "ParallelInterleaveDataset"]
