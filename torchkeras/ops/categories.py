"""Categories as rows of zeros and ones."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from torchkeras.core.dtypes import torch_dtype
from torchkeras.ops.operation import operation
from torchkeras.ops.promotion import tensor


@operation
def one_hot(x: Any, num_classes: int, axis: int = -1, dtype: Any = None, sparse: bool = False) -> Tensor:
    """For each integer a row of zeros with a one at its place; no one where it is out of range.

    Args:
        x: integers.
        num_classes: how long the rows are.
        axis: where they run in the result.
        dtype: floatx unless told.
        sparse: False: there are no sparse tensors here.
    """
    if sparse:
        raise ValueError("torchkeras has dense tensors only: `one_hot` takes no `sparse=True`.")
    return _one_hot(tensor(x), num_classes, axis, dtype)


def _one_hot(x: Tensor, num_classes: int, axis: int, dtype: Any) -> Tensor:
    hot = x.to(torch.int64)[..., None] == torch.arange(int(num_classes), device=x.device)
    return hot.movedim(-1, axis).to(torch_dtype(dtype))


@operation
def multi_hot(
    inputs: Any, num_classes: int | None = None, axis: int = -1, dtype: Any = None, sparse: bool = False, **kwargs: Any
) -> Tensor:
    """For each row of integers one row of zeros with ones at their places.

    Args:
        inputs: integers; the second axis, or the only one, is replaced.
        num_classes: how long the rows are.
        axis: where they run in the result.
        dtype: floatx unless told.
        sparse: False: there are no sparse tensors here.
    """
    num_classes = kwargs.pop("num_tokens", num_classes)
    if kwargs:
        raise TypeError(f"multi_hot() got an unexpected keyword argument {next(iter(kwargs))!r}")
    if num_classes is None:
        raise ValueError("Argument `num_classes` must be specified.")
    if sparse:
        raise ValueError("torchkeras has dense tensors only: `multi_hot` takes no `sparse=True`.")
    x = tensor(inputs)
    return torch.amax(_one_hot(x, num_classes, axis, dtype), 1 if x.dim() > 1 else 0)
