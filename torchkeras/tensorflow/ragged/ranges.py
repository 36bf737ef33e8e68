"""tf.ragged.range."""

from __future__ import annotations

from typing import Any

import numpy as np

from torchkeras.tensorflow import dtypes
from torchkeras.tensorflow.convert import any_tensor, made, tensor
from torchkeras.tensorflow.errors import InvalidArgumentError
from torchkeras.tensorflow.ragged.ragged_tensor import RaggedTensor
from torchkeras.tensorflow.ragged.row_partition import RowPartition


def range(
    starts: Any,
    limits: Any = None,
    deltas: Any = 1,
    dtype: Any = None,
    name: str | None = None,
    row_splits_dtype: Any = dtypes.int64,
) -> Any:
    """Rows of numbers, each from a start up to, and without, a limit.

    Args:
        starts: where rows start; with no limits these are the limits, and rows start at 0.
        limits: where they end.
        deltas: the steps.
        dtype: of the numbers; the widest of the arguments' unless given.
    """
    if limits is None:
        starts, limits = 0, starts
    parts = [any_tensor(one, dtype) for one in (starts, limits, deltas)]
    if dtype is None:
        order = [dtypes.int32, dtypes.int64, dtypes.float32, dtypes.float64]
        try:
            kind = max((part.dtype for part in parts), key=order.index)
        except ValueError as error:
            raise ValueError(f"tf.ragged.range takes int32, int64, float32 or float64, got {parts}") from error
    else:
        kind = dtypes.as_dtype(dtype)
    columns = [np.atleast_1d(tensor(part).cpu().numpy().astype(kind.as_numpy_dtype)) for part in parts]
    sizes = {len(column) for column, part in zip(columns, parts, strict=True) if part.shape.rank}
    if any(part.shape.rank > 1 for part in parts):
        raise InvalidArgumentError(None, None, "starts, limits and deltas must be scalars or vectors [Op:RaggedRange]")
    if len(sizes) > 1:
        raise InvalidArgumentError(None, None, "starts, limits, and deltas must have the same shape [Op:RaggedRange]")
    first, last, step = (np.broadcast_to(column, (max(sizes, default=1),)) for column in columns)
    if (step == 0).any():
        raise InvalidArgumentError(None, None, "Requires delta != 0 [Op:RaggedRange]")
    lengths = np.maximum(0, np.ceil((last - first) / step)).astype(np.int64)
    partition = RowPartition._of_lengths(lengths, dtype=dtypes.as_dtype(row_splits_dtype))
    values = np.repeat(first, lengths) + partition._offsets.astype(first.dtype) * np.repeat(step, lengths)
    return RaggedTensor._of(made(tensor(values.astype(kind.as_numpy_dtype))), partition)


__all__ = ["range"]
