"""ignore_errors, assert_cardinality."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from typing import Any

from torchkeras.tensorflow.data.base import INFINITE, UNKNOWN, Dataset, Passing, Unary
from torchkeras.tensorflow.errors import FailedPreconditionError, OpError


class IgnoreErrorsDataset(Unary):
    """The elements that can be made.

    Args:
        input_dataset: whose elements.
        log_warning: whether to warn of each that is left out.
    """

    _shown = "_IgnoreErrorsDataset"

    def __init__(self, input_dataset: Dataset, log_warning: bool = False) -> None:
        super().__init__(input_dataset)
        self._warns = log_warning

    def _elements(self) -> Iterator[Any]:
        source = self._input._elements()
        while True:
            try:
                yield next(source)
            except StopIteration:
                return
            except OpError as error:
                if self._warns:
                    warnings.warn(f"Error raised with error message {error}", stacklevel=2)

    def _size(self) -> int:
        return 0 if self._input._size() == 0 else UNKNOWN


class AssertCardinalityDataset(Passing):
    """The same elements; an error where there are not as many as was said.

    Args:
        input_dataset: whose elements.
        expected: how many there are.
    """

    _shown = "_AssertCardinalityDataset"

    def __init__(self, input_dataset: Dataset, expected: Any) -> None:
        super().__init__(input_dataset)
        self._expected = int(expected)

    def _chunks(self) -> Iterator[Any]:
        count = 0
        for chunk in self._input._chunks():
            count += len(chunk)
            if 0 <= self._expected < count:
                raise _wrong(f"more than {self._expected}", self._expected)
            yield chunk
        if self._expected == INFINITE or (self._expected != UNKNOWN and count < self._expected):
            raise _wrong(str(count), self._expected)

    def _elements(self) -> Iterator[Any]:
        return Dataset._elements(self)

    def _whole(self) -> Any:
        return None

    def _resident(self, device: Any) -> Dataset:
        return self

    def _size(self) -> int:
        return self._expected


def _wrong(count: str, expected: int) -> Exception:
    wanted = "an infinite number of elements" if expected == INFINITE else f"{expected} elements"
    return FailedPreconditionError(
        None, None, f"Input dataset was expected to contain {wanted} but contained {count} elements."
    )


__all__ = ["AssertCardinalityDataset", "IgnoreErrorsDataset"]
