"""ragged_batch and sparse_batch: elements of different shapes together, without filling up."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from torchkeras.core.tensor_shape import TensorShape
from torchkeras.tensorflow.convert import any_tensor
from torchkeras.tensorflow.data.base import Dataset
from torchkeras.tensorflow.data.batching import Batching
from torchkeras.tensorflow.data.composites import is_ragged, stack_dense, stack_dense_as_ragged, stack_sparse
from torchkeras.tensorflow.data.structure import flatten, map_structure, pack_as
from torchkeras.tensorflow.errors import InvalidArgumentError
from torchkeras.tensorflow.sparse.sparse_tensor import SparseTensor
from torchkeras.tensorflow.string_tensor import StringTensor
from torchkeras.tensorflow.tensor import Tensor, array_of
from torchkeras.tensorflow.type_specs import TensorSpec, type_spec_from_value


class RaggedBatchDataset(Batching):
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
        super().__init__(input_dataset, batch_size, drop_remainder)
        self._splits = row_splits_dtype

    def _together(self) -> Callable[[list[Any]], Any]:
        specs = flatten(self._input.element_spec)

        def of_specs(elements: list[Any]) -> Any:
            columns = zip(*(flatten(element) for element in elements))
            return pack_as(elements[0], [self._leaf(c, spec) for c, spec in zip(columns, specs)])

        return of_specs

    def _leaf(self, values: Sequence[Any], spec: Any) -> Any:
        if isinstance(values[0], SparseTensor):
            return stack_sparse(values)
        if isinstance(spec, TensorSpec) and (spec.shape.is_fully_defined() and _alike(values)):
            return stack_dense(values)
        return stack_dense_as_ragged(values, self._splits)

    def _make_spec(self) -> Any:
        def spec_of_leaf(spec: Any, leaf: Any) -> Any:
            found: Any = type_spec_from_value(leaf)
            shape = TensorShape([self._known_size()]).concatenate(spec.shape)
            if is_ragged(found):
                return type(found)(shape, found.dtype, found.ragged_rank, found.row_splits_dtype)
            return type(found)(shape, found.dtype)

        return map_structure(spec_of_leaf, self._input.element_spec, self._sample(2))


def _alike(values: Sequence[Any]) -> bool:
    return all(tuple(value.shape) == tuple(values[0].shape) for value in values)


class SparseBatchDataset(Batching):
    """So many dense elements at a time, as a SparseTensor.

    Args:
        input_dataset: whose elements, one tensor each.
        batch_size: how many.
        row_shape: of a row of the batch, None for sizes as large as needed.
    """

    _shown = "_DenseToSparseBatchDataset"
    _kernel = "DenseToSparseBatchDataset"

    def __init__(self, input_dataset: Dataset, batch_size: Any, row_shape: Any) -> None:
        super().__init__(input_dataset, batch_size)
        self._row_shape = [None if n is None or int(n) < 0 else int(n) for n in row_shape]

    def _together(self) -> Callable[[list[Any]], Any]:
        return self._batch

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

    def _make_spec(self) -> Any:
        found: Any = type_spec_from_value(self._sample(2))
        return type(found)([None, *self._row_shape], found.dtype)


__all__ = ["RaggedBatchDataset", "SparseBatchDataset"]
