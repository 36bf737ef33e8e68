"""tf.distribute.experimental.partitioners: into how many parts variables are cut, one on each parameter server."""

from __future__ import annotations

from typing import Any

from torchkeras.tensorflow.dtypes import as_dtype


class Partitioner:
    """Tells from a variable's shape and dtype into how many parts each axis is cut. Subclasses define the call."""

    def __call__(self, shape: Any, dtype: Any, axis: int = 0) -> list[int]:
        raise NotImplementedError


class FixedShardsPartitioner(Partitioner):
    """So many parts, or as many as there are rows.

    Args:
        num_shards: how many.
    """

    def __init__(self, num_shards: int) -> None:
        self._most = num_shards

    def __call__(self, shape: Any, dtype: Any, axis: int = 0) -> list[int]:
        return _along(shape, axis, self._most)


class MinSizePartitioner(Partitioner):
    """Parts of some size or more, and at most so many.

    Args:
        min_shard_bytes: the size.
        max_shards: how many at most.
        bytes_per_string: what a string counts as.
    """

    def __init__(self, min_shard_bytes: int = 256 << 10, max_shards: int = 1, bytes_per_string: int = 16) -> None:
        _check_positive(min_shard_bytes=min_shard_bytes, max_shards=max_shards, bytes_per_string=bytes_per_string)
        self._least, self._most, self._string = min_shard_bytes, max_shards, bytes_per_string

    def __call__(self, shape: Any, dtype: Any, axis: int = 0) -> list[int]:
        size = _bytes(shape, dtype, self._string)
        return _along(shape, axis, min(self._most, max(1, -(-size // self._least))))


class MaxSizePartitioner(Partitioner):
    """Parts of at most some size, of one row at least.

    Args:
        max_shard_bytes: the size.
        max_shards: how many at most; any number unless given.
        bytes_per_string: what a string counts as.
    """

    def __init__(self, max_shard_bytes: int, max_shards: int | None = None, bytes_per_string: int = 16) -> None:
        _check_positive(max_shard_bytes=max_shard_bytes, bytes_per_string=bytes_per_string)
        self._largest, self._most, self._string = max_shard_bytes, max_shards, bytes_per_string

    def __call__(self, shape: Any, dtype: Any, axis: int = 0) -> list[int]:
        sizes = tuple(shape)
        row = _bytes(sizes[:axis] + sizes[axis + 1 :], dtype, self._string)
        rows = max(1, self._largest // max(row, 1))
        count = -(-sizes[axis] // rows)
        return _along(shape, axis, min(count, self._most) if self._most else count)


def _bytes(shape: Any, dtype: Any, string: int) -> int:
    found = as_dtype(dtype)
    size = string if found.name == "string" else found.size
    for axis in shape:
        size *= int(axis)
    return int(size)


def _along(shape: Any, axis: int, count: int) -> list[int]:
    sizes = tuple(shape)
    parts = [1] * len(sizes)
    parts[axis] = max(1, min(count, int(sizes[axis])))
    return parts


def _check_positive(**numbers: int) -> None:
    for name, value in numbers.items():
        if value < 1:
            raise ValueError(f"Argument `{name}` must be positive. Received: {value}")


__all__ = ["FixedShardsPartitioner", "MaxSizePartitioner", "MinSizePartitioner", "Partitioner"]
