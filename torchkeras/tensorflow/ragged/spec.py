"""RaggedTensorSpec: what a ragged tensor is like."""

from __future__ import annotations

from typing import Any

from torchkeras.core.tensor_shape import TensorShape
from torchkeras.tensorflow import dtypes
from torchkeras.tensorflow.ragged.ragged_tensor import RaggedTensor
from torchkeras.tensorflow.tensor import Tensor
from torchkeras.tensorflow.type_specs import TensorSpec, TypeSpec


class RaggedTensorSpec(TypeSpec):
    """A ragged tensor's shape, dtype and number of ragged dimensions.

    Args:
        shape: with None for ragged dimensions, or those not known.
        dtype: of the values.
        ragged_rank: how many dimensions are ragged; all but the first unless given. With 0 it is a dense tensor's.
        row_splits_dtype: int64 or int32.
        flat_values_spec: the spec of the flat values, in place of the dtype.
    """

    def __init__(
        self,
        shape: Any = None,
        dtype: Any = dtypes.float32,
        ragged_rank: int | None = None,
        row_splits_dtype: Any = dtypes.int64,
        flat_values_spec: Any = None,
    ) -> None:
        self._shape = TensorShape(shape)
        self._flat_values_spec = flat_values_spec
        self._dtype = dtypes.as_dtype(dtype if flat_values_spec is None else flat_values_spec.dtype)
        self._row_splits_dtype = dtypes.as_dtype(row_splits_dtype)
        if self._row_splits_dtype not in (dtypes.int32, dtypes.int64):
            raise ValueError(f"Argument `row_splits_dtype` must be tf.int32 or tf.int64. Got {row_splits_dtype!r}.")
        rank = self._shape.rank
        if ragged_rank is None:
            if rank is None:
                raise ValueError("Must specify ragged_rank or a shape with a known rank.")
            ragged_rank = rank - 1
        if not isinstance(ragged_rank, int):
            raise TypeError(f"Argument `ragged_rank` must be an int. Got {ragged_rank!r}.")
        if rank is not None and ragged_rank >= rank:
            raise ValueError(f"Argument `ragged_rank` ({ragged_rank}) must be less than rank ({rank}).")
        self._ragged_rank = ragged_rank

    @property
    def shape(self) -> TensorShape:
        return self._shape

    @property
    def dtype(self) -> dtypes.DType:
        return self._dtype

    @property
    def ragged_rank(self) -> int:
        return self._ragged_rank

    @property
    def row_splits_dtype(self) -> dtypes.DType:
        return self._row_splits_dtype

    @property
    def flat_values_spec(self) -> Any:
        return self._flat_values_spec

    @property
    def value_type(self) -> Any:
        return RaggedTensor if self._ragged_rank else Tensor

    @classmethod
    def from_value(cls, value: Any) -> RaggedTensorSpec:
        """The spec of a tensor, ragged or dense."""
        if isinstance(value, RaggedTensor):
            return cls(value.shape, value.dtype, value.ragged_rank, value._partition.dtype)
        return cls(value.shape, value.dtype, 0)

    def is_compatible_with(self, spec_or_value: Any) -> bool:
        """Whether a value (or another spec) is of this kind."""
        if isinstance(spec_or_value, (TensorSpec, Tensor)):
            if self._ragged_rank:
                return False
            return self._dtype == spec_or_value.dtype and self._shape.is_compatible_with(spec_or_value.shape)
        other = spec_or_value if isinstance(spec_or_value, TypeSpec) else getattr(spec_or_value, "_type_spec", None)
        return (
            isinstance(other, RaggedTensorSpec)
            and self._dtype == other._dtype
            and self._ragged_rank == other._ragged_rank
            and self._row_splits_dtype == other._row_splits_dtype
            and self._shape.is_compatible_with(other._shape)
        )

    def most_specific_compatible_type(self, other: Any) -> Any:
        if not isinstance(other, RaggedTensorSpec) or self._key()[1:] != other._key()[1:]:
            raise ValueError(f"No TypeSpec is compatible with both {self} and {other}")
        shape = self._shape.most_specific_compatible_shape(other._shape)
        return RaggedTensorSpec(shape, self._dtype, self._ragged_rank, self._row_splits_dtype)

    def _key(self) -> tuple[Any, ...]:
        shape = self._shape if self._shape.rank is not None else None
        return (shape, self._dtype.name, self._ragged_rank, self._row_splits_dtype.name)

    def __reduce__(self) -> Any:
        return RaggedTensorSpec, (self._shape, self._dtype, self._ragged_rank, self._row_splits_dtype)

    def __repr__(self) -> str:
        return f"RaggedTensorSpec({self._shape!r}, {self._dtype!r}, {self._ragged_rank!r}, {self._row_splits_dtype!r})"


RaggedTensor._type_spec = property(RaggedTensorSpec.from_value)

__all__ = ["RaggedTensorSpec"]
