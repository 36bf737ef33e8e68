"""Crosses of features: every combination of the values of several, as a text or as the number of a bucket."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import torch

from torchkeras.core.hashing import fingerprint64, joined
from torchkeras.tensorflow.convert import made, tensor
from torchkeras.tensorflow.errors import InvalidArgumentError
from torchkeras.tensorflow.string_tensor import StringTensor

#: The key that TensorFlow starts hashes of crosses with, unless told otherwise.
HASH_KEY = 0xDECAFCAFFE

#: The values of each row: bytes, or Python's ints.
Rows = list[list[Any]]


def as_list(values: Any) -> list[Any]:
    """A vector's values."""
    if isinstance(values, StringTensor):
        return list(values._array)
    found = tensor(values)
    if found.is_floating_point() or found.is_complex():
        raise ValueError(f"Unexpected dtype for inputs: {values.dtype.name}; they must be integers or texts.")
    return found.tolist()


def dense_rows(value: Any) -> Rows:
    """The rows of a dense matrix."""
    if value.shape.rank != 2:
        raise InvalidArgumentError(None, None, f"Inputs must be matrices, got the shape {value.shape}")
    return [as_list(row) for row in value]


def combined(features: Sequence[Rows], combine: Callable[[Sequence[Any]], Any]) -> Rows:
    """For each row all combinations of one value of each feature."""
    counts = {len(rows) for rows in features}
    if len(counts) > 1:
        raise InvalidArgumentError(None, None, f"All features must have the same batch size, got {sorted(counts)}")
    return [[combine(one) for one in itertools.product(*rows)] for rows in zip(*features, strict=True)]


def flattened(rows: Rows, is_text: bool) -> tuple[Any, np.ndarray]:
    """The values of all rows as one vector, and the length of each row."""
    flat = list(itertools.chain.from_iterable(rows))
    lengths = np.array([len(row) for row in rows], dtype=np.int64)
    if not is_text:
        return made(torch.tensor(flat, dtype=torch.int64)), lengths
    array = np.empty(len(flat), dtype=object)
    array[:] = flat
    return StringTensor(array), lengths


def as_text(values: Sequence[Any], between: bytes = b"_X_") -> bytes:
    return between.join(one if isinstance(one, bytes) else str(one).encode() for one in values)


def as_number(num_buckets: int, hash_key: Any) -> Callable[[Sequence[Any]], int]:
    """What gives the number of the bucket of a combination; its hash where there are no buckets."""
    if num_buckets < 0:
        raise ValueError(f"Argument `num_buckets` must be non-negative, got {num_buckets}.")
    start = HASH_KEY if hash_key is None else int(hash_key)

    def combine(values: Sequence[Any]) -> int:
        found = start
        for one in values:
            found = joined(found, fingerprint64(one) if isinstance(one, bytes) else one % (1 << 64))
        return found % (num_buckets if num_buckets else (1 << 63) - 1)

    return combine


__all__ = ["Rows", "as_list", "as_number", "as_text", "combined", "dense_rows", "flattened"]
