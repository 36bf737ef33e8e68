"""tf.sparse.cross and tf.sparse.cross_hashed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from torchkeras.tensorflow.crossing import Rows, as_list, as_number, as_text, combined, dense_rows, flattened
from torchkeras.tensorflow.errors import InvalidArgumentError
from torchkeras.tensorflow.rows import starts_of
from torchkeras.tensorflow.sparse.parts import of_host
from torchkeras.tensorflow.sparse.sparse_tensor import SparseTensor
from torchkeras.tensorflow.string_tensor import StringTensor
from torchkeras.tensorflow.tensor import Tensor


def cross(inputs: Sequence[Any], name: str | None = None, separator: Any = None) -> SparseTensor:
    """All combinations of the values of each row of several features, as texts.

    Args:
        inputs: matrices, sparse or dense, of texts or integers.
        separator: what stands between the values of a combination; '_X_' unless given.
    """
    between = b"_X_" if separator is None else _bytes(separator)
    return _crossed(inputs, lambda values: as_text(values, between), is_text=True)


def cross_hashed(
    inputs: Sequence[Any], num_buckets: int = 0, hash_key: Any = None, name: str | None = None
) -> SparseTensor:
    """As `cross`, but each combination as the number of its bucket.

    Args:
        num_buckets: how many buckets there are; 0 for the hashes themselves.
        hash_key: what the hashes start with.
    """
    return _crossed(inputs, as_number(num_buckets, hash_key), is_text=False)


def _crossed(inputs: Any, combine: Callable[[Sequence[Any]], Any], is_text: bool) -> SparseTensor:
    if not isinstance(inputs, (list, tuple)) or not all(isinstance(one, (SparseTensor, Tensor)) for one in inputs):
        raise TypeError("All inputs must be Tensor or SparseTensor.")
    inputs = sorted(inputs, key=lambda one: not isinstance(one, SparseTensor))  # TensorFlow puts dense features last
    rows = combined([sparse_rows(one) if isinstance(one, SparseTensor) else dense_rows(one) for one in inputs], combine)
    values, lengths = flattened(rows, is_text)
    numbers = np.repeat(np.arange(len(lengths)), lengths)
    offsets = np.arange(len(numbers)) - np.repeat(starts_of(lengths)[:-1], lengths)
    return of_host(np.stack([numbers, offsets], axis=1), values, [len(lengths), int(lengths.max(initial=0))])


def sparse_rows(value: SparseTensor) -> Rows:
    """The values of each row of a sparse matrix."""
    if len(value._sizes) != 2:
        raise InvalidArgumentError(None, None, f"Inputs must be matrices, got the shape {value._sizes}")
    found: Rows = [[] for _ in range(value._sizes[0])]
    for (row, _), one in zip(value._where.tolist(), as_list(value.values), strict=True):
        found[row].append(one)
    return found


def _bytes(value: Any) -> bytes:
    if isinstance(value, StringTensor):
        value = value.numpy()
    return value.encode() if isinstance(value, str) else bytes(value)


__all__ = ["cross", "cross_hashed"]
