"""Keys and values of tables as NumPy arrays, and as tensors again."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch

from torchkeras.core.string_array import StringArray, to_bytes_array
from torchkeras.tensorflow import dtypes
from torchkeras.tensorflow.convert import any_tensor, from_python, made
from torchkeras.tensorflow.string_tensor import StringTensor
from torchkeras.tensorflow.tensor import array_of

#: An array of numbers, or of bytes objects.
Column = np.ndarray


def as_column(value: Any, dtype: dtypes.DType | None = None) -> Column:
    """Numbers or texts in any form as an array."""
    if isinstance(value, StringArray) or dtype == dtypes.string:
        return to_bytes_array(value)
    if isinstance(value, torch.Tensor):
        return array_of(value)
    found = any_tensor(value, None)
    array = found._array if isinstance(found, StringArray) else array_of(found)
    return array if dtype is None else array.astype(dtype.as_numpy_dtype)


def as_tensor(array: Column, dtype: dtypes.DType) -> Any:
    """An array as a tensor of a dtype."""
    return (
        StringTensor(array) if dtype == dtypes.string else made(from_python(np.asarray(array, order="C"), dtype.torch))
    )
