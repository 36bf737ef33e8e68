"""Convolutions on channels-first views: torch's kernel directly where it may be, else the inner module.

An NHWC tensor seen as NCHW is torch's channels_last memory format, and all kernels keep it. On the CPU that is 1.1 to 3
times as fast as contiguous tensors for plain and 2 to 8 times for depthwise convolutions, and nothing is copied.
"""

from __future__ import annotations

from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from torchkeras.core.machinery import plain
from torchkeras.layers.convolution.window import TransposedWindow, Window
from torchkeras.layers.lower_precision import weight_in
from torchkeras.layers.spatial import narrow

MODULES: dict[int, Any] = {1: nn.Conv1d, 2: nn.Conv2d, 3: nn.Conv3d}
TRANSPOSED_MODULES: dict[int, Any] = {1: nn.ConvTranspose1d, 2: nn.ConvTranspose2d, 3: nn.ConvTranspose3d}
MEMORY_FORMATS = {1: torch.contiguous_format, 2: torch.channels_last, 3: torch.channels_last_3d}

_ONES = {rank: (1,) * rank for rank in (1, 2, 3)}
_CONVOLVE: dict[int, Any] = {1: torch.conv1d, 2: torch.conv2d, 3: torch.conv3d}
_TRANSPOSE: dict[int, Any] = {1: torch.conv_transpose1d, 2: torch.conv_transpose2d, 3: torch.conv_transpose3d}


def convolve(conv: Any, inputs: Tensor, window: Window, rank: int, flat: bool) -> Tensor:
    """`conv` over a channels-first tensor or view, padded as Keras pads.

    Args:
        flat: whether to run a 1-D convolution on an image of height 1.
    """
    if not plain(conv, MODULES[rank]):
        extra = window.for_module(inputs.shape[2:])
        return conv(F.pad(inputs, extra) if extra else inputs)
    if window.fixed:
        padding, extra = conv.padding, window.extra
    else:
        padding, extra = window.for_kernel(inputs.shape[2:])
    if flat:
        # torch has no channels_last for 1-D: its conv1d copies the view. As 2-D it takes half to 0.8 of the time.
        inputs = inputs.unsqueeze(2)
    if extra:
        inputs = F.pad(inputs, extra)
    weights = conv._parameters
    weight, bias = weights["weight"], weights["bias"]
    if weight.dtype is not inputs.dtype:
        weight, bias = weight_in(inputs.dtype, weight, bias)
    if (
        conv.in_channels < 16
        and conv.kernel_size == _ONES[rank]
        and conv.stride != _ONES[rank]
        and inputs.is_cpu
        and not flat
    ):
        # What such windows step over is left out beforehand. torch 2.13 on processors with AVX-512 writes beyond its
        # memory in the gradient of the kernel else, where there are 2 to 15 channels.
        steps: Any = tuple(slice(None, None, stride) for stride in conv.stride)
        return _CONVOLVE[rank](inputs[(..., *steps)], weight, bias, 1, padding, conv.dilation, conv.groups)
    if flat:
        stride, dilation = (1, *conv.stride), (1, *conv.dilation)
        return torch.conv2d(inputs, weight.unsqueeze(2), bias, stride, (0, *padding), dilation, conv.groups).squeeze(2)
    return _CONVOLVE[rank](inputs, weight, bias, conv.stride, padding, conv.dilation, conv.groups)


def convolve_transposed(conv: Any, inputs: Tensor, window: TransposedWindow, rank: int, flat: bool) -> Tensor:
    """The transposed convolution `conv` over a channels-first tensor or view, cut as Keras cuts."""
    if not plain(conv, TRANSPOSED_MODULES[rank]):
        outputs = conv(inputs)
    else:
        weights = conv._parameters
        weight, bias, padding, behind = weights["weight"], weights["bias"], conv.padding, conv.output_padding
        if weight.dtype is not inputs.dtype:
            weight, bias = weight_in(inputs.dtype, weight, bias)
        if flat:
            stride, dilation = (1, *conv.stride), (1, *conv.dilation)
            outputs = torch.conv_transpose2d(
                inputs.unsqueeze(2),
                weight.unsqueeze(2),
                bias,
                stride,
                (0, *padding),
                (0, *behind),
                conv.groups,
                dilation,
            ).squeeze(2)
        else:
            outputs = _TRANSPOSE[rank](inputs, weight, bias, conv.stride, padding, behind, conv.groups, conv.dilation)
    if any(window.crop):
        for axis, crop in enumerate(window.crop, start=2):
            if crop:
                outputs = narrow(outputs, axis, 0, outputs.shape[axis] - crop)
    return outputs


def interleave(weight: nn.Parameter) -> None:
    """Keep a 1-D kernel as channels_last would keep it as an image of height 1, or each small call would convert it."""
    weight.data = weight.data.unsqueeze(2).contiguous(memory_format=torch.channels_last).squeeze(2)
