"""Class numbers as rows of ones and zeros, lengths as masks."""

from __future__ import annotations

import math
from typing import Any

import torch

from torchkeras.tensorflow.arguments import INTEGERS, REAL, axis_of, invalid, of_dtypes, plain_dtype, size
from torchkeras.tensorflow.convert import made, tensor
from torchkeras.tensorflow.dtypes import of_torch, torch_of
from torchkeras.tensorflow.operation import operation


@operation("one_hot", "OneHot")
def one_hot(
    indices: Any,
    depth: Any,
    on_value: Any = None,
    off_value: Any = None,
    axis: Any = None,
    dtype: Any = None,
    name: str | None = None,
) -> Any:
    """For each class number a row of zeros with a one in its place; all zeros for numbers that are no class.

    Args:
        indices: integers.
        depth: how many classes.
        on_value, off_value: instead of one and zero.
        axis: where the new axis goes, last unless given.
        dtype: float32 unless given, or the values'.
    """
    numbers = tensor(of_dtypes(indices, INTEGERS, "OneHot"))
    count = size(depth)
    if count < 0:
        invalid(f"depth must be non-negative, got: {count}", "OneHot")
    wanted = None if dtype is None else torch_of(dtype)
    on, off = (None if v is None else tensor(v, wanted) for v in (on_value, off_value))
    for value in (on, off):
        if value is not None and wanted is not None and plain_dtype(value) is not wanted:
            raise TypeError(
                f"dtype {of_torch(wanted).name} of on_value or off_value does not match dtype parameter "
                f"{of_torch(plain_dtype(value)).name}"
            )
    if on is not None and off is not None and plain_dtype(on) is not plain_dtype(off):
        raise TypeError(f"dtype {on.dtype} of on_value does not match dtype {off.dtype} of off_value")
    if wanted is None:
        given = on if on is not None else off
        wanted = torch.float32 if given is None else plain_dtype(given)
    place = -1 if axis is None else axis_of(axis, numbers.dim() + 1, "OneHot")
    shape = [1] * (numbers.dim() + 1)
    shape[place] = -1
    classes = torch.arange(count, dtype=numbers.dtype, device=numbers.device).reshape(shape)
    hit = numbers.unsqueeze(place) == classes
    if on is None and off is None:
        return made(hit.to(wanted))
    return made(
        torch.where(hit, 1 if on is None else on.to(hit.device), 0 if off is None else off.to(hit.device)).to(wanted)
    )


@operation("sequence_mask", "SequenceMask")
def sequence_mask(lengths: Any, maxlen: Any = None, dtype: Any = torch.bool, name: str | None = None) -> Any:
    """For each length a row that is true as far as it goes.

    Args:
        lengths: integers of any shape.
        maxlen: the size of the rows, the largest length unless given.
        dtype: of the result.
    """
    held = tensor(of_dtypes(lengths, REAL, "Less"))
    if maxlen is None:
        longest = max(math.ceil(held.max().item()), 0) if held.numel() else 0
    else:
        limit = tensor(maxlen)
        if limit.dim():
            raise ValueError(f"maxlen must be scalar for sequence_mask. Received shape {tuple(limit.shape)}")
        longest = size(limit)
    steps = torch.arange(longest, dtype=held.dtype, device=held.device)
    mask = steps < held.unsqueeze(-1)
    return made(mask if torch_of(dtype) is torch.bool else mask.to(torch_of(dtype)))


__all__ = ["one_hot", "sequence_mask"]
