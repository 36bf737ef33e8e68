"""IndexedSlices: some rows of a tensor, by number."""

from __future__ import annotations

from typing import Any

import numpy as np

from torchkeras.core.tensor_shape import TensorShape
from torchkeras.tensorflow import dtypes
from torchkeras.tensorflow.convert import any_tensor, made, tensor
from torchkeras.tensorflow.dispatch import CompositeTensor


class IndexedSlices(CompositeTensor):
    """Rows of a tensor that is zero elsewhere; rows of the same number add up.

    Args:
        values: the rows.
        indices: the number of each.
        dense_shape: the shape of the whole tensor, if it is known.
    """

    _kind = "slices"

    def __init__(self, values: Any, indices: Any, dense_shape: Any = None) -> None:
        self._values, self._indices, self._dense_shape = values, indices, dense_shape

    @property
    def values(self) -> Any:
        return self._values

    @property
    def indices(self) -> Any:
        return self._indices

    @property
    def dense_shape(self) -> Any:
        return self._dense_shape

    @property
    def shape(self) -> TensorShape:
        if self._dense_shape is None:
            return TensorShape(None)
        return TensorShape([int(n) for n in np.asarray(self._dense_shape)])

    @property
    def dtype(self) -> dtypes.DType:
        found: dtypes.DType = any_tensor(self._values).dtype
        return found

    @property
    def device(self) -> Any:
        return any_tensor(self._values).device

    def consumers(self) -> list[Any]:
        return []

    def _as_tf_tensor(self) -> Any:
        """The whole tensor."""
        if self._dense_shape is None:
            raise ValueError(
                f"Tensor conversion requested for IndexedSlices for argument `value` without dense_shape: {self}"
            )
        rows = tensor(self._values)
        index = tensor(self._indices).long().to(rows.device)
        return made(rows.new_zeros(tuple(self.shape)).index_add(0, index, rows))

    def __neg__(self) -> IndexedSlices:
        return IndexedSlices(-any_tensor(self._values), self._indices, self._dense_shape)

    def __str__(self) -> str:
        shape = "" if self._dense_shape is None else f", dense_shape={self._dense_shape}"
        return f"IndexedSlices(indices={self._indices}, values={self._values}{shape})"

    def _watchable(self) -> Any:
        return self._values

    def _with_watchable(self, values: Any) -> IndexedSlices:
        return IndexedSlices(values, self._indices, self._dense_shape)


__all__ = ["IndexedSlices"]
