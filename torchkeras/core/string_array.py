"""StringArray: texts in the form of a tensor, which torch has no type for."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import torch

from torchkeras.core.dtypes import STRING
from torchkeras.core.op_errors import InvalidArgumentError
from torchkeras.core.tensor_shape import TensorShape


class StringArray:
    """Byte strings on top of a NumPy array of objects: what layers that look words up take, and give back.

    It answers to what the engine asks of any tensor. The tf namespace has a kind of its own on top of it, as it has of
    torch's tensors.

    Args:
        array: an array of dtype object whose values are bytes; it is not copied.
    """

    __slots__ = ("__weakref__", "_array", "_keras_mask")

    requires_grad = False

    def __init__(self, array: np.ndarray) -> None:
        self._array = array

    # --- facts ---

    @property
    def shape(self) -> TensorShape:
        return TensorShape(self._array.shape)

    @property
    def dtype(self) -> Any:
        return STRING

    @property
    def ndim(self) -> int:
        return self._array.ndim

    @property
    def device(self) -> Any:
        return torch.device("cpu")

    def dim(self) -> int:
        return self._array.ndim

    def is_floating_point(self) -> bool:
        return False

    # --- values ---

    def numpy(self) -> Any:
        """A copy of the strings as an array of bytes objects; a single one as bytes."""
        return self._array.copy()[()]

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
        return self._array.copy() if dtype is None else self._array.astype(dtype)

    def __len__(self) -> int:
        if not self._array.ndim:
            raise TypeError("Scalar tensor has no `len()`")
        return len(self._array)

    def __iter__(self) -> Iterator[Any]:
        if not self._array.ndim:
            raise TypeError("Cannot iterate over a scalar tensor.")
        return (self[i] for i in range(len(self._array)))

    def __getitem__(self, index: Any) -> Any:
        parts = index if isinstance(index, tuple) else (index,)
        parts = tuple(np.asarray(part) if hasattr(part, "numpy") else part for part in parts)
        parts = tuple(part[()] if isinstance(part, np.ndarray) and part.ndim == 0 else part for part in parts)
        try:
            found = self._array[parts]
        except IndexError as error:
            raise InvalidArgumentError(None, None, f"slice index out of bounds: {error} [Op:StridedSlice]") from error
        return self._like(found if isinstance(found, np.ndarray) else text_scalar(found))

    def _like(self, array: np.ndarray) -> Any:
        """Other texts of the same class."""
        return type(self)(array)

    # --- what the engine does to tensors ---

    def to(self, *args: Any, **kwargs: Any) -> Any:
        """Texts are always on the CPU."""
        return self

    def squeeze(self, axis: int) -> Any:
        return self._like(self._array.squeeze(axis))

    def unsqueeze(self, axis: int) -> Any:
        return self._like(np.expand_dims(self._array, axis))

    def index_select(self, axis: int, index: torch.Tensor) -> Any:
        return self._like(self._array.take(index.cpu().numpy(), axis))

    # --- copies and printing ---

    def __deepcopy__(self, memo: dict[int, Any]) -> Any:
        return self._like(self._array.copy())

    def __reduce__(self) -> Any:
        return type(self), (self._array,)

    def __repr__(self) -> str:
        return f"StringArray({self._array.tolist()!r})"


def text_scalar(value: bytes) -> np.ndarray:
    """One text as an array of no axes."""
    made = np.empty((), dtype=object)
    made[()] = value
    return made


def text_vector(values: Any) -> np.ndarray:
    """A list of bytes objects as an array of one axis."""
    made = np.empty(len(values), dtype=object)
    made[:] = values
    return made


def to_bytes_array(value: Any) -> np.ndarray:
    """Texts in any form (str, bytes, lists, arrays, StringArrays) as an array of bytes objects."""
    if isinstance(value, StringArray):
        return value._array
    if isinstance(value, (str, bytes)):
        return text_scalar(_encoded(value))
    if isinstance(value, np.ndarray):
        array = value
    elif hasattr(value, "_as_tf_tensor"):  # ragged texts say themselves what they become
        return to_bytes_array(value._as_tf_tensor())
    else:
        array = _nested(list(value) if not isinstance(value, (list, tuple)) else value)
    if array.dtype == object and all(type(item) is bytes for item in array.reshape(-1)):
        return array if array is not value else array.copy()
    return _filled(array.shape, [_encoded(item) for item in array.reshape(-1)])


def _filled(shape: tuple[int, ...], values: list[bytes]) -> np.ndarray:
    return text_vector(values).reshape(shape)


def _nested(value: Any) -> np.ndarray:
    """A list of texts as an array of objects; numpy itself would cut trailing zero bytes."""
    if isinstance(value, StringArray):
        return value._array
    if hasattr(value, "_as_tf_tensor"):
        return to_bytes_array(value._as_tf_tensor())
    if isinstance(value, np.ndarray):
        return value.astype(object) if value.dtype.kind in "SU" else value
    if not isinstance(value, (list, tuple)):
        made = np.empty((), dtype=object)
        made[()] = value
        return made
    if value and all(isinstance(item, (str, bytes)) for item in value):
        return text_vector(value)
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


def is_texts(value: Any) -> bool:
    """Whether a value is text: a str, bytes, texts as a tensor, or an array or nested list of such."""
    if isinstance(value, (str, bytes, StringArray)):
        return True
    if isinstance(value, (np.ndarray, np.generic)):
        kind = value.dtype.kind
        return kind in "SU" or (kind == "O" and value.size > 0 and isinstance(value.flat[0], (str, bytes)))
    if isinstance(value, (list, tuple)):
        return bool(value) and all(is_texts(item) for item in value)
    return False
