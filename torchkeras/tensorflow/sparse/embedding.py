"""tf.nn.embedding_lookup_sparse: the rows of a table by number, put together for each row of numbers."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch

from torchkeras.tensorflow.arguments import invalid
from torchkeras.tensorflow.convert import made, tensor
from torchkeras.tensorflow.dispatch import CompositeTensor
from torchkeras.tensorflow.operation import operation
from torchkeras.tensorflow.rows import take
from torchkeras.tensorflow.sparse.parts import index_on, of_host
from torchkeras.tensorflow.sparse.sparse_tensor import SparseTensor


def _rows_of(numbers: Any, what: str) -> tuple[np.ndarray, Any, int]:
    """The row of each value, the values, and how many rows there are; of a sparse or ragged tensor."""
    if isinstance(numbers, SparseTensor):
        sizes, where = numbers._sizes, numbers._where
        rows = np.ravel_multi_index(tuple(where[:, :-1].T), sizes[:-1]) if len(sizes) > 1 else where[:, 0] * 0
        return rows, numbers.values, int(np.prod(sizes[:-1]))
    if isinstance(numbers, CompositeTensor) and numbers._kind == "ragged":
        partition = numbers._partition  # type: ignore[attr-defined]
        return partition._rowids, numbers.flat_values, partition.static_nrows  # type: ignore[attr-defined]
    raise TypeError(f"{what} must be SparseTensor, got {type(numbers)}")


@operation("nn.embedding_lookup_sparse", "EmbeddingLookupSparse")
def embedding_lookup_sparse(
    params: Any,
    sp_ids: Any,
    sp_weights: Any,
    combiner: str | None = None,
    max_norm: Any = None,
    name: str | None = None,
    allow_fast_lookup: bool = False,
) -> Any:
    """For each row of numbers the sum or mean of the rows of a table.

    Args:
        params: the table.
        sp_ids: the numbers, sparse or ragged.
        sp_weights: what each number counts, of the same structure; None for 1.
        combiner: 'mean', 'sum' or 'sqrtn' (the sum divided by the square root of the weights' squares).
        max_norm: the length that rows of the table are cut to.
    """
    return made(_looked_up(params, sp_ids, sp_weights, combiner, max_norm)[0])


def _looked_up(
    params: Any, sp_ids: Any, sp_weights: Any, combiner: str | None, max_norm: Any
) -> tuple[torch.Tensor, torch.Tensor]:
    """The result, and which rows have any number."""
    combiner = combiner or "mean"
    if combiner not in ("mean", "sum", "sqrtn"):
        raise ValueError(f"combiner must be one of 'mean', 'sqrtn' or 'sum', got {combiner}")
    rows, numbers, many = _rows_of(sp_ids, "sp_ids")
    table = tensor(params[0] if isinstance(params, (list, tuple)) and len(params) == 1 else params)
    index = tensor(numbers).long().to(table.device)
    if index.numel() and (int(index.min()) < 0 or int(index.max()) >= table.shape[0]):
        invalid(f"indices {index.tolist()} are not all in [0, {table.shape[0]})", "GatherV2")
    chosen = table[index]
    if max_norm is not None:
        length = chosen.flatten(1).norm(dim=1).reshape(-1, *[1] * (chosen.dim() - 1))
        chosen = chosen * (float(max_norm) / length.clamp_min(float(max_norm)))
    weights = chosen.new_ones(len(rows))
    if sp_weights is not None:
        its_rows, its_values, _ = _rows_of(sp_weights, "sp_weights")
        if not np.array_equal(its_rows, rows):
            raise ValueError("`sp_weights` must have the same rows as `sp_ids`.")
        weights = tensor(its_values).to(chosen.dtype)
    place = index_on(rows, chosen)
    wide = weights.reshape(-1, *[1] * (chosen.dim() - 1))
    total = chosen.new_zeros(many, *chosen.shape[1:]).index_add(0, place, chosen * wide)
    present = torch.zeros(many, dtype=torch.bool, device=chosen.device)
    present[place] = True
    if combiner == "sum":
        return total, present
    over = chosen.new_zeros(many).index_add(0, place, weights * weights if combiner == "sqrtn" else weights)
    over = (over.sqrt() if combiner == "sqrtn" else over).reshape(-1, *[1] * (chosen.dim() - 1))
    return torch.where(over == 0, torch.zeros_like(total), total / over), present


@operation("nn.safe_embedding_lookup_sparse", "SafeEmbeddingLookupSparse")
def safe_embedding_lookup_sparse(
    embedding_weights: Any,
    sparse_ids: Any,
    sparse_weights: Any = None,
    combiner: str = "mean",
    default_id: Any = None,
    max_norm: Any = None,
    name: str | None = None,
    allow_fast_lookup: bool = False,
) -> Any:
    """As `embedding_lookup_sparse`, for rows without numbers too: they give zeros, or the row of `default_id`.

    Args:
        embedding_weights: the table.
        sparse_ids: the numbers; negative ones are left out.
        sparse_weights: what each number counts; numbers of no weight are left out.
        combiner: 'mean', 'sum' or 'sqrtn'.
        default_id: the number that stands in rows without any.
        max_norm: the length that rows of the table are cut to.
    """
    ids, weights = _valid(sparse_ids, sparse_weights, combiner)
    found, present = _looked_up(embedding_weights, ids, weights, combiner, max_norm)
    table = tensor(embedding_weights[0] if isinstance(embedding_weights, (list, tuple)) else embedding_weights)
    filler = torch.zeros_like(found[:1]) if default_id is None else table[int(default_id)][None]
    found = torch.where(present.reshape(-1, *[1] * (found.dim() - 1)), found, filler)
    outer = ids._sizes[:-1] if isinstance(ids, SparseTensor) else [found.shape[0]]
    return made(found.reshape(*outer, *found.shape[1:]))


def _valid(ids: Any, weights: Any, combiner: str) -> tuple[Any, Any]:
    if not isinstance(ids, SparseTensor):
        return ids, weights
    kept = tensor(ids.values).cpu().numpy() >= 0
    if weights is not None and combiner != "sum":
        kept &= tensor(weights.values).detach().cpu().numpy() > 0
    if kept.all():
        return ids, weights
    where = np.flatnonzero(kept)
    return _subset(ids, where), None if weights is None else _subset(weights, where)


def _subset(sparse: SparseTensor, kept: np.ndarray) -> SparseTensor:
    return of_host(sparse._where[kept], take(sparse.values, kept), sparse._sizes)


__all__ = ["embedding_lookup_sparse", "safe_embedding_lookup_sparse"]
