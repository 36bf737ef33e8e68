"""Convolutions and pooling with kernels given as tensors."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from torchkeras.backend.operation import backend_function
from torchkeras.core.config import check_data_format
from torchkeras.ops.convolution import conv, conv_transpose, depthwise_conv, separable_conv
from torchkeras.ops.pooling import average_pool, max_pool
from torchkeras.ops.promotion import tensor


@backend_function("tf.compat.v1.nn.conv1d")
def conv1d(
    x: Any, kernel: Any, strides: Any = 1, padding: str = "valid", data_format: str | None = None,
    dilation_rate: Any = 1,
) -> Tensor:  # fmt: skip
    """A convolution over steps.

    Args:
        x: (batch, steps, channels), or the channels second.
        kernel: (size, channels in, channels out).
        strides: how far apart the windows are.
        padding: 'valid', 'same', or 'causal' for zeros before the first step alone.
        data_format: 'channels_last' or 'channels_first'; the global setting unless told.
        dilation_rate: how far apart the kernel's values are.
    """
    x, kernel = tensor(x), tensor(kernel)
    if padding == "causal":
        left = int(dilation_rate) * (kernel.shape[0] - 1)
        last = check_data_format(data_format) == "channels_last"
        x, padding = F.pad(x, (0, 0, left, 0) if last else (left, 0)), "valid"
    return conv(x, kernel, strides, padding, data_format, dilation_rate)


@backend_function("tf.compat.v1.nn.convolution")
def conv2d(
    x: Any, kernel: Any, strides: Any = (1, 1), padding: str = "valid", data_format: str | None = None,
    dilation_rate: Any = (1, 1),
) -> Tensor:  # fmt: skip
    """A convolution over images; see `conv1d`."""
    return conv(x, kernel, strides, padding, data_format, dilation_rate)


@backend_function("tf.compat.v1.nn.convolution")
def conv3d(
    x: Any, kernel: Any, strides: Any = (1, 1, 1), padding: str = "valid", data_format: str | None = None,
    dilation_rate: Any = (1, 1, 1),
) -> Tensor:  # fmt: skip
    """A convolution over volumes; see `conv1d`."""
    return conv(x, kernel, strides, padding, data_format, dilation_rate)


@backend_function()
def conv2d_transpose(
    x: Any, kernel: Any, output_shape: Any, strides: Any = (1, 1), padding: str = "valid",
    data_format: str | None = None, dilation_rate: Any = (1, 1),
) -> Tensor:  # fmt: skip
    """A transposed convolution over images.

    Args:
        x: (batch, height, width, channels), or the channels second.
        kernel: (height, width, channels out, channels in).
        output_shape: the shape of the result, the batch first.
        strides: see `conv1d`, as for the rest.
        padding: see there.
        data_format: see there.
        dilation_rate: see there.
    """
    return _transposed(x, kernel, output_shape, strides, padding, data_format, dilation_rate)


@backend_function()
def conv3d_transpose(
    x: Any, kernel: Any, output_shape: Any, strides: Any = (1, 1, 1), padding: str = "valid",
    data_format: str | None = None,
) -> Tensor:  # fmt: skip
    """A transposed convolution over volumes; see `conv2d_transpose`."""
    return _transposed(x, kernel, output_shape, strides, padding, data_format, 1)


def _transposed(
    x: Any, kernel: Any, output_shape: Any, strides: Any, padding: str, data_format: str | None, dilation_rate: Any
) -> Tensor:
    x, kernel = tensor(x), tensor(kernel)
    rank = x.dim() - 2
    first = 1 if check_data_format(data_format) == "channels_last" else 2
    wanted = [int(size) for size in list(output_shape)[first : first + rank]]
    stride = [strides] * rank if isinstance(strides, int) else list(strides)
    dilation = [dilation_rate] * rank if isinstance(dilation_rate, int) else list(dilation_rate)
    extra = []
    for size, n, k, s, d in zip(wanted, x.shape[first : first + rank], kernel.shape, stride, dilation):
        reach = (k - 1) * d + 1
        extra.append(size - (n - 1) * s - (reach % 2 if padding == "same" else reach))
    return conv_transpose(x, kernel, strides, padding, tuple(extra), data_format, dilation_rate)


@backend_function()
def depthwise_conv2d(
    x: Any, depthwise_kernel: Any, strides: Any = (1, 1), padding: str = "valid", data_format: str | None = None,
    dilation_rate: Any = (1, 1),
) -> Tensor:  # fmt: skip
    """A convolution of each channel by itself; see `conv1d`."""
    return depthwise_conv(x, depthwise_kernel, strides, padding, data_format, dilation_rate)


@backend_function()
def separable_conv1d(
    x: Any, depthwise_kernel: Any, pointwise_kernel: Any, strides: Any = 1, padding: str = "valid",
    data_format: str | None = None, dilation_rate: Any = 1,
) -> Tensor:  # fmt: skip
    """A convolution of each channel by itself, then one of size 1 over all channels; see `conv1d`."""
    return separable_conv(x, depthwise_kernel, pointwise_kernel, strides, padding, data_format, dilation_rate)


@backend_function()
def separable_conv2d(
    x: Any, depthwise_kernel: Any, pointwise_kernel: Any, strides: Any = (1, 1), padding: str = "valid",
    data_format: str | None = None, dilation_rate: Any = (1, 1),
) -> Tensor:  # fmt: skip
    """The same over images."""
    return separable_conv(x, depthwise_kernel, pointwise_kernel, strides, padding, data_format, dilation_rate)


@backend_function()
def pool2d(
    x: Any, pool_size: Any, strides: Any = (1, 1), padding: str = "valid", data_format: str | None = None,
    pool_mode: str = "max",
) -> Tensor:  # fmt: skip
    """The greatest value ('max') or the mean ('avg') of each window of images."""
    return _pooled(x, pool_size, strides, padding, data_format, pool_mode)


@backend_function()
def pool3d(
    x: Any, pool_size: Any, strides: Any = (1, 1, 1), padding: str = "valid", data_format: str | None = None,
    pool_mode: str = "max",
) -> Tensor:  # fmt: skip
    """The same over volumes."""
    return _pooled(x, pool_size, strides, padding, data_format, pool_mode)


def _pooled(x: Any, pool_size: Any, strides: Any, padding: str, data_format: str | None, mode: str) -> Tensor:
    modes = {"max": max_pool, "avg": average_pool}
    if mode not in modes:
        raise ValueError(f"Invalid pooling mode: {mode}. Expected 'max' or 'avg'.")
    return modes[mode](x, pool_size, strides, padding, data_format)


@backend_function()
def local_conv1d(inputs: Any, kernel: Any, kernel_size: Any, strides: Any, data_format: str | None = None) -> Tensor:
    """A convolution over steps with another kernel at each: (output steps, size * channels in, channels out)."""
    return _local(inputs, kernel, kernel_size, strides, (tensor(kernel).shape[0],), data_format)


@backend_function()
def local_conv2d(
    inputs: Any, kernel: Any, kernel_size: Any, strides: Any, output_shape: Any, data_format: str | None = None
) -> Tensor:
    """A convolution over images with another kernel at each place, of the output's rows and columns in turn."""
    return _local(inputs, kernel, kernel_size, strides, tuple(output_shape), data_format)


def _local(
    inputs: Any, kernel: Any, kernel_size: Sequence[int], strides: Sequence[int], shape: tuple[int, ...],
    data_format: str | None,
) -> Tensor:  # fmt: skip
    x, kernel = tensor(inputs), tensor(kernel)
    last = check_data_format(data_format) == "channels_last"
    first = 1 if last else 2
    for axis, (size, step) in enumerate(zip(kernel_size, strides), start=first):
        x = x.unfold(axis, size, step)
    rank = len(shape)
    x = x.narrow(first, 0, shape[0])
    if rank == 2:
        x = x.narrow(first + 1, 0, shape[1])
    # (batch, *places, channels, *window) or (batch, channels, *places, *window): as the kernel's rows are ordered
    places, channels = list(range(first, first + rank)), first + rank if last else 1
    window = list(range(2 + rank, 2 + 2 * rank))
    order = [0, *places, *window, channels] if last else [0, *places, channels, *window]
    rows = x.permute(order).flatten(1 + rank).flatten(1, rank)
    result = torch.einsum("bpk,pko->bpo", rows, kernel).unflatten(1, shape)
    return result if last else result.movedim(-1, 1)
