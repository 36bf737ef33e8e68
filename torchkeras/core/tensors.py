"""Arrays, numbers and Variables as tensors."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from torch import Tensor

from torchkeras.core.device import default_device
from torchkeras.core.string_array import StringArray, is_texts, to_bytes_array
from torchkeras.core.variable import Variable


def is_array(value: Any) -> bool:
    """Whether a value is array data that is no tensor yet: NumPy's arrays and scalars."""
    return isinstance(value, (np.ndarray, np.generic))


def as_tensor(value: Any, float_dtype: torch.dtype | None = None) -> Any:
    """A NumPy array, a number or a Variable as a tensor on the default device, an array of texts as a StringArray;
    anything else unchanged.

    Args:
        value: what to convert; floats become `float_dtype`, integers keep their type.
    """
    if isinstance(value, Tensor):
        return value
    if isinstance(value, Variable):
        return value._read()
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, (int, float)):
        return torch.tensor(
            value, dtype=float_dtype if isinstance(value, float) else torch.int32, device=default_device()
        )
    if not is_array(value):
        return value
    if value.dtype.kind not in "fiubc":
        if is_texts(value):
            return StringArray(to_bytes_array(value))
        raise TypeError(f"Cannot make a tensor of an array of dtype {value.dtype}. Convert it to numbers first.")
    tensor = torch.tensor(np.asarray(value, order="C"))  # torch takes no negative strides
    wanted = float_dtype if tensor.is_floating_point() and float_dtype is not None else tensor.dtype
    return tensor.to(default_device(), wanted)


def to_array(tensor: Tensor) -> Any:
    """The values of a tensor on the host as an array, sharing memory; bfloat16, which NumPy lacks, as float32."""
    return tensor.float().numpy() if tensor.dtype is torch.bfloat16 else tensor.numpy()


def texts_only(value: Any) -> bool:
    """Whether a value is a text or a list of nothing but texts, however nested: data, not a list of inputs."""
    if isinstance(value, (list, tuple)):
        return bool(value) and all(texts_only(item) for item in value)
    return isinstance(value, (str, bytes))


def numbers_only(value: Any) -> bool:
    """Whether a list holds nothing but numbers, however nested: data, not a list of inputs."""
    if isinstance(value, (list, tuple)):
        return bool(value) and all(numbers_only(item) for item in value)
    return isinstance(value, (int, float, np.generic)) and not isinstance(value, bool)
