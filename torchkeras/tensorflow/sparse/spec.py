"""SparseTensorSpec and IndexedSlicesSpec."""

from __future__ import annotations

from typing import Any

from torchkeras.core.tensor_shape import TensorShape
from torchkeras.tensorflow import dtypes
from torchkeras.tensorflow.sparse.slices import IndexedSlices
from torchkeras.tensorflow.sparse.sparse_tensor import SparseTensor
from torchkeras.tensorflow.type_specs import TensorSpec, TypeSpec


class _ShapedSpec(TypeSpec):
    _shape: TensorShape
    _dtype: dtypes.DType

    @property
    def shape(self) -> TensorShape:
        return self._shape

    @property
    def dtype(self) -> dtypes.DType:
        return self._dtype

    def is_compatible_with(self, spec_or_value: Any) -> bool:
        spec = spec_or_value if isinstance(spec_or_value, TypeSpec) else getattr(spec_or_value, "_type_spec", None)
        if type(spec) is not type(self):
            return False
        return self._dtype == spec._dtype and self._shape.is_compatible_with(spec._shape)

    def _key(self) -> tuple[Any, ...]:
        return (self._shape if self._shape.rank is not None else None, self._dtype.name)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self._shape!r}, {self._dtype!r})"


class SparseTensorSpec(_ShapedSpec):
    """A sparse tensor's shape and dtype."""

    def __init__(self, shape: Any = None, dtype: Any = dtypes.float32) -> None:
        self._shape, self._dtype = TensorShape(shape), dtypes.as_dtype(dtype)

    @property
    def value_type(self) -> type[SparseTensor]:
        return SparseTensor

    @classmethod
    def from_value(cls, value: Any) -> SparseTensorSpec:
        """The spec of a sparse tensor."""
        if not all(hasattr(value, name) for name in ("indices", "values", "dense_shape")):
            raise TypeError(f"Expected SparseTensor or SparseTensorValue. Received: {value} of type {type(value)}.")
        return cls(value.shape, value.dtype)

    def most_specific_compatible_type(self, other: Any) -> Any:
        if not isinstance(other, SparseTensorSpec) or self._dtype != other._dtype:
            raise ValueError(f"No TypeSpec is compatible with both {self} and {other}")
        return SparseTensorSpec(self._shape.most_specific_compatible_shape(other._shape), self._dtype)

    def __reduce__(self) -> Any:
        return SparseTensorSpec, (self._shape, self._dtype)


class IndexedSlicesSpec(_ShapedSpec):
    """The spec of IndexedSlices.

    Args:
        shape, dtype: of the whole tensor.
        indices_dtype: of the numbers.
        dense_shape_dtype: of the shape, None where slices have none.
        indices_shape: how many slices there are.
    """

    def __init__(
        self,
        shape: Any = None,
        dtype: Any = dtypes.float32,
        indices_dtype: Any = dtypes.int64,
        dense_shape_dtype: Any = None,
        indices_shape: Any = None,
    ) -> None:
        self._shape, self._dtype = TensorShape(shape), dtypes.as_dtype(dtype)
        self._indices_dtype = dtypes.as_dtype(indices_dtype)
        self._dense_shape_dtype = None if dense_shape_dtype is None else dtypes.as_dtype(dense_shape_dtype)
        self._indices_shape = TensorShape(indices_shape).with_rank(1)

    @property
    def value_type(self) -> type[IndexedSlices]:
        return IndexedSlices

    def _key(self) -> tuple[Any, ...]:
        return (*super()._key(), self._indices_dtype.name, self._indices_shape)


SparseTensor._type_spec = SparseTensor.spec = property(SparseTensorSpec.from_value)

__all__ = ["IndexedSlicesSpec", "SparseTensorSpec", "TensorSpec"]
