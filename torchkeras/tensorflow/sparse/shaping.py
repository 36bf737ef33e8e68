"""Sparse tensors cut, joined and reshaped: only the indices change."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from torchkeras.tensorflow.arguments import invalid, sizes
from torchkeras.tensorflow.convert import any_tensor, made, tensor
from torchkeras.tensorflow.operation import operation
from torchkeras.tensorflow.rows import chained, shown, take
from torchkeras.tensorflow.sparse.parts import as_sparse, in_order, of_host
from torchkeras.tensorflow.sparse.sparse_tensor import SparseTensor


@operation("sparse.concat", "SparseConcat")
def concat(axis: Any, sp_inputs: Any, expand_nonconcat_dims: bool = False, name: str | None = None) -> SparseTensor:
    """Sparse tensors joined along an axis.

    Args:
        axis: the axis.
        sp_inputs: the tensors.
        expand_nonconcat_dims: whether other axes may differ, the result having the largest sizes.
    """
    inputs = [as_sparse(one) for one in (sp_inputs if isinstance(sp_inputs, (list, tuple)) else [sp_inputs])]
    if len(inputs) == 1:
        return inputs[0]
    rank = len(inputs[0]._sizes)
    at = int(axis)
    if not -rank <= at < rank:
        invalid(f"Concat dimension must be in range [{-rank}, {rank}), got {at}", "SparseConcat")
    at %= rank
    shapes = np.array([_of_rank(one, rank, i) for i, one in enumerate(inputs)])
    whole = shapes.max(axis=0)
    whole[at] = shapes[:, at].sum()
    if not expand_nonconcat_dims:
        _check_shapes(shapes, at)
    offsets = np.cumsum(shapes[:, at]) - shapes[:, at]
    step = np.eye(rank, dtype=np.int64)[at]
    where = np.concatenate([one._where + offset * step for one, offset in zip(inputs, offsets, strict=True)])
    return in_order(where, chained([one.values for one in inputs]), whole)


def _of_rank(one: SparseTensor, rank: int, number: int) -> list[int]:
    if len(one._sizes) != rank:
        invalid(f"Ranks of all input tensors must match: expected {rank} but got {len(one._sizes)} at position "
                f"{number}", "SparseConcat")  # fmt: skip
    return one._sizes


def _check_shapes(shapes: np.ndarray, axis: int) -> None:
    for number, shape in enumerate(shapes):
        for dimension, size in enumerate(shape):
            if dimension != axis and size != shapes[0][dimension]:
                invalid(
                    f"Input shapes must match: expected {shapes[0][dimension]} for dimension {dimension} but got "
                    f"{size} at position {number}",
                    "SparseConcat",
                )


@operation("sparse.slice", "SparseSlice")
def slice(sp_input: Any, start: Any, size: Any, name: str | None = None) -> SparseTensor:
    """A part of a sparse tensor, as far as there is one.

    Args:
        start: where it starts in each dimension.
        size: how large it is at most.
    """
    sparse = as_sparse(sp_input)
    first, extent = np.array(sizes(start)), np.array(sizes(size))
    rank = len(sparse._sizes)
    if len(first) != rank or len(extent) != rank:
        invalid(f"start and size must have {rank} values, got {first.tolist()} and {extent.tolist()}", "SparseSlice")
    whole = np.array(sparse._sizes)
    extent = np.clip(np.minimum(extent, whole - first), 0, None)
    where = sparse._where
    inside = np.flatnonzero(((where >= first) & (where < first + extent)).all(axis=1))
    return of_host(where[inside] - first, take(sparse.values, inside), extent)


@operation("sparse.split", "SparseSplit")
def split(sp_input: Any = None, num_split: Any = None, axis: Any = None, name: str | None = None) -> list[Any]:
    """A sparse tensor in so many parts along an axis; the first parts are larger by one where they are not equal."""
    if sp_input is None:
        raise ValueError("sp_input is required")
    if num_split is None:
        raise ValueError("num_split is required")
    if axis is None:
        raise ValueError("axis is required")
    sparse, many, at = as_sparse(sp_input), int(num_split), int(axis)
    rank = len(sparse._sizes)
    if not -rank <= at < rank:
        invalid(f"Input axis should be in range [{-rank}, {rank}), got {at}", "SparseSplit")
    at %= rank
    total = sparse._sizes[at]
    if not 1 <= many <= total:
        invalid(
            f"Input num_split should be between 1 and the splitting dimension size ({total}), got {many}",
            "SparseSplit",
        )
    lengths = [total // many + (i < total % many) for i in range(many)]
    parts, begin = [], 0
    for length in lengths:
        start, size = [0] * rank, list(sparse._sizes)
        start[at], size[at] = begin, length
        parts.append(slice(sparse, start, size))
        begin += length
    return parts


@operation("sparse.transpose", "SparseTranspose")
def transpose(sp_input: Any, perm: Any = None, name: str | None = None) -> SparseTensor:
    """The dimensions in another order, the reverse one unless given."""
    sparse = as_sparse(sp_input)
    rank = len(sparse._sizes)
    order = list(range(rank))[::-1] if perm is None else sizes(perm)
    return in_order(sparse._where[:, order], sparse.values, [sparse._sizes[i] for i in order])


@operation("sparse.reshape", "SparseReshape")
def reshape(sp_input: Any, shape: Any, name: str | None = None) -> SparseTensor:
    """The same values in another shape, one size of which may be -1."""
    sparse = as_sparse(sp_input)
    wanted = sizes(shape)
    total = math.prod(sparse._sizes)
    unknown = [i for i, n in enumerate(wanted) if n == -1]
    if len(unknown) > 1:
        invalid(f"only one output dimension may be -1, not both {unknown[0]} and {unknown[1]}", "SparseReshape")
    known = math.prod(n for n in wanted if n != -1)
    if unknown and known and total % known == 0:
        wanted = [total // known if n == -1 else n for n in wanted]
    if math.prod(wanted) != total:
        invalid(
            f"Input to reshape is a tensor with {total} dense values, but the requested shape has {known}. "
            f"input_shape={sparse._sizes} output_shape={wanted}",
            "SparseReshape",
        )
    place = np.ravel_multi_index(tuple(sparse._where.T), sparse._sizes) if total else np.zeros(0, dtype=np.int64)
    where = np.array(np.unravel_index(place, wanted)).T if total else np.zeros((0, len(wanted)), dtype=np.int64)
    return of_host(where.reshape(len(place), len(wanted)), sparse.values, wanted)


@operation("sparse.expand_dims", "ExpandDims")
def expand_dims(sp_input: Any, axis: Any = None, name: str | None = None) -> SparseTensor:
    """A dimension of size 1 put in, at the end unless said."""
    sparse = as_sparse(sp_input)
    rank = len(sparse._sizes)
    at = -1 if axis is None else int(axis)
    if not -rank - 1 <= at <= rank:
        invalid(f"axis must be in [{-rank - 1}, {rank}], got {at}", "ExpandDims")
    at %= rank + 1
    shape = [*sparse._sizes[:at], 1, *sparse._sizes[at:]]
    return of_host(np.insert(sparse._where, at, 0, axis=1), sparse.values, shape)


@operation("sparse.reset_shape", "SparseResetShape")
def reset_shape(sp_input: Any, new_shape: Any = None) -> SparseTensor:
    """A larger shape around the same values, or the smallest that holds them."""
    sparse = as_sparse(sp_input)
    if new_shape is None:
        fits = sparse._where.max(axis=0, initial=-1) + 1
        return of_host(sparse._where, sparse.values, fits)
    wanted = sizes(new_shape)
    if len(wanted) != len(sparse._sizes):
        raise ValueError(f"Dimensions {len(wanted)} and {len(sparse._sizes)} are not compatible")
    if any(n < have for n, have in zip(wanted, sparse._sizes, strict=True)):
        raise ValueError(
            f"Requested new_shape should have dimension sizes >= sp_input.shape. Found new_shape ({wanted}), "
            f"sp_input.shape ({sparse._sizes})."
        )
    return of_host(sparse._where, sparse.values, wanted)


@operation("sparse.retain", "SparseRetain")
def retain(sp_input: Any, to_retain: Any) -> SparseTensor:
    """Only the values whose flag is true."""
    sparse = as_sparse(sp_input)
    flags = tensor(to_retain).cpu().numpy()
    if len(flags) != len(sparse._where):
        raise ValueError(f"Dimensions {len(sparse._where)} and {len(flags)} are not compatible")
    kept = np.flatnonzero(flags)
    return of_host(sparse._where[kept], take(sparse.values, kept), sparse._sizes)


@operation("sparse.fill_empty_rows", "SparseFillEmptyRows")
def fill_empty_rows(sp_input: Any, default_value: Any, name: str | None = None) -> tuple[SparseTensor, Any]:
    """A value at the start of each row that has none; and which rows these were."""
    sparse = as_sparse(sp_input)
    rows = sparse._sizes[0]
    where = sparse._where
    empty = np.ones(rows, dtype=bool)
    empty[where[:, 0]] = False
    missing = np.flatnonzero(empty)
    added = np.zeros((len(missing), where.shape[1]), dtype=np.int64)
    added[:, 0] = missing
    flags = made(tensor(empty))
    if not len(missing):
        return sparse, flags
    filler = any_tensor([default_value] * len(missing), sparse.dtype)
    return in_order(np.concatenate([where, added]), chained([sparse.values, filler]), sparse._sizes), flags


def mask(a: Any, mask_indices: Any, name: str | None = None) -> Any:
    """IndexedSlices without the slices of these numbers."""
    from_indices = np.asarray(tensor(a.indices).cpu())
    dropped = np.asarray(tensor(mask_indices).cpu())
    kept = np.flatnonzero(~np.isin(from_indices, dropped))
    values = take(any_tensor(a.values), kept)
    return type(a)(values, shown(from_indices[kept], any_tensor(a.indices).dtype), a.dense_shape)


__all__ = [
    "concat", "expand_dims", "fill_empty_rows", "mask", "reset_shape", "reshape", "retain", "slice", "split",
    "transpose",
]  # fmt: skip
