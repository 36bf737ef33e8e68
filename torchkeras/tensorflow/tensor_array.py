"""tf.TensorArray: a list of tensors, written one at a time."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch

from torchkeras.core.tensor_shape import TensorShape
from torchkeras.tensorflow import dtypes
from torchkeras.tensorflow.convert import any_tensor, made, tensor
from torchkeras.tensorflow.errors import InvalidArgumentError, OutOfRangeError
from torchkeras.tensorflow.string_tensor import StringTensor
from torchkeras.tensorflow.type_specs import TypeSpec

_CLEARED = object()


class TensorArray:
    """Tensors by number. Writing gives the array to go on with: `array = array.write(i, value)`.

    Args:
        dtype: of the tensors.
        size: how many there are; 0 unless given.
        dynamic_size: whether writing past the end makes it longer.
        clear_after_read: whether a tensor can be read once only; so unless told otherwise.
        tensor_array_name, handle, flow, colocate_with_first_write_call: accepted.
        infer_shape: whether all must have the shape of the first.
        element_shape: the shape of each, where it is known.
    """

    _is_tf_result = True

    def __init__(
        self,
        dtype: Any,
        size: Any = None,
        dynamic_size: bool | None = None,
        clear_after_read: bool | None = None,
        tensor_array_name: str | None = None,
        handle: Any = None,
        flow: Any = None,
        infer_shape: bool = True,
        element_shape: Any = None,
        colocate_with_first_write_call: bool = True,
        name: str | None = None,
    ) -> None:
        self._dtype = dtypes.as_dtype(dtype)
        self._values: list[Any] = [None] * (0 if size is None else int(size))
        self._dynamic = bool(dynamic_size)
        self._clears = True if clear_after_read is None else clear_after_read
        self._infers, self._shape = infer_shape, TensorShape(element_shape)

    # --- facts ---

    @property
    def dtype(self) -> dtypes.DType:
        return self._dtype

    @property
    def element_shape(self) -> TensorShape:
        return self._shape

    @property
    def dynamic_size(self) -> bool:
        return self._dynamic

    @property
    def handle(self) -> None:
        return None

    @property
    def flow(self) -> Any:
        return any_tensor(0)

    def size(self, name: str | None = None) -> Any:
        """How many there are."""
        return any_tensor(len(self._values))

    @property
    def _type_spec(self) -> TensorArraySpec:
        return TensorArraySpec(self._shape, self._dtype, self._dynamic, self._infers)

    # --- one by one ---

    def write(self, index: Any, value: Any, name: str | None = None) -> TensorArray:
        """Puts a tensor at a place."""
        place = int(index)
        if place < 0:
            raise OutOfRangeError(None, None, f"Writing to negative indices (index {place}) is not allowed.")
        if place >= len(self._values):
            if not self._dynamic:
                raise OutOfRangeError(
                    None,
                    None,
                    f"Tried to write to index {place} but array is not resizeable and size is: {len(self._values)} ",
                )
            self._values += [None] * (place + 1 - len(self._values))
        self._values[place] = self._fitting(value)
        return self

    def _fitting(self, value: Any) -> Any:
        found = any_tensor(value, None if hasattr(value, "dtype") else self._dtype)
        if found.dtype != self._dtype:
            raise InvalidArgumentError(
                None,
                None,
                f"TensorArray dtype is {self._dtype.name} but Op is trying to write dtype {found.dtype.name} ",
            )
        if not self._shape.is_compatible_with(found.shape):
            raise ValueError(f"Incompatible shape for value ({found.shape}), expected ({self._shape})")
        if self._infers:
            self._shape = self._shape.merge_with(found.shape)
        return found

    def read(self, index: Any, name: str | None = None) -> Any:
        """The tensor at a place; it can be read once, unless `clear_after_read` is False."""
        place = int(index)
        if not 0 <= place < len(self._values):
            raise OutOfRangeError(
                None, None, f"Tried to read from index {place} but array size is: {len(self._values)} "
            )
        value = self._values[place]
        if value is _CLEARED:
            raise InvalidArgumentError(
                None,
                None,
                f"Could not read index {place} twice because it was cleared after a previous read (perhaps try setting "
                f"clear_after_read = false?)",
            )
        if value is None:
            value = self._zeros()
        if self._clears:
            self._values[place] = _CLEARED
        return value

    def _zeros(self) -> Any:
        """What stands where nothing was written."""
        if not self._shape.is_fully_defined():
            raise ValueError(f"Cannot convert a partially known TensorShape {self._shape} to a Tensor.")
        if self._dtype == dtypes.string:
            return StringTensor(np.full(tuple(self._shape), b"", dtype=object))
        return made(torch.zeros(tuple(self._shape), dtype=self._dtype.torch))

    # --- all at once ---

    def stack(self, name: str | None = None) -> Any:
        """All tensors, along a new first axis."""
        return self._joined(self._all(), False)

    def gather(self, indices: Any, name: str | None = None) -> Any:
        """The tensors at these places, along a new first axis."""
        return self._joined([self._one(int(i)) for i in np.asarray(any_tensor(indices)).reshape(-1)], False)

    def concat(self, name: str | None = None) -> Any:
        """All tensors, one after the other along their first axis."""
        values = self._all()
        for place, value in enumerate(values):
            if not value.shape.rank:
                raise InvalidArgumentError(
                    None, None, f"Concat saw a scalar shape at index {place} but requires at least vectors."
                )
        return self._joined(values, True)

    def _one(self, place: int) -> Any:
        if not 0 <= place < len(self._values):
            raise OutOfRangeError(
                None, None, f"Tried to read from index {place} but array size is: {len(self._values)} "
            )
        value = self._values[place]
        return self._zeros() if value is None or value is _CLEARED else value

    def _all(self) -> list[Any]:
        return [self._one(place) for place in range(len(self._values))]

    def _joined(self, values: list[Any], concatenated: bool) -> Any:
        if self._dtype == dtypes.string:
            arrays = [value._array for value in values]
            joined = np.concatenate(arrays) if concatenated else np.stack(arrays) if arrays else np.empty(0, object)
            return StringTensor(joined)
        if not values:
            sizes = [0, *(n or 0 for n in (self._shape if self._shape.rank else ()))]
            return made(torch.empty(sizes, dtype=self._dtype.torch))
        try:
            plain = [tensor(value) for value in values]
            return made(torch.cat(plain) if concatenated else torch.stack(plain))
        except RuntimeError as error:
            shapes = [tuple(value.shape) for value in values]
            raise InvalidArgumentError(None, None, f"TensorArray has inconsistent shapes: {shapes}.") from error

    def unstack(self, value: Any, name: str | None = None) -> TensorArray:
        """Writes the rows of a tensor, from the first place on."""
        rows = any_tensor(value, None if hasattr(value, "dtype") else self._dtype)
        self._values = []
        grows, self._dynamic = self._dynamic, True
        for place in range(len(rows)):
            self.write(place, rows[place])
        self._dynamic = grows
        return self

    def scatter(self, indices: Any, value: Any, name: str | None = None) -> TensorArray:
        """Writes the rows of a tensor at these places."""
        rows = any_tensor(value, None if hasattr(value, "dtype") else self._dtype)
        for row, place in enumerate(np.asarray(any_tensor(indices)).reshape(-1)):
            self.write(int(place), rows[row])
        return self

    def split(self, value: Any, lengths: Any, name: str | None = None) -> TensorArray:
        """Writes pieces of a tensor of these lengths."""
        whole = any_tensor(value, None if hasattr(value, "dtype") else self._dtype)
        sizes = [int(n) for n in np.asarray(any_tensor(lengths)).reshape(-1)]
        if sum(sizes) != len(whole):
            raise InvalidArgumentError(
                None, None, f"Expected sum of lengths to be equal to values.shape[0], but sum of lengths is "
                f"{sum(sizes)} and value's shape is: {list(whole.shape)}"
            )  # fmt: skip
        start, infers, self._infers = 0, self._infers, False
        for place, length in enumerate(sizes):
            self.write(place, whole[start : start + length])
            start += length
        self._infers = infers
        return self

    def identity(self) -> TensorArray:
        """The array."""
        return self

    def grad(self, source: Any, flow: Any = None, name: str | None = None) -> Any:
        raise NotImplementedError("TensorArray.grad is of graphs alone: gradients run through `stack` and `read`.")

    def close(self, name: str | None = None) -> None:
        """Lets go of the tensors."""
        self._values = []


class TensorArraySpec(TypeSpec):
    """The spec of a TensorArray."""

    def __init__(
        self, element_shape: Any = None, dtype: Any = dtypes.float32, dynamic_size: bool = False,
        infer_shape: bool = True,
    ) -> None:  # fmt: skip
        self._element_shape, self._dtype = TensorShape(element_shape), dtypes.as_dtype(dtype)
        self._dynamic_size, self._infer_shape = dynamic_size, infer_shape

    @property
    def value_type(self) -> Any:
        return TensorArray

    def _key(self) -> tuple[Any, ...]:
        return (str(self._element_shape), self._dtype.name, self._dynamic_size, self._infer_shape)

    def __repr__(self) -> str:
        return f"TensorArraySpec({self._element_shape!r}, {self._dtype!r}, {self._dynamic_size}, {self._infer_shape})"


__all__ = ["TensorArray", "TensorArraySpec"]
