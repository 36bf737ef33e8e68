"""tf.ragged.constant: a ragged tensor of nested lists."""

from __future__ import annotations

from typing import Any

import numpy as np

from torchkeras.core.nest import flatten
from torchkeras.tensorflow import dtypes
from torchkeras.tensorflow.convert import any_tensor
from torchkeras.tensorflow.ragged.ragged_tensor import RaggedTensor
from torchkeras.tensorflow.ragged.row_partition import RowPartition


def constant(
    pylist: Any,
    dtype: Any = None,
    ragged_rank: int | None = None,
    inner_shape: Any = None,
    name: str | None = None,
    row_splits_dtype: Any = dtypes.int64,
) -> Any:
    """A ragged tensor of nested lists; a plain tensor of a list without lists in it.

    Args:
        pylist: lists of lists of numbers or texts, all at one depth.
        dtype: of the values; as `tf.constant` finds it, unless given.
        ragged_rank: how many dimensions are ragged; all but the first, or but the inner ones, unless given.
        inner_shape: the shape of the values, when not all dimensions are ragged.
        row_splits_dtype: int64 or int32.
    """
    inner = None if inner_shape is None else _shape(inner_shape)
    if isinstance(pylist, np.ndarray) and not pylist.ndim:
        pylist = pylist.item()
    if not isinstance(pylist, (list, tuple, np.ndarray)):
        if ragged_rank not in (None, 0):
            raise ValueError(f"Invalid pylist={pylist!r}: incompatible with ragged_rank={ragged_rank}")
        if inner:
            raise ValueError(f"Invalid pylist={pylist!r}: incompatible with dim(inner_shape)={len(inner)}")
        return any_tensor(pylist, dtype)
    if ragged_rank is not None and ragged_rank < 0:
        raise ValueError(f"Invalid ragged_rank={ragged_rank}: must be nonnegative")
    scalars = _scalar_depth(pylist)
    deepest = _deepest(pylist)
    if scalars is not None and deepest > scalars:
        raise ValueError(f"Invalid pylist={pylist!r}: empty list nesting is greater than scalar value nesting")
    if inner is not None:
        _check_inner(inner, scalars, deepest, ragged_rank)
        ranks = (scalars if scalars is not None else max(deepest, len(inner) + (ragged_rank or 1) + 1)) - len(inner) - 1
        ranks = ragged_rank if ragged_rank is not None else max(ranks, 0)
    else:
        if ragged_rank is None:
            ranks = max(1, deepest - 1) if scalars is None else max(0, scalars - 1)
            if scalars == 1 or (scalars is None and deepest <= 1):
                ranks = 0
        else:
            ranks = ragged_rank
        inner = _found_inner(pylist, ranks)
        if scalars is not None and ranks >= scalars:
            raise ValueError(
                f"Invalid pylist={pylist!r}: ragged_rank={ragged_rank} must be less than the depth of the scalars, "
                f"{scalars}"
            )
    kind = dtypes.as_dtype(row_splits_dtype)
    partitions = []
    rows: list[Any] = list(pylist)
    for _ in range(ranks):
        partitions.append(RowPartition._of_lengths(np.array([len(row) for row in rows], dtype=np.int64), dtype=kind))
        rows = [item for row in rows for item in row]
    return RaggedTensor._nested(_values(rows, dtype, inner), partitions)


def _values(rows: list[Any], dtype: Any, inner: tuple[int, ...]) -> Any:
    if not rows:
        empty = np.empty((0, *inner), dtype=dtypes.as_dtype(dtype or dtypes.float32).as_numpy_dtype)
        return any_tensor(empty, dtype)
    texts = [isinstance(leaf, (str, bytes)) for leaf in flatten([_as_lists(row) for row in rows])]
    if any(texts) and not all(texts):
        raise ValueError("Can't convert Python sequence with mixed types to Tensor.")
    values = any_tensor([_as_lists(row) for row in rows], dtype)
    if tuple(values.shape[1:]) != inner:
        raise ValueError(f"The values have shape {tuple(values.shape[1:])}, where inner_shape is {inner}.")
    return values


def _as_lists(row: Any) -> Any:
    return row.tolist() if isinstance(row, (np.ndarray, np.generic)) else row


def _shape(value: Any) -> tuple[int, ...]:
    return tuple(int(n) for n in value) if isinstance(value, (list, tuple)) else (int(value),)


def _is_list(value: Any) -> bool:
    return isinstance(value, (list, tuple)) or (isinstance(value, np.ndarray) and value.ndim > 0)


def _scalar_depth(value: Any) -> int | None:
    """How many lists there are around each number; None where there are no numbers."""
    if not _is_list(value):
        return 0
    depths = {depth for item in value if (depth := _scalar_depth(item)) is not None}
    if len(depths) > 1:
        raise ValueError("all scalar values must have the same nesting depth")
    return depths.pop() + 1 if depths else None


def _deepest(value: Any) -> int:
    """How many lists there are within one another at most."""
    if not _is_list(value):
        return 0
    return 1 + max((_deepest(item) for item in value), default=0)


def _found_inner(value: Any, ranks: int) -> tuple[int, ...]:
    """The shape of what is left below the ragged dimensions."""
    rows = list(value)
    for _ in range(ranks):
        rows = [item for row in rows for item in row]
    shape: list[int] = []
    while rows and _is_list(rows[0]):
        lengths = {len(row) if _is_list(row) else -1 for row in rows}
        if len(lengths) > 1:
            raise ValueError("inner values have inconsistent shape")
        shape.append(lengths.pop())
        rows = [item for row in rows for item in row]
    return tuple(shape)


def _check_inner(inner: tuple[int, ...], scalars: int | None, deepest: int, ragged_rank: int | None) -> None:
    depth = scalars if scalars is not None else deepest
    if scalars is not None and ragged_rank is not None and ragged_rank + len(inner) + 1 != scalars:
        raise ValueError(
            f"Invalid pylist: incompatible with ragged_rank={ragged_rank} and dim(inner_shape)={len(inner)}"
        )
    if depth < len(inner) + (scalars is not None):
        raise ValueError(f"Invalid pylist: incompatible with dim(inner_shape)={len(inner)}")


__all__ = ["constant"]
