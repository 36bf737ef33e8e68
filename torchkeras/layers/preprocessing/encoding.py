"""Category numbers as they are, as rows with ones, as rows of counts: the output modes of several layers."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from torchkeras.core.config import floatx
from torchkeras.core.dtypes import torch_dtype

INT, ONE_HOT, MULTI_HOT, COUNT, TF_IDF = "int", "one_hot", "multi_hot", "count", "tf_idf"


def check_output_mode(mode: Any, allowed: tuple[str, ...], layer: str, sparse: bool = False) -> str:
    """The output mode; older names become the newer ones, unknown ones a ValueError."""
    mode = {"binary": MULTI_HOT, "tf-idf": TF_IDF}.get(mode, mode)
    if mode not in allowed:
        raise ValueError(
            f"Unkown value for `output_mode` argument of layer {layer}. Allowed values are: {allowed}. "
            f"Received: {mode!r}"
        )
    if sparse and mode == INT:
        raise ValueError(
            f"`sparse` may only be true if `output_mode` is one of {tuple(m for m in allowed if m != INT)}. "
            f"Received: sparse={sparse} and output_mode={mode}"
        )
    return str(mode)


def output_dtype(dtype: Any, mode: str) -> Any:
    """The dtype of a layer of this output mode: int64 for category numbers, floatx for rows, unless given."""
    if dtype is None:
        return "int64" if mode == INT else floatx()
    if mode == INT and isinstance(dtype, (str, torch.dtype)) and torch_dtype(dtype).is_floating_point:
        return "int64"
    return dtype


def encode(
    numbers: Tensor,
    mode: str,
    depth: int,
    dtype: torch.dtype,
    count_weights: Tensor | None = None,
    idf_weights: Tensor | None = None,
) -> Tensor:
    """Category numbers in one of the output modes; numbers from `depth` on count for nothing.

    Args:
        numbers: integers, (..., categories of a sample).
        mode: 'int'; 'one_hot', a row for each; 'multi_hot', 'count' and 'tf_idf', a row for each sample.
        depth: the length of a row.
        dtype: of the result.
        count_weights: for 'count', what each number counts.
        idf_weights: for 'tf_idf', what each category's count is multiplied by.
    """
    if mode == INT:
        return numbers.to(dtype)
    if mode == ONE_HOT and (numbers.dim() == 0 or numbers.shape[-1] != 1):
        numbers = numbers.unsqueeze(-1)
    elif numbers.dim() == 0:
        numbers = numbers.unsqueeze(0)
    index = numbers.long()
    index = torch.where((index >= 0) & (index < depth), index, depth)
    rows = torch.zeros((*index.shape[:-1], depth + 1), dtype=dtype, device=index.device)
    if mode in (ONE_HOT, MULTI_HOT):
        rows = rows.scatter(-1, index, 1)
    else:
        ones = torch.ones_like(index, dtype=dtype)
        amounts = ones if count_weights is None else count_weights.to(dtype).reshape(index.shape)
        rows = rows.scatter_add(-1, index, amounts)
    rows = rows[..., :depth]
    return rows if idf_weights is None else rows * idf_weights.to(dtype)


def encoded_shape(shape: Any, mode: str, depth: int | None) -> tuple[int | None, ...]:
    """The shape of category numbers of this shape in an output mode."""
    sizes = tuple(shape)
    if mode == INT:
        return sizes
    if not sizes:
        return (depth,)
    if mode == ONE_HOT and sizes[-1] != 1:
        return (*sizes, depth)
    return (*sizes[:-1], depth)


def listed(value: Any) -> Any:
    """Tensors and arrays as lists, for a config; anything else as it is."""
    return value.tolist() if hasattr(value, "tolist") else value
