"""tf.ragged.cross and tf.ragged.cross_hashed."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from typing import Any

from torchkeras.tensorflow.crossing import Rows, as_list, as_number, as_text, combined, dense_rows, flattened
from torchkeras.tensorflow.ragged.ragged_tensor import RaggedTensor
from torchkeras.tensorflow.ragged.row_partition import RowPartition
from torchkeras.tensorflow.rows import as_parts
from torchkeras.tensorflow.sparse.crossing import sparse_rows
from torchkeras.tensorflow.sparse.sparse_tensor import SparseTensor


def cross(inputs: Sequence[Any], name: str | None = None) -> RaggedTensor:
    """All combinations of the values of each row of several features, as texts joined by '_X_'.

    Args:
        inputs: matrices, dense, ragged or sparse, of texts or integers.
    """
    return _crossed(inputs, as_text, is_text=True)


def cross_hashed(
    inputs: Sequence[Any], num_buckets: int = 0, hash_key: Any = None, name: str | None = None
) -> RaggedTensor:
    """As `cross`, but each combination as the number of its bucket.

    Args:
        num_buckets: how many buckets there are; 0 for the hashes themselves.
        hash_key: what the hashes start with.
    """
    return _crossed(inputs, as_number(num_buckets, hash_key), is_text=False)


def _crossed(inputs: Any, combine: Callable[[Sequence[Any]], Any], is_text: bool) -> RaggedTensor:
    if not isinstance(inputs, (list, tuple)):
        raise TypeError(f"Inputs must be a list, got {inputs!r}.")
    values, lengths = flattened(combined([_rows(one) for one in inputs], combine), is_text)
    return RaggedTensor._of(values, RowPartition._of_lengths(lengths))


def _rows(value: Any) -> Rows:
    if isinstance(value, SparseTensor):
        return sparse_rows(value)
    parts = as_parts(value)
    if not isinstance(parts, RaggedTensor):
        return dense_rows(parts)
    if parts.shape.rank != 2:
        raise ValueError(f"tf.ragged.cross takes only inputs of rank 2, got the shape {parts.shape}.")
    flat = as_list(parts._values)
    return [flat[a:b] for a, b in itertools.pairwise(parts._partition._splits.tolist())]


__all__ = ["cross", "cross_hashed"]
