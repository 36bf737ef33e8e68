"""Convolutions with Keras's kernels: the spatial axes, then channels in, then channels out."""

from __future__ import annotations

from typing import Any

from torch import Tensor
from torch.nn import functional

from torchkeras.ops.operation import operation
from torchkeras.ops.promotion import promoted, tensor
from torchkeras.ops.windows import CONV, CONV_TRANSPOSE, check_padding, first, missing, padded, per_axis, put_back


@operation
def conv(
    inputs: Any,
    kernel: Any,
    strides: Any = 1,
    padding: str = "valid",
    data_format: str | None = None,
    dilation_rate: Any = 1,
) -> Tensor:
    """A convolution over one, two or three axes.

    Args:
        inputs: (batch, *axes, channels), or the channels second.
        kernel: (*sizes, channels in, channels out); fewer channels in than the inputs have mean groups.
        strides: one for all axes, or one for each.
        padding: 'valid' for none, 'same' for TensorFlow's zeros.
        data_format: 'channels_last' or 'channels_first'; the global setting unless told.
        dilation_rate: how far apart the kernel's values are.
    """
    x, weight = promoted(tensor(inputs), tensor(kernel))
    x, last = first(x, data_format)
    channels, inside = x.shape[1], weight.shape[-2]
    if channels % inside:
        raise ValueError(
            f"The number of input channels must be evenly divisible by kernel's in_channels. "
            f"Received input channels {channels} and kernel in_channels {inside}."
        )
    result = _conv(x, weight, strides, padding, dilation_rate, channels // inside)
    return put_back(result, last)


def _conv(x: Tensor, kernel: Tensor, strides: Any, padding: str, dilation_rate: Any, groups: int) -> Tensor:
    rank = x.dim() - 2
    stride, dilation = per_axis(strides, rank, "strides"), per_axis(dilation_rate, rank, "dilation_rate")
    edges: tuple[int, ...] = (0,) * rank
    if check_padding(padding) == "same":
        x, edges = padded(x, missing(x.shape[2:], kernel.shape[:-2], stride, dilation))
    weight = kernel.permute(-1, -2, *range(rank))
    for n, k, d, p in zip(x.shape[2:], weight.shape[2:], dilation, edges):
        if n + 2 * p < (k - 1) * d + 1:
            raise ValueError(
                f"The convolution operation resulted in an empty output: an axis of size {n} is too small for a "
                f"kernel that spans {(k - 1) * d + 1}."
            )
    return CONV[rank](x, weight, None, stride, edges, dilation, groups)


@operation
def depthwise_conv(
    inputs: Any,
    kernel: Any,
    strides: Any = 1,
    padding: str = "valid",
    data_format: str | None = None,
    dilation_rate: Any = 1,
) -> Tensor:
    """A convolution of each channel by itself.

    Args:
        inputs: (batch, *axes, channels), or the channels second.
        kernel: (*sizes, channels, results for each).
        strides: as in `conv`, and the rest.
        padding: see there.
        data_format: see there.
        dilation_rate: see there.
    """
    x, weight = promoted(tensor(inputs), tensor(kernel))
    x, last = first(x, data_format)
    return put_back(_depthwise(x, weight, strides, padding, dilation_rate), last)


def _depthwise(x: Tensor, kernel: Tensor, strides: Any, padding: str, dilation_rate: Any) -> Tensor:
    channels = x.shape[1]
    if kernel.shape[-2] != channels:
        raise ValueError(
            f"The kernel of a depthwise convolution must have as many channels as the inputs. "
            f"Received input channels {channels} and kernel in_channels {kernel.shape[-2]}."
        )
    return _conv(x, kernel.flatten(-2).unsqueeze(-2), strides, padding, dilation_rate, channels)


@operation
def separable_conv(
    inputs: Any,
    depthwise_kernel: Any,
    pointwise_kernel: Any,
    strides: Any = 1,
    padding: str = "valid",
    data_format: str | None = None,
    dilation_rate: Any = 1,
) -> Tensor:
    """A convolution of each channel by itself, then one of size 1 over all channels.

    Args:
        inputs: (batch, *axes, channels), or the channels second.
        depthwise_kernel: (*sizes, channels, results for each).
        pointwise_kernel: (1, ..., channels times results, channels out).
        strides: as in `conv`, and the rest.
        padding: see there.
        data_format: see there.
        dilation_rate: see there.
    """
    x, depthwise, pointwise = promoted(tensor(inputs), tensor(depthwise_kernel), tensor(pointwise_kernel))
    x, last = first(x, data_format)
    x = _depthwise(x, depthwise, strides, padding, dilation_rate)
    return put_back(_conv(x, pointwise, 1, "valid", 1, 1), last)


@operation
def conv_transpose(
    inputs: Any,
    kernel: Any,
    strides: Any = 1,
    padding: str = "valid",
    output_padding: Any = None,
    data_format: str | None = None,
    dilation_rate: Any = 1,
) -> Tensor:
    """A transposed convolution: the gradient of TensorFlow's convolution.

    Args:
        inputs: (batch, *axes, channels), or the channels second.
        kernel: (*sizes, channels out, channels in).
        strides: as in `conv`.
        padding: as in `conv`.
        output_padding: how much longer than its least the result is, for each axis; unless told, what makes an axis
            `strides` times as long with 'same' padding.
        data_format: as in `conv`.
        dilation_rate: as in `conv`.
    """
    x, weight = promoted(tensor(inputs), tensor(kernel))
    x, last = first(x, data_format)
    rank = x.dim() - 2
    stride, dilation = per_axis(strides, rank, "strides"), per_axis(dilation_rate, rank, "dilation_rate")
    extra = (None,) * rank if output_padding is None else per_axis(output_padding, rank, "output_padding")
    same = check_padding(padding) == "same"
    ends: list[int] = []  # what to cut off, negative, or to add, as `pad` takes it: the last axis first
    for n, k, s, d, more in zip(x.shape[2:], weight.shape[:-2], stride, dilation, extra):
        reach = (k - 1) * d + 1
        whole = (n - 1) * s + reach
        if more is None:
            length = n * s if same else (n - 1) * s + max(reach, s)
        else:
            length = (n - 1) * s + (reach % 2 if same else reach) + more
        # As the forward convolution would pad an axis of the result's length, so much is cut off before.
        before = missing([length], [k], [s], [d])[0][0] if same else 0
        ends[:0] = [-before, length - whole + before]
    result = CONV_TRANSPOSE[rank](x, weight.permute(-1, -2, *range(rank)), None, stride, 0, 0, 1, dilation)
    return put_back(functional.pad(result, ends) if any(ends) else result, last)
