"""TypeSpec and TensorSpec: what a value is like, without the value."""

from __future__ import annotations

from typing import Any

import numpy as np

from torchkeras.core.tensor_shape import TensorShape
from torchkeras.core.variable import Variable
from torchkeras.tensorflow import dtypes
from torchkeras.tensorflow.convert import any_tensor
from torchkeras.tensorflow.tensor import Tensor


class TypeSpec:
    """The kind of a value. Each subclass says in `_key` what makes two of its specs the same."""

    def _key(self) -> tuple[Any, ...]:
        raise NotImplementedError

    def is_compatible_with(self, spec_or_value: Any) -> bool:
        """Whether a value (or another spec) is of this kind."""
        other = spec_or_value if isinstance(spec_or_value, TypeSpec) else type_spec_from_value(spec_or_value)
        return type(self) is type(other) and self._key() == other._key()

    def is_subtype_of(self, other: Any) -> bool:
        return bool(other.is_compatible_with(self))

    def most_specific_compatible_type(self, other: Any) -> Any:
        """The narrowest spec that both are of."""
        if self != other:
            raise ValueError(f"No TypeSpec is compatible with both {self} and {other}")
        return self

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and self._key() == other._key()

    def __ne__(self, other: object) -> bool:
        return not self == other

    def __hash__(self) -> int:
        return hash((type(self).__name__, self._key()))


class TensorSpec(TypeSpec):
    """A tensor's shape and dtype.

    Args:
        shape: with None for sizes that are not known, or None where even the rank is not.
        dtype: of the elements.
        name: of the tensor, if any.
    """

    def __init__(self, shape: Any, dtype: Any = dtypes.float32, name: str | None = None) -> None:
        self._shape, self._dtype, self._name = TensorShape(shape), dtypes.as_dtype(dtype), name

    @property
    def shape(self) -> TensorShape:
        return self._shape

    @property
    def dtype(self) -> dtypes.DType:
        return self._dtype

    @property
    def name(self) -> str | None:
        return self._name

    @property
    def value_type(self) -> Any:
        return Tensor

    @classmethod
    def from_spec(cls, spec: Any, name: str | None = None) -> Any:
        return cls(spec.shape, spec.dtype, name or spec.name)

    @classmethod
    def from_tensor(cls, tensor: Any, name: str | None = None) -> Any:
        """The spec of a tensor."""
        return cls(tensor.shape, dtypes.as_dtype(tensor.dtype), name)

    def is_compatible_with(self, spec_or_tensor: Any) -> bool:
        if isinstance(spec_or_tensor, TypeSpec) and not isinstance(spec_or_tensor, TensorSpec):
            return False
        if not hasattr(spec_or_tensor, "shape") or not hasattr(spec_or_tensor, "dtype"):
            return False
        return self._dtype == spec_or_tensor.dtype and self._shape.is_compatible_with(spec_or_tensor.shape)

    def is_subtype_of(self, other: Any) -> bool:
        """Whether every tensor of this spec is of the other too."""
        if not isinstance(other, TensorSpec) or self._dtype != other._dtype:
            return False
        theirs, ours = other._shape, self._shape
        if theirs.rank is None:
            return True
        if ours.rank != theirs.rank:
            return False
        return all(b is None or a == b for a, b in zip(ours, theirs))

    def most_specific_compatible_type(self, other: Any) -> Any:
        if not isinstance(other, TensorSpec) or self._dtype != other._dtype:
            raise ValueError(f"No TypeSpec is compatible with both {self} and {other}")
        name = self._name if self._name == other._name else None
        return TensorSpec(self._shape.most_specific_compatible_shape(other._shape), self._dtype, name)

    def _key(self) -> tuple[Any, ...]:
        return (self._shape if self._shape.rank is not None else None, self._dtype.name, self._name)

    def __reduce__(self) -> Any:
        return TensorSpec, (self._shape, self._dtype, self._name)

    def __repr__(self) -> str:
        return f"TensorSpec(shape={self._shape}, dtype={self._dtype!r}, name={self._name!r})"


class BoundedTensorSpec(TensorSpec):
    """A TensorSpec whose values lie between two bounds.

    Args:
        shape, dtype, name: as for TensorSpec.
        minimum, maximum: the bounds, included; numbers or arrays that fit the shape.
    """

    def __init__(self, shape: Any, dtype: Any, minimum: Any, maximum: Any, name: str | None = None) -> None:
        super().__init__(shape, dtype, name)
        if minimum is None or maximum is None:
            raise ValueError("`minimum` and `maximum` must both be given.")
        self._minimum = np.array(minimum, dtype=self._dtype.as_numpy_dtype)
        self._maximum = np.array(maximum, dtype=self._dtype.as_numpy_dtype)
        for what, bound in (("minimum", self._minimum), ("maximum", self._maximum)):
            try:
                np.broadcast_to(bound, [1 if n is None else n for n in self._shape])
            except ValueError as error:
                raise ValueError(f"`{what}` does not fit the shape {self._shape}: {error}") from error

    @property
    def minimum(self) -> np.ndarray:
        return self._minimum

    @property
    def maximum(self) -> np.ndarray:
        return self._maximum

    @classmethod
    def from_spec(cls, spec: Any, name: str | None = None) -> Any:
        low = getattr(spec, "minimum", spec.dtype.min)
        return cls(spec.shape, spec.dtype, low, getattr(spec, "maximum", spec.dtype.max), name or spec.name)

    def _key(self) -> tuple[Any, ...]:
        return (*super()._key(), self._minimum.tobytes(), self._maximum.tobytes())

    def __reduce__(self) -> Any:
        return BoundedTensorSpec, (self._shape, self._dtype, self._minimum, self._maximum, self._name)

    def __repr__(self) -> str:
        return (
            f"BoundedTensorSpec(shape={self._shape}, dtype={self._dtype!r}, name={self._name!r}, "
            f"minimum={self._minimum!r}, maximum={self._maximum!r})"
        )


class NoneTensorSpec(TypeSpec):
    """The spec of None."""

    def _key(self) -> tuple[Any, ...]:
        return ()

    def __repr__(self) -> str:
        return "NoneTensorSpec()"


def type_spec_from_value(value: Any) -> TypeSpec:
    """The spec of a tensor, of a value with a `_type_spec` of its own, or of what can become a tensor."""
    if isinstance(value, TypeSpec):
        return value
    if value is None:
        return NoneTensorSpec()
    spec = getattr(value, "_type_spec", None)
    if spec is not None:
        return spec
    if isinstance(value, (Tensor, Variable)):
        return TensorSpec.from_tensor(value)
    try:
        return TensorSpec.from_tensor(any_tensor(value))
    except (TypeError, ValueError) as error:
        raise TypeError(f"Could not build a TypeSpec for {value!r} of type {type(value).__name__}.") from error


__all__ = ["BoundedTensorSpec", "NoneTensorSpec", "TensorSpec", "TypeSpec", "type_spec_from_value"]
