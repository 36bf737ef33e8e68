"""StringTensor: a tensor of byte strings, which torch has no type for."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import torch

from torchkeras.core.tensor_shape import TensorShape
from torchkeras.tensorflow import dtypes, printing
from torchkeras.tensorflow.errors import InvalidArgumentError
from torchkeras.tensorflow.reference import Reference
from torchkeras.tensorflow.tensor import as_tf


class StringTensor:
    """A tensor of byte strings on top of a NumPy array of objects. `isinstance(x, tf.Tensor)` holds for it.

    Args:
        array: an array of dtype object whose values are bytes; it is not copied.
    """

    _is_tf_tensor = True
    __array_priority__ = 100
    __slots__ = ("__weakref__", "_array", "_keras_mask")

    def __init__(self, array: np.ndarray) -> None:
        self._array = array

    @property
    def shape(self) -> TensorShape:
        return TensorShape(self._array.shape)

    @property
    def dtype(self) -> dtypes.DType:
        return dtypes.string

    @property
    def ndim(self) -> int:
        return self._array.ndim

    @property
    def device(self) -> str:
        return "/job:localhost/replica:0/task:0/device:CPU:0"

    def get_shape(self) -> TensorShape:
        return self.shape

    def set_shape(self, shape: Any) -> None:
        if not self.shape.is_compatible_with(shape):
            raise ValueError(f"Tensor's shape {self.shape} is not compatible with supplied shape {TensorShape(shape)}.")

    def ref(self) -> Reference:
        return Reference(self)

    def numpy(self) -> Any:
        """A copy of the strings as an array of bytes objects; a single one as bytes."""
        return self._array.copy()[()]

    _numpy = numpy

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
        return self._array.copy() if dtype is None else self._array.astype(dtype)

    def __getitem__(self, index: Any) -> StringTensor:
        parts = index if isinstance(index, tuple) else (index,)
        parts = tuple(np.asarray(part) if hasattr(part, "numpy") else part for part in parts)
        parts = tuple(part[()] if isinstance(part, np.ndarray) and part.ndim == 0 else part for part in parts)
        try:
            found = self._array[parts]
        except IndexError as error:
            raise InvalidArgumentError(None, None, f"slice index out of bounds: {error} [Op:StridedSlice]") from error
        return StringTensor(found if isinstance(found, np.ndarray) else _scalar(found))

    def __setitem__(self, index: Any, value: Any) -> None:
        raise TypeError("'tensorflow.python.framework.ops.EagerTensor' object does not support item assignment")

    def __len__(self) -> int:
        if not self._array.ndim:
            raise TypeError("Scalar tensor has no `len()`")
        return len(self._array)

    def __iter__(self) -> Iterator[StringTensor]:
        if not self._array.ndim:
            raise TypeError("Cannot iterate over a scalar tensor.")
        return (self[i] for i in range(len(self._array)))

    def __bool__(self) -> bool:
        return bool(self._array[()])

    def __hash__(self) -> int:
        raise TypeError("Tensor is unhashable. Instead, use tensor.ref() as the key.")

    def __reduce__(self) -> Any:
        return StringTensor, (self._array,)

    def __deepcopy__(self, memo: dict[int, Any]) -> StringTensor:
        return StringTensor(self._array.copy())

    def __add__(self, other: Any) -> StringTensor:
        return StringTensor(_objects(np.add(self._array, to_bytes_array(other))))

    def __radd__(self, other: Any) -> StringTensor:
        return StringTensor(_objects(np.add(to_bytes_array(other), self._array)))

    def __eq__(self, other: Any) -> Any:
        return self._compared(other, False)

    def __ne__(self, other: Any) -> Any:
        return self._compared(other, True)

    def _compared(self, other: Any, unequal: bool) -> Any:
        try:
            given = to_bytes_array(other)
            found = np.asarray(np.equal(self._array, given), dtype=bool)
        except (TypeError, ValueError):
            return unequal
        return as_tf(torch.tensor(found != unequal))

    def __repr__(self) -> str:
        return printing.tensor_repr(self._array, "string")

    def __str__(self) -> str:
        return printing.tensor_str(self._array, "string")

    def __format__(self, spec: str) -> str:
        return format(self.numpy(), spec) if spec else printing.values(self._array)


def _scalar(value: Any) -> np.ndarray:
    made = np.empty((), dtype=object)
    made[()] = value
    return made


def _objects(value: Any) -> np.ndarray:
    return value if isinstance(value, np.ndarray) else _scalar(value)


def to_bytes_array(value: Any) -> np.ndarray:
    """Texts in any form (str, bytes, lists, arrays, StringTensors) as an array of bytes objects of its own."""
    if isinstance(value, StringTensor):
        return value._array
    if isinstance(value, (str, bytes)):
        return _scalar(_encoded(value))
    if isinstance(value, (np.str_, np.bytes_)):
        return _scalar(_encoded(value.item()))
    if isinstance(value, np.ndarray):
        array = value
    else:
        array = _nested(list(value) if not isinstance(value, (list, tuple)) else value)
    made = np.empty(array.shape, dtype=object)
    flat, source = made.reshape(-1), array.reshape(-1)
    for i in range(flat.size):
        flat[i] = _encoded(source[i])
    return flat.reshape(array.shape)


def _nested(value: Any) -> np.ndarray:
    """A list of texts as an array of objects; numpy itself would cut trailing zero bytes."""
    if isinstance(value, StringTensor):
        return value._array
    if not isinstance(value, (list, tuple, np.ndarray)):
        return _scalar(value)
    parts = [_nested(item) for item in value]
    if not parts:
        return np.empty((0,), dtype=object)
    if len({part.shape for part in parts}) > 1:
        raise ValueError("Can't convert non-rectangular Python sequence to Tensor.")
    return np.stack(parts)


def _encoded(value: Any) -> bytes:
    if isinstance(value, bytes):
        return bytes(value)
    if isinstance(value, str):
        return str(value).encode()
    raise TypeError(f"Cannot convert {value!r} to EagerTensor of dtype string")
