"""tf.nn: grey-scale dilation and erosion."""

from __future__ import annotations

from typing import Any

import torch

from torchkeras.tensorflow.arguments import invalid
from torchkeras.tensorflow.convert import made, pair
from torchkeras.tensorflow.nn.windows import padding_of, per_axis, to_first
from torchkeras.tensorflow.operation import operation


def _dilated(input: Any, filters: Any, strides: Any, padding: Any, dilations: Any, erode: bool) -> torch.Tensor:
    x, weight = (t.as_subclass(torch.Tensor) for t in pair(input, filters, "Dilation2D"))
    if weight.dim() != 3 or x.dim() != 4 or weight.shape[-1] != x.shape[-1]:
        invalid(f"input and filters must be (batch, h, w, c) and (h, w, c): {x.shape}, {weight.shape}", "Dilation2D")
    stride, dilation = (per_axis(v, 2, False, n) for v, n in ((strides, "strides"), (dilations, "dilations")))
    if erode:
        x, weight = -x, weight.flip(0, 1)
    x, back = to_first(x, 2, False, "Dilation2D")
    height, width = weight.shape[:2]
    pads = padding_of(padding, x.shape[2:], (height, width), stride, dilation, False, "Dilation2D")
    x = pads.apply(x, float("-inf"))
    reach = [(n - 1) * d + 1 for n, d in zip((height, width), dilation, strict=True)]
    parts = x.unfold(2, reach[0], stride[0]).unfold(3, reach[1], stride[1])
    parts = parts[..., :: dilation[0], :: dilation[1]] + weight.movedim(-1, 0)[:, None, None]
    result = parts.flatten(-2).amax(-1)
    return back(-result if erode else result)


def _check_format(data_format: str) -> None:
    if data_format != "NHWC":
        raise ValueError(f"`data_format` values other than 'NHWC' are not supported. Received: {data_format}")


@operation("nn.dilation2d", "Dilation2D")
def dilation2d(
    input: Any, filters: Any, strides: Any, padding: Any, data_format: str, dilations: Any, name: str | None = None
) -> Any:
    """For each window the greatest sum of a value and the filter's: input (batch, h, w, c), filters (h, w, c)."""
    _check_format(data_format)
    return made(_dilated(input, filters, strides, padding, dilations, False))


@operation("nn.erosion2d", "Dilation2D")
def erosion2d(
    value: Any, filters: Any, strides: Any, padding: Any, data_format: str, dilations: Any, name: str | None = None
) -> Any:
    """For each window the least difference of a value and the filter's."""
    _check_format(data_format)
    return made(_dilated(value, filters, strides, padding, dilations, True))


__all__ = ["dilation2d", "erosion2d"]
