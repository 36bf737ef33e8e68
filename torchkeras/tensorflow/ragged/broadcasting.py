"""Ragged and dense tensors brought to one structure: what operators and elementwise functions compute with.

Dimensions are compared from the last to the first, as in NumPy. A dimension of size 1 is repeated where it is dense or
uniform; ragged dimensions must have the same rows.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import torch

from torchkeras.core.variable import Variable
from torchkeras.tensorflow.convert import any_tensor, made, tensor
from torchkeras.tensorflow.errors import InvalidArgumentError
from torchkeras.tensorflow.ragged.conversions import of_depth
from torchkeras.tensorflow.ragged.ragged_tensor import RaggedTensor
from torchkeras.tensorflow.ragged.row_partition import RowPartition
from torchkeras.tensorflow.rows import Integers, as_parts, must_agree, reshaped, starts_of, take
from torchkeras.tensorflow.string_tensor import StringTensor

Wrap = Callable[[Any], Any]


def as_operand(value: Any, dtype: Any = None) -> Any:
    """An operand beside a ragged tensor: single Python values stay, lists and arrays become tensors of its dtype."""
    if isinstance(value, (int, float, complex, str, bytes, RaggedTensor)):
        return value
    if isinstance(value, (torch.Tensor, Variable, StringTensor)) or dtype is None:
        return as_parts(value)
    try:
        return any_tensor(value, dtype)
    except (TypeError, ValueError):
        return any_tensor(value)


def aligned(operands: Sequence[Any]) -> tuple[list[Any], Wrap]:
    """The flat values of operands in one common structure, and what puts that structure around a result."""
    ragged = [one for one in operands if isinstance(one, RaggedTensor)]
    first = ragged[0]
    plain = [one for one in operands if not isinstance(one, RaggedTensor) and len(getattr(one, "shape", ()))]
    inner = min(one.flat_values.shape.rank for one in ragged)
    if all(_same(first, one) for one in ragged[1:]) and all(one.shape.rank < inner for one in plain):
        return [one.flat_values if isinstance(one, RaggedTensor) else one for one in operands], first.with_flat_values
    places = [i for i, one in enumerate(operands) if len(getattr(one, "shape", ()))]
    found = list(operands)
    flats, partitions = _broadcast([operands[i] for i in places])
    for i, flat in zip(places, flats, strict=True):
        found[i] = flat
    return found, lambda values: RaggedTensor._nested(values, partitions)


def _same(a: RaggedTensor, b: RaggedTensor) -> bool:
    if a.flat_values.shape.rank != b.flat_values.shape.rank:
        return False
    return a is b or a._partitions == b._partitions


def _broadcast(operands: Sequence[Any]) -> tuple[list[Any], list[RowPartition]]:
    rank = max(one.shape.rank for one in operands)
    padded = [_of_rank(one, rank) for one in operands]
    depth = max(one.ragged_rank if isinstance(one, RaggedTensor) else 0 for one in padded)
    nested = [of_depth(one, depth) for one in padded]
    counts = [one._partition.static_nrows for one in nested]
    rows = next((n for n in counts if n != 1), 1)
    if any(n not in (1, rows) for n in counts):
        raise InvalidArgumentError(None, None, f"Unable to broadcast: dimension size mismatch in dimension 0: {counts}")
    index = [np.zeros(rows, dtype=np.int64) if n == 1 != rows else np.arange(rows) for n in counts]
    partitions: list[RowPartition] = []
    for level in range(depth):
        here = [one._partitions[level] for one in nested]
        partition, index = _one_level(here, index)
        partitions.append(partition)
    flats = [_chosen(one.flat_values, i) for one, i in zip(nested, index, strict=True)]
    return flats, partitions


def _one_level(here: Sequence[RowPartition], index: Sequence[Integers]) -> tuple[RowPartition, list[Integers]]:
    lengths = [p._lengths[i] if p._uniform is None else np.full(len(i), p._uniform) for p, i in zip(here, index)]
    telling = [n for n, p in enumerate(here) if p._uniform != 1] or [0]
    telling.sort(key=lambda n: here[n]._uniform is None)  # as TensorFlow's messages name them
    for other in telling[1:]:
        must_agree(starts_of(lengths[telling[0]]), starts_of(lengths[other]))
    size = lengths[telling[0]]
    uniform = here[telling[0]]._uniform
    splits = starts_of(size)
    offsets = np.arange(splits[-1]) - np.repeat(splits[:-1], size)
    following = []
    for partition, i in zip(here, index, strict=True):
        starts = np.repeat(partition._splits[:-1][i], size)
        following.append(starts if partition._uniform == 1 and uniform != 1 else starts + offsets)
    kind = next((p.dtype for p in here if p._uniform is None), here[0].dtype)
    return RowPartition(splits, uniform, kind), following


def _chosen(flat: Any, index: Integers) -> Any:
    if len(index) == flat.shape[0] and np.array_equal(index, np.arange(len(index))):
        return flat
    return take(flat, index)


def _of_rank(one: Any, rank: int) -> Any:
    """With dimensions of size 1 put in front."""
    missing = rank - one.shape.rank
    if not missing:
        return one
    if not isinstance(one, RaggedTensor):
        return reshaped(one, (*[1] * missing, *one.shape))
    return RaggedTensor._nested(one, RowPartition._of_dense([*[1] * missing, one.shape[0]]))


def broadcast_to(value: Any, partitions: Sequence[RowPartition], inner: Sequence[int]) -> Any:
    """A value in the structure of these partitions around values of this inner shape."""
    flat = StringTensor(np.full((partitions[-1].static_nvals, *inner), b"", dtype=object))
    (found, other), wrap = aligned([value, RaggedTensor._nested(flat, partitions)])
    return wrap(_expanded(found, tuple(other.shape)))


def _expanded(value: Any, shape: tuple[int, ...]) -> Any:
    value = as_parts(value)
    if isinstance(value, StringTensor):
        return StringTensor(np.broadcast_to(value._array, shape).copy())
    return made(tensor(value).expand(shape).clone())


__all__ = ["aligned", "as_operand", "broadcast_to"]
