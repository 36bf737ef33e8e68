"""tf.experimental.numpy: dtypes, and what values are."""

from __future__ import annotations

import numbers
from typing import Any

import numpy as np
import torch

from torchkeras.tensorflow import dtypes
from torchkeras.tensorflow.experimental.numpy.operation import wanted
from torchkeras.tensorflow.experimental.numpy.promotion import common, plain


def _type(dtype: torch.dtype) -> np.dtype[Any]:
    return np.dtype(dtypes.of_torch(dtype).as_numpy_dtype)


def result_type(*arrays_and_dtypes: Any) -> Any:
    """The dtype that arrays and dtypes have together."""
    found = [_as_dtype(value) for value in arrays_and_dtypes]
    return dtypes.of_torch(common(*found).dtype)


def _as_dtype(value: Any) -> Any:
    if isinstance(value, (type, np.dtype, str, torch.dtype, dtypes.DType)):
        return wanted(value)
    return value


def promote_types(type1: Any, type2: Any) -> Any:
    """The dtype that two dtypes have together."""
    return _type(common(_as_dtype(type1), _as_dtype(type2)).dtype)


def finfo(dtype: Any) -> Any:
    """As numpy.finfo."""
    return np.finfo(_type(dtypes.torch_of(dtype)))


def issubdtype(arg1: Any, arg2: Any) -> bool:
    """As numpy.issubdtype."""
    return bool(np.issubdtype(*(a.as_numpy_dtype if isinstance(a, dtypes.DType) else a for a in (arg1, arg2))))


def isscalar(num: Any) -> bool:
    """Whether a value is a single number."""
    if isinstance(num, (torch.Tensor, np.ndarray)):
        return num.ndim == 0
    return isinstance(num, (numbers.Number, str, bytes))


def iscomplexobj(x: Any) -> bool:
    """Whether a value's dtype is a complex one."""
    return plain(x).dtype.is_complex


def isrealobj(x: Any) -> bool:
    """Whether a value's dtype is none of the complex ones."""
    return not iscomplexobj(x)
