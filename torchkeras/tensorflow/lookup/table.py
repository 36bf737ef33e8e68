"""What all tables share: how keys are read, and looked up."""

from __future__ import annotations

from typing import Any

import numpy as np

from torchkeras.graph.keras_tensor import KerasTensor, record
from torchkeras.tensorflow import dtypes
from torchkeras.tensorflow.convert import any_tensor
from torchkeras.tensorflow.dispatch import CompositeTensor
from torchkeras.tensorflow.lookup.contents import Column, as_column, as_tensor
from torchkeras.tensorflow.sparse.sparse_tensor import SparseTensor


class Table:
    """A table from keys to values.

    Args:
        key_dtype, value_dtype: of its entries.
        name: what it is called, if anything.
    """

    def __init__(self, key_dtype: dtypes.DType, value_dtype: dtypes.DType, name: str | None = None) -> None:
        self._key_dtype, self._value_dtype, self._name = key_dtype, value_dtype, name

    @property
    def key_dtype(self) -> dtypes.DType:
        return self._key_dtype

    @property
    def value_dtype(self) -> dtypes.DType:
        return self._value_dtype

    @property
    def name(self) -> str | None:
        return self._name

    def lookup(self, keys: Any, name: str | None = None) -> Any:
        """The values of keys, in a tensor (ragged or sparse, if the keys are) of the same shape."""
        return self._looked_up(keys, self._find)

    def __getitem__(self, keys: Any) -> Any:
        return self.lookup(keys)

    def _looked_up(self, keys: Any, find: Any) -> Any:
        if isinstance(keys, KerasTensor):
            return record(self.lookup, (keys,), {}, f"tf.lookup.{type(self).__name__}")
        if isinstance(keys, SparseTensor):
            return SparseTensor(keys.indices, self._looked_up(keys.values, find), keys.dense_shape)
        if isinstance(keys, CompositeTensor):
            return keys.with_flat_values(self._looked_up(keys.flat_values, find))  # type: ignore[attr-defined]
        return as_tensor(find(self._key_array(keys)), self._value_dtype)

    def _find(self, keys: Column) -> Column:
        raise NotImplementedError(f"{type(self).__name__} finds keys in `_find`.")

    def _key_array(self, keys: Any) -> Column:
        """Keys as an array, after a look at their dtype."""
        if hasattr(keys, "dtype") and not isinstance(keys, (np.ndarray, np.generic)):
            if self._key_dtype != keys.dtype:
                self._refuse(keys)
            return as_column(keys)
        return as_column(any_tensor(keys, self._key_dtype))

    def _refuse(self, keys: Any) -> None:
        raise TypeError(f"Dtype of argument `keys` must be {self._key_dtype!s}, received: {keys.dtype!s}")


def positions(places: dict[Any, int], keys: Column, missing: int) -> np.ndarray:
    """The place of each key, `missing` for those that have none."""
    place = places.get
    return np.array([place(key, missing) for key in keys.reshape(-1).tolist()], dtype=np.int64).reshape(keys.shape)
