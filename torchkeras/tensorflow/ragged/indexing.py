"""Indexing and slicing of ragged tensors."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch

from torchkeras.core.variable import Variable
from torchkeras.tensorflow.ragged.ragged_tensor import RaggedTensor
from torchkeras.tensorflow.ragged.row_partition import RowPartition
from torchkeras.tensorflow.rows import Integers, as_integer, between, take

_WORDS = (
    "Only integers, slices (`:`), ellipsis (`...`), tf.newaxis (`None`) and scalar tf.int32/tf.int64 tensors are "
    "valid indices, got {0!r}"
)
_ALL = slice(None)


def getitem(self: RaggedTensor, key: Any) -> Any:
    """`ragged[key]`: rows by number or slice, then slices within them, or numbers where sizes are uniform."""
    return _picked(self, list(key) if isinstance(key, (list, tuple)) else [key])


def _picked(value: Any, keys: list[Any]) -> Any:
    if not keys:
        return value
    if not isinstance(value, RaggedTensor):
        return value[tuple(keys)]
    keys = _without_ellipsis(keys, value.shape.rank or 0)
    if not keys:
        return value
    first, rest = keys[0], keys[1:]
    if first is None:
        inner = _picked(value, rest)
        return RaggedTensor.from_uniform_row_length(inner, inner.shape[0], nrows=1)
    if isinstance(first, slice):
        return _within(_sliced(value, first), rest)
    number = _integer(first)
    rows = value._partition.static_nrows
    if not -rows <= number < rows:
        raise IndexError(f"Row key {number} out of bounds")
    return _picked(value._row(number % rows), rest)


def _within(value: Any, keys: list[Any]) -> Any:
    """The same keys applied within each row."""
    if not keys:
        return value
    if not isinstance(value, RaggedTensor):
        return value[(_ALL, *keys)]
    first, rest = keys[0], keys[1:]
    if first is None:
        inner = _within(value, rest)
        return RaggedTensor._of(inner, RowPartition.from_uniform_row_length(1, nrows=inner.shape[0]))
    if isinstance(first, slice):
        if first != _ALL:
            value = _rows_sliced(value, first)
        return value.with_values(_within(value._values, rest))
    number = _integer(first)
    uniform = value._partition._uniform
    if uniform is None:
        raise ValueError("Cannot index into an inner ragged dimension.")
    if not -uniform <= number < uniform:
        raise IndexError(f"Index {number} is out of bounds for a dimension of size {uniform}")
    chosen = value._partition._splits[:-1] + number % max(uniform, 1)
    return _within(take(value._values, chosen), rest)


def _without_ellipsis(keys: list[Any], rank: int) -> list[Any]:
    places = [i for i, key in enumerate(keys) if key is Ellipsis]
    if not places:
        return keys
    if len(places) > 1:
        raise ValueError("an index can only have a single ellipsis ('...')")
    used = sum(key is not None and key is not Ellipsis for key in keys)
    if used > rank:
        raise IndexError("Too many indices for RaggedTensor")
    return [*keys[: places[0]], *[_ALL] * (rank - used), *keys[places[0] + 1 :]]


def _integer(key: Any) -> int:
    if isinstance(key, (bool, str, float)) or key is None:
        raise TypeError(_WORDS.format(key))
    if isinstance(key, (int, np.integer)):
        return int(key)
    if isinstance(key, (torch.Tensor, Variable, np.ndarray)) and not len(key.shape):
        return as_integer(key, "index")
    raise TypeError(_WORDS.format(key))


def _bound(value: Any) -> int | None:
    return None if value is None else _integer(value)


def _sliced(value: RaggedTensor, key: slice) -> RaggedTensor:
    key = slice(_bound(key.start), _bound(key.stop), _bound(key.step))
    rows = value._partition.static_nrows
    start, stop, step = key.indices(rows)
    if step == 1:
        stop = max(start, stop)
        splits = value._partition._splits[start : stop + 1]
        partition = RowPartition(splits - splits[0], value._partition._uniform, value._partition.dtype)
        return RaggedTensor._of(between(value._values, int(splits[0]), int(splits[-1])), partition)
    return value._take(np.arange(start, stop, step))


def _rows_sliced(value: RaggedTensor, key: slice) -> RaggedTensor:
    """Each row sliced."""
    key = slice(_bound(key.start), _bound(key.stop), _bound(key.step))
    partition = value._partition
    lengths = partition._lengths
    if partition._uniform is not None:
        lengths = np.full(partition.static_nrows, partition._uniform)
    starts, counts, step = _spans(lengths, key)
    total = int(counts.sum())
    firsts = np.cumsum(counts) - counts
    chosen = np.repeat(partition._splits[:-1] + starts, counts)
    chosen = chosen + step * (np.arange(total) - np.repeat(firsts, counts))
    uniform = None
    if partition._uniform is not None:
        uniform = len(range(*key.indices(partition._uniform)))
    return RaggedTensor._of(take(value._values, chosen), RowPartition._of_lengths(counts, uniform, partition.dtype))


def _spans(lengths: Integers, key: slice) -> tuple[Integers, Integers, int]:
    """Where each row's slice starts and how many values it has, as Python slices a list of that length."""
    step = 1 if key.step is None else key.step
    if step == 0:
        raise ValueError("slice step cannot be zero")
    low, high = (0, lengths) if step > 0 else (-1, lengths - 1)

    def clipped(bound: int) -> Integers:
        return np.clip(np.where(bound < 0, lengths + bound, bound), low, high)

    start = clipped(key.start) if key.start is not None else (np.zeros_like(lengths) if step > 0 else lengths - 1)
    stop = clipped(key.stop) if key.stop is not None else (lengths if step > 0 else np.full_like(lengths, -1))
    counts = np.maximum(0, -((start - stop) // step) if step > 0 else -((stop - start) // -step))
    return start, counts, step


setattr(RaggedTensor, "__getitem__", getitem)  # noqa: B010 - mypy takes the plain form for a generic class

__all__ = ["getitem"]
