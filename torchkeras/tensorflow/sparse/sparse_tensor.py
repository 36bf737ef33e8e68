"""SparseTensor: the values that are not zero, and where they are."""

from __future__ import annotations

from typing import Any, NoReturn

import numpy as np
import torch

from torchkeras.core.tensor_shape import TensorShape
from torchkeras.core.variable import Variable
from torchkeras.tensorflow import dtypes
from torchkeras.tensorflow.convert import any_tensor, made, owned, viewed
from torchkeras.tensorflow.dispatch import CompositeTensor


class SparseTensor(CompositeTensor):
    """A tensor of which only some values are kept, the rest being zero (or empty text).

    Args:
        indices: where each value is: integers of shape (values, dimensions), in the order of rows.
        values: the values.
        dense_shape: the whole tensor's shape.
    """

    _kind = "sparse"

    # Given to the class by spec.py and by what stands between it and Keras's layers.
    _type_spec: Any
    spec: Any
    _as_rows: Any

    def __init__(self, indices: Any, values: Any, dense_shape: Any) -> None:
        self._indices = _int64(indices)
        self._values = viewed(owned(values)) if isinstance(values, Variable) else any_tensor(values)
        self._dense_shape = _int64(dense_shape)
        if self._indices.shape.rank != 2:
            raise ValueError(f"Shape {self._indices.shape} must have rank 2")
        if self._values.shape.rank != 1:
            raise ValueError(f"Shape {self._values.shape} must have rank 1")
        if self._dense_shape.shape.rank != 1:
            raise ValueError(f"Shape {self._dense_shape.shape} must have rank 1")
        if self._indices.shape[0] != self._values.shape[0]:
            raise ValueError(f"Dimensions {self._indices.shape[0]} and {self._values.shape[0]} are not compatible")
        if self._indices.shape[1] != self._dense_shape.shape[0]:
            raise ValueError(f"Dimensions {self._indices.shape[1]} and {self._dense_shape.shape[0]} are not compatible")

    @classmethod
    def from_value(cls, sparse_tensor_value: Any) -> SparseTensor:
        """Of anything with `indices`, `values` and `dense_shape`."""
        found = sparse_tensor_value
        return cls(found.indices, found.values, found.dense_shape)

    # --- facts ---

    @property
    def indices(self) -> Any:
        return self._indices

    @property
    def values(self) -> Any:
        return self._values

    @property
    def dense_shape(self) -> Any:
        return self._dense_shape

    @property
    def dtype(self) -> dtypes.DType:
        found: dtypes.DType = self._values.dtype
        return found

    @property
    def shape(self) -> TensorShape:
        return TensorShape(self._sizes)

    def get_shape(self) -> TensorShape:
        return self.shape

    def set_shape(self, shape: Any) -> None:
        if not self.shape.is_compatible_with(shape):
            raise ValueError(f"Tensor's shape {self.shape} is not compatible with supplied shape {TensorShape(shape)}.")

    @property
    def _where(self) -> np.ndarray:
        """The indices on the host."""
        found: np.ndarray = self._indices.numpy()
        return found

    @property
    def _sizes(self) -> list[int]:
        """The shape on the host."""
        found: list[int] = self._dense_shape.numpy().tolist()
        return found

    def with_values(self, new_values: Any) -> SparseTensor:
        """Other values at the same places."""
        return SparseTensor(self._indices, new_values, self._dense_shape)

    def consumers(self) -> list[Any]:
        return []

    # --- what it is not ---

    def __bool__(self) -> bool:
        return True

    def __len__(self) -> NoReturn:
        raise TypeError("object of type 'SparseTensor' has no len()")

    def __iter__(self) -> NoReturn:
        raise TypeError("'SparseTensor' object is not iterable")

    def _refused(self, function: str) -> Exception:
        return ValueError(
            f"Attempt to convert a value ({self!r}) with an unsupported type ({type(self)}) to a Tensor: {function} "
            f"takes no sparse tensors. `tf.sparse.to_dense` makes a dense one, `tf.sparse.map_values` applies a "
            f"function to its values."
        )

    def _watchable(self) -> Any:
        return self._values

    def _with_watchable(self, values: Any) -> SparseTensor:
        return self.with_values(values)

    def __reduce__(self) -> Any:
        return SparseTensor, (self._indices, self._values, self._dense_shape)

    def __repr__(self) -> str:
        parts = (str(one) for one in (self._indices, self._values, self._dense_shape))
        return "SparseTensor(indices={}, values={}, dense_shape={})".format(*parts)


def _int64(value: Any) -> Any:
    """Integers of any form as a tf.Tensor of int64."""
    if isinstance(value, torch.Tensor):
        found = value.as_subclass(torch.Tensor)
        if found.dtype is not torch.int64:
            raise ValueError(
                f"Tensor conversion requested dtype int64 for Tensor with dtype {dtypes.of_torch(found.dtype).name}"
            )
        return viewed(found)
    return made(torch.tensor(np.asarray(value, dtype=np.int64)))


__all__ = ["SparseTensor"]
