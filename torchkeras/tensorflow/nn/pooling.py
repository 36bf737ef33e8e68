"""tf.nn: the greatest value or the mean of each window."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch.nn import functional

from torchkeras.graph.keras_tensor import KerasTensor
from torchkeras.ops.windows import CONV, MAX_POOL, MEAN_POOL
from torchkeras.tensorflow import dtypes
from torchkeras.tensorflow.arguments import FLOATS, invalid, plain_dtype, refuse
from torchkeras.tensorflow.convert import made, tensor
from torchkeras.tensorflow.nn.windows import FORMATS, channels_first, check_room, padding_of, per_axis, to_first
from torchkeras.tensorflow.operation import operation


def pooled(
    input: Any,
    ksize: Any,
    strides: Any,
    padding: Any,
    data_format: str | None,
    rank: int,
    mean: bool,
    kernel: str,
    dilations: Any = None,
) -> torch.Tensor:
    """Pooling over `rank` axes, as a plain tensor."""
    x = tensor(input)
    first = channels_first(data_format, rank, kernel)
    window, stride = (per_axis(v, rank, first, n) for v, n in ((ksize, "ksize"), (strides, "strides")))
    dilation = per_axis(dilations, rank, first, "dilations")
    if mean and plain_dtype(x) not in FLOATS:
        refuse(x, FLOATS, kernel)
    if x.dim() != rank + 2:
        invalid(f"tensor_in must be {rank + 2}-dimensional, got shape {list(x.shape)}", kernel)
    if mean and not isinstance(padding, str):
        raise ValueError(f"Explicit padding is not supported by {kernel}. Received: padding={padding}")
    x, back = to_first(x, rank, first, kernel)
    pads = padding_of(padding, x.shape[2:], window, stride, dilation, first, kernel)
    check_room(x.shape[2:], pads, window, dilation, kernel)
    if mean:
        return back(_means(x, window, stride, dilation, pads, rank))
    whole = x.dtype
    if not whole.is_floating_point:
        x = x.double()
    edges = pads.edges
    if edges is None or any(e > k // 2 for e, k in zip(edges, window, strict=True)):
        x, edges = pads.apply(x, float("-inf")), (0,) * rank
    return back(MAX_POOL[rank](x, window, stride, edges, dilation).to(whole))


def _means(x: torch.Tensor, window: Any, stride: Any, dilation: Any, pads: Any, rank: int) -> torch.Tensor:
    """Means over what each window has inside the inputs."""
    if any(d > 1 for d in dilation):
        ones = x.new_ones(x.shape[1], 1, *window)
        wide = pads.apply(x)
        sums = CONV[rank](wide, ones, None, stride, 0, dilation, x.shape[1])
        inside = pads.apply(torch.ones_like(x[:1]))
        return sums / CONV[rank](inside, ones, None, stride, 0, dilation, x.shape[1])
    edges = pads.edges
    if edges is not None and all(e <= k // 2 for e, k in zip(edges, window, strict=True)):
        return MEAN_POOL[rank](x, window, stride, edges, False, False)
    shares = MEAN_POOL[rank](pads.apply(torch.ones_like(x[:1, :1])), window, stride)
    return MEAN_POOL[rank](pads.apply(x), window, stride) / shares


def _rank(input: Any, data_format: str | None) -> int:
    for rank, names in FORMATS.items():
        if data_format in names:
            return rank
    found = len(input.shape) if isinstance(input, KerasTensor) else tensor(input).dim()
    if found not in (3, 4, 5):
        raise ValueError(f"Input tensor must be of rank 3, 4 or 5 but was {found}.")
    return found - 2


def _of_rank(name: str, rank: int, mean: bool, kernel: str, says: str) -> Callable[..., Any]:
    """A public function that pools over one, two or three axes."""

    @operation(f"nn.{name}", kernel, says)
    def apply(
        input: Any,
        ksize: Any,
        strides: Any,
        padding: Any,
        data_format: str | None = FORMATS[rank][0],
        name: str | None = None,
    ) -> Any:
        return made(pooled(input, ksize, strides, padding, data_format, rank, mean, kernel))

    return apply


max_pool1d = _of_rank("max_pool1d", 1, False, "MaxPool", "`max_pool` over one axis.")
max_pool2d = _of_rank("max_pool2d", 2, False, "MaxPool", "`max_pool` over two axes.")
max_pool3d = _of_rank("max_pool3d", 3, False, "MaxPool3D", "`max_pool` over three axes.")
avg_pool1d = _of_rank("avg_pool1d", 1, True, "AvgPool", "`avg_pool` over one axis.")
avg_pool2d = _of_rank("avg_pool2d", 2, True, "AvgPool", "`avg_pool` over two axes.")
avg_pool3d = _of_rank("avg_pool3d", 3, True, "AvgPool3D", "`avg_pool` over three axes.")


def max_pool(
    input: Any, ksize: Any, strides: Any, padding: Any, data_format: str | None = None, name: str | None = None
) -> Any:
    """The greatest value of each window, over one, two or three axes.

    Args:
        input: (batch, *axes, channels), or the channels second.
        ksize: the window's size: one number, one for each axis, or with 1 for batch and channels.
        strides: how far apart the windows start, likewise.
        padding: 'VALID', 'SAME', or pairs for all axes.
        data_format: as 'NHWC' or 'NCHW'.
    """
    of_rank = {1: max_pool1d, 2: max_pool2d, 3: max_pool3d}[_rank(input, data_format)]
    return of_rank(input, ksize, strides, padding, data_format, name)


@operation("nn.avg_pool", "AvgPool")
def avg_pool(
    input: Any, ksize: Any, strides: Any, padding: Any, data_format: str | None = None, name: str | None = None
) -> Any:
    """The mean of each window; what it has outside the input does not count. Arguments as in `max_pool`."""
    rank = _rank(input, data_format)
    return made(pooled(input, ksize, strides, padding, data_format, rank, True, "AvgPool"))


@operation("compat.v1.nn.pool", "Pool")
def pool(
    input: Any,
    window_shape: Any,
    pooling_type: str,
    strides: Any = None,
    padding: Any = "VALID",
    data_format: str | None = None,
    dilations: Any = None,
    name: str | None = None,
) -> Any:
    """Pooling of a type 'AVG' or 'MAX', with windows whose values may be apart."""
    if pooling_type not in ("AVG", "MAX"):
        raise ValueError(f"`pooling_type` must be 'AVG' or 'MAX'. Received: pooling_type={pooling_type}")
    rank = _rank(input, data_format)
    kind = "AvgPool" if pooling_type == "AVG" else "MaxPool"
    return made(
        pooled(input, window_shape, strides, padding, data_format, rank, pooling_type == "AVG", kind, dilations)
    )


@operation("nn.max_pool_with_argmax", "MaxPoolWithArgmax")
def max_pool_with_argmax(
    input: Any,
    ksize: Any,
    strides: Any,
    padding: Any,
    data_format: str = "NHWC",
    output_dtype: Any = dtypes.int64,
    include_batch_in_index: bool = False,
    name: str | None = None,
) -> Any:
    """The greatest value of each window, and where in the flattened image it was."""
    if data_format != "NHWC":
        raise ValueError("`data_format` values other than 'NHWC' are not supported")
    x = tensor(input)
    window, stride = (per_axis(v, 2, False, n) for v, n in ((ksize, "ksize"), (strides, "strides")))
    x, back = to_first(x, 2, False, "MaxPoolWithArgmax")
    batch, channels, height, width = x.shape
    pads = padding_of(padding, (height, width), window, stride, (1, 1), False, "MaxPoolWithArgmax")
    check_room((height, width), pads, window, (1, 1), "MaxPoolWithArgmax")
    wide = pads.apply(x if x.is_floating_point() else x.double(), float("-inf"))
    values, places = functional.max_pool2d(wide, window, stride, return_indices=True)
    (top, _), (left, _) = pads.pairs
    row, column = places // wide.shape[3] - top, places % wide.shape[3] - left
    found = (row * width + column) * channels + torch.arange(channels, device=x.device)[:, None, None]
    if include_batch_in_index:
        found = found + torch.arange(batch, device=x.device)[:, None, None, None] * (height * width * channels)
    return made(back(values.to(x.dtype))), made(back(found).to(dtypes.torch_of(output_dtype)))


__all__ = [
    "avg_pool", "avg_pool1d", "avg_pool2d", "avg_pool3d", "max_pool", "max_pool1d", "max_pool2d", "max_pool3d",
    "max_pool_with_argmax", "pool",
]  # fmt: skip
