"""window: data sets of a few elements each."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from torchkeras.tensorflow.data.base import Dataset, DatasetSpec, Unary
from torchkeras.tensorflow.data.mapping import example
from torchkeras.tensorflow.data.sources import ListDataset
from torchkeras.tensorflow.data.structure import flatten, map_structure, pack_as
from torchkeras.tensorflow.errors import InvalidArgumentError


class WindowDataset(Unary):
    """Windows over the elements; for elements of several leaves a data set for each leaf.

    Args:
        input_dataset: whose elements.
        size: elements a window.
        shift: how far each window begins after the one before; its size unless given.
        stride: how far apart the elements of a window are in the input.
        drop_remainder: whether smaller windows at the end are left out.
    """

    def __init__(
        self, input_dataset: Dataset, size: Any, shift: Any = None, stride: Any = 1, drop_remainder: bool = False
    ) -> None:
        super().__init__(input_dataset)
        self._width = int(size)
        self._shift = self._width if shift is None else int(shift)
        self._stride, self._drop_remainder = int(stride), bool(drop_remainder)
        for name, value in (("size", self._width), ("shift", self._shift), ("stride", self._stride)):
            if value < 1:
                raise InvalidArgumentError(
                    None, None, f"Window {name} must be greater than zero. Received: {value} [Op:WindowDataset]"
                )

    def _elements(self) -> Iterator[Any]:
        source = self._input._elements()
        span = (self._width - 1) * self._stride + 1
        held: list[Any] = []
        first = place = 0  # where the window begins, and of which element `held` is the first
        ended = False
        while True:
            while not ended and place + len(held) < first + span:
                element = next(source, self)
                if element is self:
                    ended = True
                elif place + len(held) < first:  # between two windows
                    place += 1
                else:
                    held.append(element)
            window = held[first - place :: self._stride][: self._width]
            if not window or (len(window) < self._width and self._drop_remainder):
                return
            yield self._window(window)
            first += self._shift
            gone = min(first - place, len(held))
            del held[:gone]
            place += gone

    def _window(self, elements: list[Any]) -> Any:
        first = elements[0]
        specs = flatten(self._input.element_spec)
        if not isinstance(first, (tuple, dict)):
            return ListDataset(elements, specs[0])
        columns = zip(*(flatten(element) for element in elements))
        return pack_as(first, [ListDataset(list(column), spec) for column, spec in zip(columns, specs)])

    def _size(self) -> int:
        size = self._input._size()
        if size < 0:
            return size
        if self._drop_remainder:
            span = (self._width - 1) * self._stride + 1
            return 0 if size < span else (size - span) // self._shift + 1
        return -(-size // self._shift)

    def _make_spec(self) -> Any:
        return map_structure(lambda spec: DatasetSpec(spec), self._input.element_spec)

    def _sample(self, size: int) -> Any:
        return self._window([example(self._input, size)] * self._width)


__all__ = ["WindowDataset"]
