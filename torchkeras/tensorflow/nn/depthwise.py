"""tf.nn: convolutions of each channel by itself."""

from __future__ import annotations

from typing import Any

import torch

from torchkeras.tensorflow.arguments import invalid, sizes
from torchkeras.tensorflow.convert import made, pair, tensor
from torchkeras.tensorflow.nn.convolution import convolved
from torchkeras.tensorflow.nn.windows import channels_first
from torchkeras.tensorflow.operation import operation

_KERNEL = "DepthwiseConv2dNative"


@operation("compat.v1.nn.depthwise_conv2d", _KERNEL)
def depthwise_conv2d(
    input: Any,
    filter: Any,
    strides: Any,
    padding: Any,
    data_format: str | None = None,
    dilations: Any = None,
    name: str | None = None,
) -> Any:
    """A convolution of each channel by itself.

    Args:
        input: (batch, height, width, channels).
        filter: (height, width, channels, results for each).
        strides: four numbers, 1 for batch and channels.
        padding: 'VALID', 'SAME', or pairs for all four axes.
        data_format: 'NHWC' or 'NCHW'.
        dilations: two numbers; above 1 they want strides of 1.
    """
    return made(_depthwise(input, filter, strides, padding, data_format, dilations))


def _depthwise(
    input: Any, filter: Any, strides: Any, padding: Any, data_format: str | None, dilations: Any
) -> torch.Tensor:
    x, weight = (t.as_subclass(torch.Tensor) for t in pair(input, filter, _KERNEL))
    steps = sizes(strides)
    if len(steps) != 4:
        invalid(f"Sliding window strides field must specify 4 dimensions, got {steps}", _KERNEL)
    rates = [1] if dilations is None else sizes(dilations)
    if any(rate > 1 for rate in rates) and any(step > 1 for step in steps):
        raise ValueError(f"`strides` > 1 not supported in conjunction with `dilations` > 1: {steps}, {rates}")
    if weight.dim() != 4 or x.dim() != 4:
        invalid(f"input and filter must be 4-dimensional: {list(x.shape)} {list(weight.shape)}", _KERNEL)
    channels = x.shape[1] if channels_first(data_format, 2, _KERNEL) else x.shape[-1]
    if weight.shape[2] != channels:
        invalid(f"input and filter must have the same depth: {channels} vs {weight.shape[2]}", _KERNEL)
    single = weight.flatten(2).unsqueeze(2)
    return convolved(x, single, steps, padding, data_format, dilations, 2, _KERNEL, channels)


@operation("compat.v1.nn.separable_conv2d", "SeparableConv2d")
def separable_conv2d(
    input: Any,
    depthwise_filter: Any,
    pointwise_filter: Any,
    strides: Any,
    padding: Any,
    data_format: str | None = None,
    dilations: Any = None,
    name: str | None = None,
) -> Any:
    """A convolution of each channel by itself, then one of size 1 over all channels; see `depthwise_conv2d`."""
    point = tensor(pointwise_filter)
    if point.shape[:2] != (1, 1):
        raise ValueError(f"`pointwise_filter` must be (1, 1, channels, channels out). Received: {tuple(point.shape)}")
    middle = _depthwise(input, depthwise_filter, strides, padding, data_format, dilations)
    return made(convolved(middle, point, 1, "VALID", data_format, None, 2, "Conv2D"))


__all__ = ["depthwise_conv2d", "separable_conv2d"]
