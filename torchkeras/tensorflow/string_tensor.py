"""StringTensor: a tensor of byte strings, which torch has no type for."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch

from torchkeras.core.string_array import StringArray, text_scalar, to_bytes_array
from torchkeras.core.tensor_shape import TensorShape
from torchkeras.tensorflow import dtypes, printing
from torchkeras.tensorflow.reference import Reference
from torchkeras.tensorflow.tensor import as_tf


class StringTensor(StringArray):
    """A tensor of byte strings on top of a NumPy array of objects. `isinstance(x, tf.Tensor)` holds for it.

    Args:
        array: an array of dtype object whose values are bytes; it is not copied.
    """

    _is_tf_tensor = True
    __array_priority__ = 100
    __slots__ = ()

    @property
    def dtype(self) -> dtypes.DType:
        return dtypes.string

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

    experimental_ref = ref

    def _numpy(self) -> Any:
        return self.numpy()

    def __setitem__(self, index: Any, value: Any) -> None:
        raise TypeError("'tensorflow.python.framework.ops.EagerTensor' object does not support item assignment")

    def __bool__(self) -> bool:
        return bool(self._array[()])

    def __hash__(self) -> int:
        raise TypeError("Tensor is unhashable. Instead, use tensor.ref() as the key.")

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


def _objects(value: Any) -> np.ndarray:
    return value if isinstance(value, np.ndarray) else text_scalar(value)


__all__ = ["StringTensor", "to_bytes_array"]
