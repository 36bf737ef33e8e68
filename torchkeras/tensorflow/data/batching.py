"""batch, unbatch, rebatch."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import torch

from torchkeras.core.tensor_shape import TensorShape
from torchkeras.data.resident import fits, size_of
from torchkeras.tensorflow.data import composites, stacking
from torchkeras.tensorflow.data.base import UNKNOWN, Dataset, DatasetSpec, Unary
from torchkeras.tensorflow.data.mapping import example
from torchkeras.tensorflow.data.structure import flatten, map_structure, pack_as
from torchkeras.tensorflow.errors import InvalidArgumentError
from torchkeras.tensorflow.type_specs import NoneTensorSpec, TensorSpec


class Batching(Unary):
    """A step that puts so many elements at a time together; a subclass says how in `_together`.

    Args:
        input_dataset: whose elements.
        batch_size: how many.
        drop_remainder: whether a last, smaller batch is left out.
    """

    #: TensorFlow's name of the step, for errors.
    _kernel = "BatchDatasetV2"

    def __init__(self, input_dataset: Dataset, batch_size: Any, drop_remainder: Any = False) -> None:
        super().__init__(input_dataset)
        self._batch_size = int(batch_size)
        if self._batch_size < 1:
            raise InvalidArgumentError(None, None, f"Batch size must be greater than zero. [Op:{self._kernel}]")
        self._drop_remainder = bool(drop_remainder)

    def _together(self) -> Callable[[list[Any]], Any]:
        """What makes a batch of elements."""
        raise NotImplementedError

    def _counts(self, items: Any) -> bool:
        """Whether so many items are a batch."""
        return len(items) == self._batch_size or not self._drop_remainder

    def _elements(self) -> Iterator[Any]:
        elements = self._input._elements()
        together = self._together()
        while found := list(itertools.islice(elements, self._batch_size)):
            if self._counts(found):
                yield together(found)

    def _size(self) -> int:
        size = self._input._size()
        if size < 0:
            return size
        return size // self._batch_size if self._drop_remainder else -(-size // self._batch_size)

    def _known_size(self) -> int | None:
        """The size of every batch, None where the last one may be smaller."""
        return self._batch_size if self._drop_remainder else None

    def _sample(self, size: int) -> Any:
        return self._together()([example(self._input, size)] * (self._known_size() or size))


class BatchDataset(Batching):
    """So many elements at a time, stacked."""

    def __init__(self, input_dataset: Dataset, batch_size: Any, drop_remainder: Any = False) -> None:
        super().__init__(input_dataset, batch_size, drop_remainder)
        self._placed: Any = None  # columns on an accelerator, in their place
        self._copy: tuple[torch.device, Any] | None = None  # such columns, kept for the next iteration

    def _elements(self) -> Iterator[Any]:
        columns = self._input._columns()
        if columns is None:
            return super()._elements()
        if self._placed is not None:
            columns = self._placed
        return (stacking.gathered(columns, items) for items in self._numbers())

    def _together(self) -> Callable[[list[Any]], Any]:
        # Rows of ragged tensors look dense: only their spec tells.
        if not _holds_composites(self._input):
            return stacking.batch_of
        specs = flatten(self._input.element_spec)

        def of_specs(elements: list[Any]) -> Any:
            columns = zip(*(flatten(element) for element in elements))
            return pack_as(
                elements[0],
                [
                    composites.stack_ragged(column, spec.row_splits_dtype)
                    if composites.is_ragged(spec)
                    else stacking.stacked(column)
                    for column, spec in zip(columns, specs)
                ],
            )

        return of_specs

    def _numbers(self) -> Iterator[Any]:
        """The row numbers of each batch."""
        for items in cut(self._input._chunks(), self._batch_size):
            if self._counts(items):
                yield items

    def _resident(self, device: torch.device) -> Dataset:
        """Small sets of columns go to the accelerator whole, and are gathered there."""
        columns = self._input._columns()
        if columns is None or device.type == "cpu":
            return self
        leaves = flatten(columns)
        if not all(isinstance(c, torch.Tensor) for c in leaves):
            return self
        if self._copy is None or self._copy[0] != device:
            if not fits(size_of(leaves), device):
                return self
            self._copy = device, pack_as(columns, [c.to(device) for c in leaves])
        found = BatchDataset(self._input, self._batch_size, self._drop_remainder)
        found._placed = self._copy[1]
        return found

    def _make_spec(self) -> Any:
        return map_structure(lambda spec: batched_spec(spec, self._known_size()), self._input.element_spec)


def _holds_composites(dataset: Dataset) -> bool:
    """Whether ragged tensors come from a source of the data set."""
    return dataset._composite or any(_holds_composites(source) for source in dataset._inputs())


class ParallelBatchDataset(BatchDataset):
    """As BatchDataset."""


def batched_spec(spec: Any, size: int | None) -> Any:
    """The spec of a batch of values of a spec."""
    if isinstance(spec, TensorSpec):
        return TensorSpec(TensorShape([size]).concatenate(spec.shape), spec.dtype)
    if isinstance(spec, NoneTensorSpec):
        return spec
    if isinstance(spec, DatasetSpec):
        raise TypeError(
            f"Batching of data sets as elements is not supported: {spec!r}. Turn each into tensors first, with "
            f"`flat_map(lambda window: window.batch(...))`."
        )
    return composites.batched(spec, size)


def unbatched_spec(spec: Any) -> Any:
    """The spec of a row of values of a spec."""
    if isinstance(spec, TensorSpec):
        if spec.shape.rank == 0:
            raise ValueError(f"Unbatching a tensor is only supported for rank >= 1, got {spec}.")
        return TensorSpec(spec.shape[1:] if spec.shape.rank is not None else None, spec.dtype)
    return spec if isinstance(spec, NoneTensorSpec) else composites.unbatched(spec)


def cut(chunks: Iterator[Any], size: int) -> Iterator[Any]:
    """Items in pieces of `size`; the last may be smaller."""
    held: list[Any] = []
    many = 0
    for chunk in chunks:
        at = 0
        if held:
            at = min(size - many, len(chunk))
            held.append(chunk[:at] if at < len(chunk) else chunk)
            many += at
            if many < size:
                continue
            yield joined(held)
            held, many = [], 0
        if isinstance(chunk, torch.Tensor):
            pieces = chunk[at:].split(size) if at < len(chunk) else ()
            for piece in pieces:
                if len(piece) == size:
                    yield piece
                else:
                    held, many = [piece], len(piece)
            continue
        whole = at + (len(chunk) - at) // size * size
        for start in range(at, whole, size):
            yield chunk[start : start + size]
        if whole < len(chunk):
            held, many = [chunk[whole:]], len(chunk) - whole
    if held:
        yield joined(held)


def joined(parts: list[Any]) -> Any:
    """Pieces of row numbers as one."""
    return parts[0] if len(parts) == 1 else torch.cat([stacking.as_index(part) for part in parts])


class UnbatchDataset(Unary):
    """The rows of the elements."""

    _shown = "_UnbatchDataset"

    def __init__(self, input_dataset: Dataset) -> None:
        super().__init__(input_dataset)
        if (known := input_dataset._known_spec()) is not None:
            map_structure(unbatched_spec, known)  # a scalar is known to be wrong

    def _elements(self) -> Iterator[Any]:
        return itertools.chain.from_iterable(map(stacking.split_rows, self._input._elements()))

    def _size(self) -> int:
        size = self._input._size()
        if size <= 0:
            return size
        known = {s.shape[0] for s in flatten(self._input.element_spec) if isinstance(s, TensorSpec) and s.shape.rank}
        rows = known.pop() if len(known) == 1 else None
        return UNKNOWN if rows is None else rows * size

    def _make_spec(self) -> Any:
        return map_structure(unbatched_spec, self._input.element_spec)

    def _sample(self, size: int) -> Any:
        element = self._input._sample(size)
        return None if element is None else next(stacking.split_rows(element), None)


class RebatchDataset(Unary):
    """The rows of the elements in batches of other sizes.

    Args:
        input_dataset: of batches.
        batch_size: the new size, or a list of sizes to go through again and again.
        drop_remainder: whether a last, smaller batch is left out.
    """

    _shown = "_RebatchDataset"

    def __init__(self, input_dataset: Dataset, batch_size: Any, drop_remainder: bool = False) -> None:
        super().__init__(input_dataset)
        self._sizes = [int(size) for size in np.atleast_1d(np.asarray(batch_size))]
        self._drop_remainder = drop_remainder

    def _elements(self) -> Iterator[Any]:
        rows = UnbatchDataset(self._input)._elements()
        for size in itertools.cycle(self._sizes):
            found = list(itertools.islice(rows, size))
            if not found or (len(found) < size and self._drop_remainder):
                return
            yield stacking.batch_of(found)

    def _size(self) -> int:
        rows = UnbatchDataset(self._input)._size()
        if rows < 0 or len(self._sizes) > 1:
            return rows if rows < 0 else UNKNOWN
        return rows // self._sizes[0] if self._drop_remainder else -(-rows // self._sizes[0])

    def _make_spec(self) -> Any:
        size = self._sizes[0] if self._drop_remainder and len(set(self._sizes)) == 1 else None
        return map_structure(lambda spec: batched_spec(unbatched_spec(spec), size), self._input.element_spec)


__all__ = [
    "BatchDataset", "Batching", "ParallelBatchDataset", "RebatchDataset", "UnbatchDataset", "batched_spec", "cut",
    "unbatched_spec",
]  # fmt: skip
