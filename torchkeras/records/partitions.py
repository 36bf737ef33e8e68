"""Ragged features: values in rows, within rows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np

from torchkeras.core.op_errors import InvalidArgumentError
from torchkeras.records.feature_specs import (
    RaggedFeature,
    RowLengths,
    RowLimits,
    RowSplits,
    RowStarts,
    UniformRowLength,
)


class RaggedValues(NamedTuple):
    """A ragged tensor.

    Attributes:
        values: all values, one after another.
        row_lengths: for each dimension after the first, outermost first, the length of each row, int64.
        uniform: for each of these dimensions the one length of its rows where it was declared so, else None.
    """

    values: np.ndarray
    row_lengths: tuple[np.ndarray, ...]
    uniform: tuple[int | None, ...]


def ragged(values_of: Callable[[str, str], np.ndarray], name: str, spec: RaggedFeature, dtype: str) -> Any:
    """One example's ragged feature; a plain array where it has no rows, or rows of declared lengths only.

    Args:
        values_of: gives the values of a feature by its name and type.
    """
    values = values_of(spec.value_key or name, dtype)
    count = len(values)
    lengths: list[np.ndarray] = []
    for partition in reversed(tuple(spec.partitions)):  # from the innermost, whose rows hold the values
        own = _lengths(partition, values_of, count, name)
        if (own < 0).any() or own.sum() != count:
            raise InvalidArgumentError(
                None, None,
                f"Arguments do not form a valid RaggedTensor: {partition} of feature {name!r} has rows of "
                f"{int(own.sum())} values in all, for {count}.",
            )  # fmt: skip
        lengths.insert(0, own)
        count = len(own)
    uniform = tuple(p.length if isinstance(p, UniformRowLength) else None for p in spec.partitions)
    if None not in uniform:
        return values.reshape(-1, *uniform)
    return RaggedValues(values, tuple(lengths), uniform)


def _lengths(partition: Any, values_of: Callable[[str, str], np.ndarray], count: int, name: str) -> np.ndarray:
    if isinstance(partition, UniformRowLength):
        if partition.length <= 0 or count % partition.length:
            raise InvalidArgumentError(
                None, None, f"The {count} values of feature {name!r} do not divide into rows of {partition.length}."
            )
        return np.full(count // partition.length, partition.length, np.int64)
    found = values_of(partition.key, "int64")
    if isinstance(partition, RowLengths):
        return found
    if isinstance(partition, RowSplits):
        if not len(found):
            found = np.zeros(1, np.int64)
        return np.diff(found)
    if isinstance(partition, RowStarts):
        return np.diff(found, append=count)
    if isinstance(partition, RowLimits):
        return np.diff(found, prepend=0)
    return np.bincount(found).astype(np.int64) if len(found) else np.zeros(0, np.int64)


def joined(examples: Sequence[Any], dtype: str, depth: int) -> RaggedValues:
    """A batch of one example's each, with a dimension for the batch before theirs.

    Args:
        depth: how many partitions the feature has.
    """
    parts = [_as_ragged(example, depth) for example in examples]
    outer = np.array([len(p.row_lengths[0]) if depth else len(p.values) for p in parts], np.int64)
    if not parts:
        values = np.zeros(0, object if dtype == "string" else dtype)
        return RaggedValues(values, tuple(np.zeros(0, np.int64) for _ in range(depth + 1)), (None,) * (depth + 1))
    inner = tuple(np.concatenate([p.row_lengths[level] for p in parts]) for level in range(depth))
    return RaggedValues(np.concatenate([p.values for p in parts]), (outer, *inner), (None, *parts[0].uniform))


def _as_ragged(example: Any, depth: int) -> RaggedValues:
    if isinstance(example, RaggedValues):
        return example
    shape = example.shape
    lengths = tuple(
        np.full(int(np.prod(shape[:level], dtype=np.int64)), shape[level], np.int64) for level in range(1, depth + 1)
    )
    return RaggedValues(example.reshape(-1), lengths, tuple(shape[1:]))
