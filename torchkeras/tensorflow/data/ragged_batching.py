"""ragged_batch and sparse_batch: elements of different shapes together, without filling up."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import torch

from torchkeras.core.tensor_shape import TensorShape
from torchkeras.tensorflow.convert import any_tensor
from torchkeras.tensorflow.data.base import Dataset, Unary
from torchkeras.tensorflow.data.composites import is_ragged, stack_dense_as_ragged, stack_sparse
from torchkeras.tensorflow.data.mapping import example_of
from torchkeras.tensorflow.data.structure import flatten, map_structure, pack_as
from torchkeras.tensorflow.errors import InvalidArgumentError
from torchkeras.tensorflow.sparse.sparse_tensor import SparseTensor
from torchkeras.tensorflow.string_tensor import StringTensor
from torchkeras.tensorflow.tensor import Tensor, array_of
from torchkeras.tensorflow.type_specs import TensorSpec, type_spec_from_value


class RaggedBatchDataset(Unary):
    """So many elements at a time; leaves of open shape as RaggedTensors.

    Args:
        input_dataset: whose elements.
        batch_size: how many.
        drop_remainder: whether a last, smaller batch is left out.
        row_splits_dtype: int64 or int32.
    """

    _shown = "_DenseToRaggedDataset"

    def __init__(
        self, input_dataset: Dataset, batch_size: Any, drop_remainder: Any = False, row_splits_dtype: Any = "int64"
    ) -> None:
        super().__init__(input_dataset)
        self._batch_size, self._drop_remainder = int(batch_size), bool(drop_remainder)
        self._splits = row_splits_dtype

    def _elements(self) -> Iterator[Any]:
        specs = flatten(self._input.element_spec)
        elements = self._input._elements()
        while found := list(itertools.islice(elements, self._batch_size)):
            if len(found) == self._batch_size or not self._drop_remainder:
                yield self._batch(found, specs)

    def _batch(self, elements: list[Any], specs: list[Any]) -> Any:
        columns = zip(*(flatten(element) for element in elements))
        return pack_as(elements[0], [self._leaf(c, spec) for c, spec in zip(columns, specs)])

    def _leaf(self, values: Sequence[Any], spec: Any) -> Any:
        if isinstance(values[0], SparseTensor):
            return stack_sparse(values)
        if isinstance(spec, TensorSpec) and (spec.shape.is_fully_defined() and _alike(values)):
            return _dense(values)
        return stack_dense_as_ragged(values, self._splits)

    def _size(self) -> int:
        size = self._input._size()
        if size < 0:
            return size
        return size // self._batch_size if self._drop_remainder else -(-size // self._batch_size)

    def _make_spec(self) -> Any:
        size = self._batch_size if self._drop_remainder else None
        example = self._sample(2)

        def spec_of_leaf(spec: Any, leaf: Any) -> Any:
            found: Any = type_spec_from_value(leaf)
            shape = TensorShape([size]).concatenate(spec.shape)
            if is_ragged(found):
                return type(found)(shape, found.dtype, found.ragged_rank, found.row_splits_dtype)
            return type(found)(shape, found.dtype)

        return map_structure(spec_of_leaf, self._input.element_spec, example)

    def _sample(self, size: int) -> Any:
        element = self._input._sample(size)
        if element is None:
            element = example_of(self._input.element_spec, size)
        return self._batch([element] * size, flatten(self._input.element_spec))


def _alike(values: Sequence[Any]) -> bool:
    return all(tuple(value.shape) == tuple(values[0].shape) for value in values)


def _dense(values: Sequence[Any]) -> Any:
    if isinstance(values[0], StringTensor):
        return StringTensor(np.stack([value._array for value in values]))
    return any_tensor(torch.stack([value.as_subclass(torch.Tensor) for value in values]))


class SparseBatchDataset(Unary):
    """So many dense elements at a time, as a SparseTensor.

    Args:
        input_dataset: whose elements, one tensor each.
        batch_size: how many.
        row_shape: of a row of the batch, None for sizes as large as needed.
    """

    _shown = "_DenseToSparseBatchDataset"

    def __init__(self, input_dataset: Dataset, batch_size: Any, row_shape: Any) -> None:
        super().__init__(input_dataset)
        self._batch_size = int(batch_size)
        self._row_shape = [None if n is None or int(n) < 0 else int(n) for n in row_shape]

    def _elements(self) -> Iterator[Any]:
        elements = self._input._elements()
        while found := list(itertools.islice(elements, self._batch_size)):
            yield self._batch(found)

    def _batch(self, elements: list[Any]) -> Any:
        for element in elements:
            if type(element) not in (Tensor, StringTensor):
                raise TypeError("`sparse_batch` requires an input dataset whose elements have a single component.")
        arrays = [e._array if isinstance(e, StringTensor) else array_of(e) for e in elements]
        largest = np.max([array.shape for array in arrays], axis=0)
        shape = [int(m) if n is None else n for n, m in zip(self._row_shape, largest)]
        for n, m in zip(shape, largest):
            if m > n:
                raise InvalidArgumentError(
                    None, None, f"Got element with shape {list(largest)} which exceeds the row shape {shape}."
                )
        indices = [np.array([(n, *index) for index in np.ndindex(a.shape)], np.int64) for n, a in enumerate(arrays)]
        values = np.concatenate([array.reshape(-1) for array in arrays])
        return SparseTensor(
            np.concatenate([i.reshape(-1, len(shape) + 1) for i in indices]),
            any_tensor(values),
            [len(elements), *shape],
        )

    def _size(self) -> int:
        size = self._input._size()
        return size if size < 0 else -(-size // self._batch_size)

    def _make_spec(self) -> Any:
        found: Any = type_spec_from_value(self._sample(2))
        return type(found)([None, *self._row_shape], found.dtype)

    def _sample(self, size: int) -> Any:
        element = self._input._sample(size)
        return self._batch([example_of(self._input.element_spec, size) if element is None else element] * size)


__all__ = ["RaggedBatchDataset", "SparseBatchDataset"]
