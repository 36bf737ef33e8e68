"""How tensors print: as TensorFlow 2.2 to 2.10 with NumPy 1 do, whichever NumPy is installed."""

from __future__ import annotations

from typing import Any

import numpy as np

_OLD = {"legacy": "1.25"} if int(np.__version__.split(".")[0]) >= 2 else {}


def scalar(value: Any) -> str:
    """One value: `0.3`, not NumPy 2's `np.float32(0.3)`."""
    if isinstance(value, (bytes, str)):
        return repr(value)
    return str(value)


def values(array: np.ndarray) -> str:
    """The values as `print(array)` shows them."""
    if array.ndim == 0:
        return scalar(array[()])
    with np.printoptions(**_OLD):  # type: ignore[arg-type]
        return str(array)


def array_repr(array: np.ndarray) -> str:
    """`array([1., 2.], dtype=float32)`."""
    with np.printoptions(**_OLD):  # type: ignore[arg-type]
        return repr(array)


def tensor_str(array: np.ndarray, dtype: str) -> str:
    """What `print(tensor)` shows."""
    text = values(array)
    if "\n" in text:
        text = "\n" + text
    return f"tf.Tensor({text}, shape={array.shape}, dtype={dtype})"


def numpy_part(array: np.ndarray) -> str:
    """The `numpy=` of a representation; an array of several lines starts on its own."""
    text = scalar(array[()]) if array.ndim == 0 else array_repr(array)
    return "\n" + text if "\n" in text else text


def tensor_repr(array: np.ndarray, dtype: str) -> str:
    """What a notebook shows of a tensor."""
    return f"<tf.Tensor: shape={array.shape}, dtype={dtype}, numpy={numpy_part(array)}>"
