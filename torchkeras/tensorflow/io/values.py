"""What the readers of records give, as tensors."""

from __future__ import annotations

from typing import Any

import numpy as np

from torchkeras.records import RaggedValues, SparseValues
from torchkeras.tensorflow import dtypes
from torchkeras.tensorflow.convert import from_python, made
from torchkeras.tensorflow.ragged.ragged_tensor import RaggedTensor
from torchkeras.tensorflow.sparse.sparse_tensor import SparseTensor
from torchkeras.tensorflow.string_tensor import StringTensor


def dense(array: np.ndarray) -> Any:
    """An array of numbers or of bytes objects as a tensor."""
    return StringTensor(array) if array.dtype == object else made(from_python(array, None))


def tensors(value: Any, splits_dtype: Any = dtypes.int64) -> Any:
    """An array, sparse or ragged values as a tensor."""
    if isinstance(value, SparseValues):
        return SparseTensor(dense(value.indices), dense(value.values), dense(value.dense_shape))
    if isinstance(value, RaggedValues):
        found = dense(value.values)
        for lengths, uniform in zip(value.row_lengths[::-1], value.uniform[::-1]):
            if uniform is not None:
                found = RaggedTensor.from_uniform_row_length(found, uniform, nrows=len(lengths))
            else:
                found = RaggedTensor.from_row_lengths(found, lengths.astype(dtypes.as_dtype(splits_dtype).name))
        return found
    return dense(value)
