"""User data as tensors, without copies where memory can be shared."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import torch
from torch import Tensor

from torchkeras.core.kinds import bridge
from torchkeras.core.nest import map_structure
from torchkeras.core.rows import Rows
from torchkeras.core.string_array import StringArray, is_texts, to_bytes_array
from torchkeras.core.tensors import numbers_only, texts_only


def tensors_of(data: Any) -> Any:
    """Arrays, memory maps, pandas frames and series, lists of numbers as CPU tensors that share their memory; texts
    as StringArrays; tensors as they are. Lists, tuples and dicts of such keep their form.
    """
    if data is None or isinstance(data, Tensor):
        return bridge.lower(data) if bridge.active else data
    if isinstance(data, (list, tuple)) and numbers_only(data):
        return _of_array(np.asarray(data))
    if isinstance(data, (list, tuple, str, bytes)) and texts_only(data):
        return StringArray(to_bytes_array(data))
    return map_structure(_leaf, data)


def _leaf(value: Any) -> Any:
    if hasattr(value, "_as_rows"):  # ragged and sparse tensors
        return value._as_rows()
    if isinstance(value, Rows):
        return value
    if value is None or isinstance(value, Tensor):
        return bridge.lower(value) if bridge.active else value
    if isinstance(value, StringArray):
        return bridge.lower(value) if bridge.active else value
    if hasattr(value, "to_numpy"):  # pandas
        value = value.to_numpy()
    elif not isinstance(value, np.ndarray):
        value = np.asarray(value)
    return _of_array(value)


def _of_array(array: np.ndarray) -> Any:
    if array.dtype.kind not in "fiubc":
        if is_texts(array):
            return StringArray(to_bytes_array(array))
        raise ValueError(
            f"Cannot train on an array of dtype {array.dtype}: it holds {_sample(array)}. Convert it to numbers first."
        )
    if any(stride < 0 for stride in array.strides) or not array.dtype.isnative:
        array = np.ascontiguousarray(array, dtype=array.dtype.newbyteorder("="))
    if array.ndim == 0:
        return torch.tensor(array)
    if array.flags.writeable:
        return torch.from_numpy(array)
    with warnings.catch_warnings():
        # A memory map opened for reading: nothing here writes to it.
        warnings.filterwarnings("ignore", message="The given NumPy array is not writable")
        return torch.from_numpy(array)


def _sample(array: np.ndarray) -> str:
    return repr(array.flat[0])[:60] if array.size else "nothing"
