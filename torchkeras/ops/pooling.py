"""The greatest value or the mean of each window."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor
from torch.nn import functional

from torchkeras.ops.operation import operation
from torchkeras.ops.promotion import floating, tensor
from torchkeras.ops.windows import MAX_POOL, MEAN_POOL, check_padding, first, missing, padded, per_axis, put_back


@operation
def max_pool(
    inputs: Any, pool_size: Any, strides: Any = None, padding: str = "valid", data_format: str | None = None
) -> Tensor:
    """The greatest value of each window.

    Args:
        inputs: (batch, *axes, channels), or the channels second.
        pool_size: the size of a window, one for all axes or one for each.
        strides: how far apart the windows start; their size unless told.
        padding: 'valid' for whole windows only, 'same' for windows that stick out.
        data_format: 'channels_last' or 'channels_first'; the global setting unless told.
    """
    x, last = first(tensor(inputs), data_format)
    rank = x.dim() - 2
    size = per_axis(pool_size, rank, "pool_size")
    stride = size if strides is None else per_axis(strides, rank, "strides")
    if check_padding(padding) == "same":
        pairs = missing(x.shape[2:], size, stride, (1,) * rank)
        if any(map(any, pairs)):
            lowest = float("-inf") if x.is_floating_point() else torch.iinfo(x.dtype).min
            x, _ = padded(x, pairs, lowest)
    return put_back(MAX_POOL[rank](x, size, stride), last)


@operation
def average_pool(
    inputs: Any, pool_size: Any, strides: Any = None, padding: str = "valid", data_format: str | None = None
) -> Tensor:
    """The mean of each window; what a window has outside the inputs does not count. Arguments as in `max_pool`."""
    x, last = first(floating(inputs), data_format)
    rank = x.dim() - 2
    size = per_axis(pool_size, rank, "pool_size")
    stride = size if strides is None else per_axis(strides, rank, "strides")
    pairs = missing(x.shape[2:], size, stride, (1,) * rank) if check_padding(padding) == "same" else []
    if not any(map(any, pairs)):
        return put_back(MEAN_POOL[rank](x, size, stride), last)
    ends = [n for pair in reversed(pairs) for n in pair]
    shares = MEAN_POOL[rank](functional.pad(torch.ones_like(x[:1, :1]), ends), size, stride)
    return put_back(MEAN_POOL[rank](functional.pad(x, ends), size, stride) / shares, last)


@operation
def adaptive_average_pool(inputs: Any, output_size: Any, data_format: str | None = None) -> Tensor:
    """Means of windows that are chosen to give an output of this size.

    Args:
        inputs: (batch, *axes, channels), or the channels second.
        output_size: one for all axes, or one for each.
        data_format: 'channels_last' or 'channels_first'; the global setting unless told.
    """
    x, last = first(floating(inputs), data_format)
    rank = x.dim() - 2
    how: dict[int, Any] = {
        1: functional.adaptive_avg_pool1d,
        2: functional.adaptive_avg_pool2d,
        3: functional.adaptive_avg_pool3d,
    }
    return put_back(how[rank](x, per_axis(output_size, rank, "output_size")), last)


@operation
def adaptive_max_pool(inputs: Any, output_size: Any, data_format: str | None = None) -> Tensor:
    """Greatest values of windows that are chosen to give an output of this size; see `adaptive_average_pool`."""
    x, last = first(tensor(inputs), data_format)
    rank = x.dim() - 2
    how: dict[int, Any] = {
        1: functional.adaptive_max_pool1d,
        2: functional.adaptive_max_pool2d,
        3: functional.adaptive_max_pool3d,
    }
    return put_back(how[rank](x, per_axis(output_size, rank, "output_size")), last)
