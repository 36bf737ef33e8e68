"""tf.sparse.bincount."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch

from torchkeras.tensorflow.arguments import invalid
from torchkeras.tensorflow.convert import any_tensor, made, tensor
from torchkeras.tensorflow.dispatch import CompositeTensor
from torchkeras.tensorflow.sparse.parts import of_host
from torchkeras.tensorflow.sparse.sparse_tensor import SparseTensor


def bincount(
    values: Any,
    weights: Any = None,
    axis: Any = 0,
    minlength: Any = None,
    maxlength: Any = None,
    binary_output: bool = False,
    name: str | None = None,
) -> SparseTensor:
    """How often each number occurs, kept for those that do.

    Args:
        values: integers, dense, sparse or ragged.
        weights: what each occurrence counts.
        axis: 0 for counts over all values, -1 for counts of each row.
        minlength, maxlength: the least and the greatest size of the last dimension.
        binary_output: 1 for every number that occurs, whatever its count.
    """
    if axis not in (0, -1):
        raise ValueError(f"Unsupported value for argument axis={axis}. Only 0 and -1 are currently supported.")
    if binary_output and weights is not None:
        raise ValueError("Arguments `binary_output` and `weights` are mutually exclusive. Please specify only one.")
    numbers, rows, many = _numbers(values, whole=axis == 0)
    if (numbers < 0).any():
        invalid(f"Input values must all be non-negative, got {numbers.min()}", "SparseBincount")
    counted = _weights(weights, len(numbers), values)
    size = int(numbers.max(initial=-1)) + 1
    if minlength is not None:
        size = max(size, int(minlength))
    if maxlength is not None:
        size = min(size, int(maxlength))
        kept = numbers < size
        numbers, rows, counted = numbers[kept], rows[kept], counted[kept]
    place = rows * max(size, 1) + numbers
    present, first, back = np.unique(place, return_index=True, return_inverse=True)
    total = np.zeros(len(present), dtype=counted.dtype)
    np.add.at(total, back.reshape(-1), counted)
    if binary_output:
        total[:] = 1
    result = made(torch.from_numpy(total))
    if axis == 0:
        return of_host(present[:, None], result, [size])
    return of_host(np.stack([rows[first], numbers[first]], axis=1), result, [many, size])


def _numbers(values: Any, whole: bool) -> tuple[np.ndarray, np.ndarray, int]:
    """The numbers, the row of each and how many rows there are."""
    if isinstance(values, SparseTensor):
        found = tensor(values.values).cpu().numpy()
        rows = values._where[:, 0] if len(values._sizes) > 1 else np.zeros(len(found), dtype=np.int64)
        many = values._sizes[0] if len(values._sizes) > 1 else 1
    elif isinstance(values, CompositeTensor) and values._kind == "ragged":
        found = tensor(values.flat_values).cpu().numpy()  # type: ignore[attr-defined]
        rows = values._partition._rowids  # type: ignore[attr-defined]
        many = values._partition.static_nrows  # type: ignore[attr-defined]
    else:
        array = tensor(any_tensor(values)).cpu().numpy()
        wide = array.reshape(1, -1) if array.ndim < 2 else array
        many = wide.shape[0]
        found, rows = wide.reshape(-1), np.repeat(np.arange(many), wide.shape[1])
    if found.dtype.kind not in "iu":
        invalid(f"values must be integers, got {found.dtype}", "SparseBincount")
    found = found.astype(np.int64)
    return (found, np.zeros(len(found), dtype=np.int64), 1) if whole else (found, rows, many)


def _weights(weights: Any, count: int, values: Any) -> np.ndarray:
    if weights is None:
        return np.ones(count, dtype=np.int32)
    if isinstance(weights, CompositeTensor):
        if type(weights) is not type(values):
            raise ValueError(f"Argument `weights` must be of the kind of `values`, got {type(weights).__name__}.")
        flat = weights.values if isinstance(weights, SparseTensor) else weights.flat_values  # type: ignore[attr-defined]
    else:
        flat = any_tensor(weights)
    found: np.ndarray = tensor(flat).cpu().numpy().reshape(-1)
    if len(found) != count:
        raise ValueError(f"Argument `weights` must have as many values as `values`, {count}, got {len(found)}.")
    return found


__all__ = ["bincount"]
