"""Values of any kind as NumPy arrays of the types TensorFlow would give them."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch

_INT32 = np.iinfo(np.int32)


def as_array(value: Any) -> np.ndarray:
    """A tensor, a Variable, an array or Python numbers or strings as an array.

    Python's floats become float32 and its integers int32, or int64 where they must; strings an array of bytes
    objects; bfloat16, which NumPy lacks, float32.
    """
    if isinstance(value, torch.Tensor):
        return tensor_as_array(value)
    if hasattr(value, "numpy"):
        value = value.numpy()
        return _strings(np.array(value, object)) if isinstance(value, (bytes, str)) else _array(value)
    if isinstance(value, (np.ndarray, np.generic)) and not isinstance(value, (bytes, str)):
        return _array(value)
    if isinstance(_first(value), (bytes, str)):
        # NumPy's own strings lose zero bytes at the end, and take the room of the longest each.
        return _strings(np.array(_plain(value), object))
    made = np.asarray(_plain(value))
    if made.dtype.kind in "SUO":
        return _strings(np.array(_plain(value), object))
    if made.dtype.kind == "f" and not _holds_numpy(value):
        return made.astype(np.float32)
    if made.dtype.kind == "i" and not _holds_numpy(value) and (not made.size or _fits(made)):
        return made.astype(np.int32)
    return made


def tensor_as_array(tensor: torch.Tensor) -> np.ndarray:
    """A torch tensor's values; facade tensors, whose own `numpy` gives scalars, included."""
    plain = torch.Tensor.cpu(torch.Tensor.detach(tensor))
    if plain.dtype == torch.bfloat16:
        plain = torch.Tensor.float(plain)
    return torch.Tensor.numpy(torch.Tensor.resolve_neg(torch.Tensor.resolve_conj(plain)))


def _array(value: Any) -> np.ndarray:
    array = np.asarray(value)
    return _strings(array.astype(object)) if array.dtype.kind in "SUO" else array


def _strings(array: np.ndarray) -> np.ndarray:
    flat = [v.encode() if isinstance(v, str) else v for v in array.reshape(-1).tolist()]
    wrong = next((v for v in flat if not isinstance(v, bytes)), None)
    if wrong is not None:
        raise TypeError(f"Cannot make an array of numbers or strings of {type(wrong).__name__}: {wrong!r}")
    made = np.empty(len(flat), object)
    made[:] = flat
    return made.reshape(array.shape)


def _plain(value: Any) -> Any:
    """Lists with tensors in them as lists of arrays."""
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    return as_array(value) if isinstance(value, torch.Tensor) or hasattr(value, "numpy") else value


def _first(value: Any) -> Any:
    while isinstance(value, (list, tuple)) and value:
        value = value[0]
    return value


def _holds_numpy(value: Any) -> bool:
    value = _first(value)
    return isinstance(value, (np.ndarray, np.generic, torch.Tensor)) or hasattr(value, "numpy")


def _fits(array: np.ndarray) -> bool:
    return bool(array.min() >= _INT32.min and array.max() <= _INT32.max)
