"""Ragged tensors put together: concat, stack, tile."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from torchkeras.tensorflow.convert import tensor
from torchkeras.tensorflow.dispatch import bound, handles
from torchkeras.tensorflow.errors import InvalidArgumentError
from torchkeras.tensorflow.ragged.conversions import of_depth
from torchkeras.tensorflow.ragged.dimensions import expand_dims
from torchkeras.tensorflow.ragged.ragged_tensor import RaggedTensor
from torchkeras.tensorflow.ragged.row_partition import RowPartition
from torchkeras.tensorflow.rows import as_integer, as_integers, as_parts, chained, must_agree, take, within


def concat(values: Sequence[Any], axis: int) -> Any:
    """Tensors, dense or ragged, joined along an axis from 0, with ragged rows wherever they differ."""
    if len(values) == 1:
        return values[0]
    if axis == 0:
        return _chained(values)
    nested = [of_depth(one, 1) for one in values]
    if axis > 1:
        first = nested[0]
        for other in nested[1:]:
            must_agree(first._partition._splits, other._partition._splits, "Input tensors have incompatible shapes.")
        inner = [one._values for one in nested]
        if not any(isinstance(one, RaggedTensor) for one in inner):
            return first.with_values(_dense(inner, axis - 1))
        return first.with_values(concat(inner, axis - 1))
    rows = nested[0]._partition.static_nrows
    for i, other in enumerate(nested[1:], 1):
        must_agree(
            np.array(rows),
            np.array(other._partition.static_nrows),
            f"Input tensors at index 0 (=x) and {i} (=y) have incompatible shapes.",
        )
    # The rows of all, one tensor after the other, taken in turns.
    everything = _chained(nested)
    turns = np.arange(rows * len(nested)).reshape(len(nested), rows).T.reshape(-1)
    mixed = everything._take(turns)
    lengths = mixed._partition._lengths.reshape(rows, len(nested)).sum(axis=1)
    uniforms = [one._partition._uniform for one in nested]
    uniform = None if None in uniforms else int(sum(n for n in uniforms if n is not None))
    return RaggedTensor._of(mixed._values, RowPartition._of_lengths(lengths, uniform, mixed._partition.dtype))


def _dense(values: Sequence[Any], axis: int) -> Any:
    """Dense values joined along an axis that all have in one size."""
    swapped = [_swapped(one, axis) for one in values]
    return _swapped(chained(swapped), axis)


def _swapped(value: Any, axis: int) -> Any:
    from_text = getattr(value, "_array", None)
    if from_text is not None:
        return type(value)(np.swapaxes(from_text, 0, axis).copy())
    from_numbers = tensor(value).transpose(0, axis)
    return as_parts(from_numbers)


def _chained(values: Sequence[Any]) -> Any:
    """The rows of one tensor after those of the other."""
    if not any(isinstance(one, RaggedTensor) for one in values):
        return chained(values)
    depth = max(one.ragged_rank for one in values if isinstance(one, RaggedTensor))
    nested = [of_depth(one, depth) for one in values]
    inner = _chained([one._values for one in nested])
    lengths = np.concatenate([one._partition._lengths for one in nested])
    uniforms = {one._partition._uniform for one in nested}
    uniform = uniforms.pop() if len(uniforms) == 1 else None
    return RaggedTensor._of(inner, RowPartition._of_lengths(lengths, uniform, nested[0]._partition.dtype))


def _as_list(values: Any, like: Any = None) -> list[Any]:
    """The tensors to join; lists of numbers take the dtype of the first tensor."""
    if isinstance(values, RaggedTensor):
        return [values]
    known = next((one.dtype for one in values if hasattr(one, "dtype") and hasattr(one, "shape")), None)
    found = []
    for one in values:
        if hasattr(one, "shape") or known is None:
            found.append(as_parts(one))
            continue
        try:
            found.append(as_parts(one, known))
        except (TypeError, ValueError):
            found.append(as_parts(one))
    return found


@handles("ragged", "concat")
def _concat(function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    given = bound(function, args, kwargs)
    values = _as_list(given["values"])
    rank = _common_rank(values)
    axis = as_integer(given["axis"], "axis")
    if not -rank <= axis < rank:
        raise ValueError(f"axis={axis} out of bounds: expected {-rank}<=axis<{rank}")
    return concat(values, axis % rank)


def _common_rank(values: Sequence[Any]) -> int:
    ranks = {one.shape.rank for one in values}
    if len(ranks) > 1:
        raise ValueError(f"Ranks of all input tensors must match, got the shapes {[str(v.shape) for v in values]}.")
    return int(ranks.pop())


@handles("ragged", "stack")
def _stack(function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    given = bound(function, args, kwargs)
    return stack(given["values"], given["axis"])


def stack(values: Any, axis: int = 0, name: str | None = None) -> Any:
    """Tensors of any row lengths side by side in a new dimension.

    Args:
        values: tensors, dense or ragged, of one rank and dtype.
        axis: where the new dimension goes.
    """
    if isinstance(values, (list, tuple)) and not values:
        raise ValueError("`values` must be a list of at least one tensor.")
    parts = _as_list(values)
    rank = _common_rank(parts)
    if not -rank - 1 <= axis <= rank:
        raise ValueError(f"axis={axis} out of bounds: expected {-rank - 1}<=axis<{rank + 1}")
    axis %= rank + 1
    if not rank:
        return chained([expand_dims(one, 0) for one in parts])
    if axis == 0:
        # As rows of rows, so that lengths may differ.
        return concat([_one_row(one) for one in parts], 0)
    return concat([expand_dims(one, axis) for one in parts], axis)


def _one_row(one: Any) -> RaggedTensor:
    count = int(one.shape[0])
    return RaggedTensor._of(one, RowPartition._of_lengths(np.array([count])))


@handles("ragged", "tile")
def _tile(function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    given = bound(function, args, kwargs)
    value = next(iter(given.values()))
    if not isinstance(value, RaggedTensor):
        raise TypeError("`multiples` must be a dense tensor of integers.")
    many = as_integers(given["multiples"], "multiples")[0]
    if many.shape != (value.shape.rank,):
        raise ValueError(f"Expected multiples to have {value.shape.rank} values, got {many.tolist()}")
    if (many < 0).any():
        raise InvalidArgumentError(None, None, f"Expected multiples >= 0, got {many.tolist()} [Op:Tile]")
    return tile(value, many.tolist())


def tile(value: Any, multiples: Sequence[int]) -> Any:
    """A tensor repeated so many times along each of its dimensions."""
    if not isinstance(value, RaggedTensor):
        for axis, many in enumerate(multiples):
            if many != 1:
                value = _dense([value] * many, axis) if many else _swapped(_swapped(value, axis)[:0], axis)
        return value
    inner = tile(value._values, [1, *multiples[2:]])
    partition = value._partition
    rows = np.tile(np.arange(partition.static_nrows), multiples[0])
    starts, lengths = partition._splits[:-1][rows], partition._lengths[rows]
    uniform = None if partition._uniform is None else partition._uniform * multiples[1]
    taken = take(inner, within(np.repeat(starts, multiples[1]), np.repeat(lengths, multiples[1])))
    return RaggedTensor._of(taken, RowPartition._of_lengths(lengths * multiples[1], uniform, partition.dtype))


__all__ = ["concat", "stack", "tile"]
