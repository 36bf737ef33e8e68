"""tf.ragged.boolean_mask."""

from __future__ import annotations

from typing import Any

import numpy as np

from torchkeras.tensorflow import dtypes
from torchkeras.tensorflow.convert import tensor
from torchkeras.tensorflow.ragged.conversions import of_depth
from torchkeras.tensorflow.ragged.ragged_tensor import RaggedTensor
from torchkeras.tensorflow.ragged.row_partition import RowPartition
from torchkeras.tensorflow.rows import as_parts, must_agree, take


def boolean_mask(data: Any, mask: Any, name: str | None = None) -> Any:
    """The values of `data` where `mask` is true; rows get shorter, and stay rows.

    Args:
        data: a tensor, dense or ragged.
        mask: booleans for the outer dimensions of `data`, with the same rows.
    """
    data, mask = as_parts(data), as_parts(mask, None)
    if mask.dtype != dtypes.bool_:
        raise TypeError(f"Argument `mask` must be a Tensor of dtype bool, got {mask.dtype.name}.")
    if mask.shape.rank == 0:
        raise ValueError("Argument `mask` cannot be scalar.")
    if isinstance(mask, RaggedTensor):
        data = of_depth(data, mask.ragged_rank)
        must_agree(data._partition._splits, mask._partition._splits)
        kept = boolean_mask(data._values, mask._values)
        return RaggedTensor._of(kept, _shortened(data._partition, mask._values, mask.ragged_rank == 1))
    if mask.shape.rank > 1:
        return boolean_mask(data, of_depth(mask, mask.shape.rank - 1))
    chosen = tensor(mask).cpu().numpy()
    if isinstance(data, RaggedTensor) or data.shape.rank:
        must_agree(np.array(data.shape[0]), np.array(len(chosen)))
    return take(data, np.flatnonzero(chosen))


def _shortened(partition: RowPartition, mask: Any, innermost: bool) -> RowPartition:
    if not innermost:
        return RowPartition(partition._splits, None, partition.dtype)
    kept = np.concatenate([[0], np.cumsum(tensor(mask).cpu().numpy())])
    return RowPartition(kept[partition._splits], None, partition.dtype)


__all__ = ["boolean_mask"]
