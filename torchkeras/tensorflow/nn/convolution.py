"""tf.nn: convolutions, with filters of (*sizes, channels in, channels out)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch.nn import functional

from torchkeras.ops.windows import CONV, CONV_TRANSPOSE
from torchkeras.tensorflow.arguments import invalid, sizes
from torchkeras.tensorflow.convert import made, pair, tensor
from torchkeras.tensorflow.nn.windows import FORMATS, channels_first, check_room, padding_of, per_axis, to_first
from torchkeras.tensorflow.operation import operation


def convolved(
    input: Any,
    filters: Any,
    strides: Any,
    padding: Any,
    data_format: str | None,
    dilations: Any,
    rank: int,
    kernel: str,
    groups: int | None = None,
) -> torch.Tensor:
    """A convolution over `rank` axes, as a plain tensor.

    Args:
        groups: how many groups of channels there are; as the filters' channels say, unless given.
    """
    x, weight = (t.as_subclass(torch.Tensor) for t in pair(input, filters, kernel))
    first = channels_first(data_format, rank, kernel)
    stride, dilation = (per_axis(v, rank, first, n) for v, n in ((strides, "strides"), (dilations, "dilations")))
    if weight.dim() != rank + 2:
        invalid(f"filter must be {rank + 2}-dimensional, got shape {list(weight.shape)}", kernel)
    x, back = to_first(x, rank, first, kernel)
    inside = weight.shape[-2]
    if groups is None:
        if not inside or x.shape[1] % inside:
            invalid(f"input depth must be evenly divisible by filter depth: {x.shape[1]} vs {inside}", kernel)
        groups = x.shape[1] // inside
    window = weight.shape[:-2]
    pads = padding_of(padding, x.shape[2:], window, stride, dilation, first, kernel)
    check_room(x.shape[2:], pads, window, dilation, kernel)
    edges = pads.edges
    if edges is None:
        x, edges = pads.apply(x), (0,) * rank
    return back(CONV[rank](x, weight.permute(-1, -2, *range(rank)), None, stride, edges, dilation, groups))


@operation("compat.v1.nn.conv1d", "Conv2D")
def conv1d(
    input: Any,
    filters: Any,
    stride: Any,
    padding: Any,
    data_format: str | None = "NWC",
    dilations: Any = None,
    name: str | None = None,
) -> Any:
    """A convolution over one axis: input (batch, width, channels), filters (width, channels in, channels out)."""
    if data_format in ("NHWC", "NCHW"):
        data_format = "NWC" if data_format == "NHWC" else "NCW"
    return made(convolved(input, filters, stride, padding, data_format or "NWC", dilations, 1, "Conv2D"))


@operation("compat.v1.nn.conv2d", "Conv2D")
def conv2d(
    input: Any,
    filters: Any,
    strides: Any,
    padding: Any,
    data_format: str | None = "NHWC",
    dilations: Any = None,
    name: str | None = None,
) -> Any:
    """A convolution over two axes.

    Args:
        input: (batch, height, width, channels); further axes of batches may come first.
        filters: (height, width, channels in, channels out); fewer channels in than the input's mean groups.
        strides: one for both axes, two, or four with 1 for batch and channels.
        padding: 'VALID', 'SAME', or pairs for all four axes.
        data_format: 'NHWC' or 'NCHW'.
        dilations: how far apart the filters' values are.
    """
    return made(convolved(input, filters, strides, padding, data_format, dilations, 2, "Conv2D"))


@operation("nn.conv3d", "Conv3D")
def conv3d(
    input: Any,
    filters: Any,
    strides: Any,
    padding: Any,
    data_format: str | None = "NDHWC",
    dilations: Any = None,
    name: str | None = None,
) -> Any:
    """A convolution over three axes; `strides` are five numbers, as in TensorFlow."""
    return made(convolved(input, filters, strides, padding, data_format, dilations, 3, "Conv3D"))


@operation("nn.convolution", "Convolution")
def convolution(
    input: Any,
    filters: Any,
    strides: Any = None,
    padding: Any = "VALID",
    data_format: str | None = None,
    dilations: Any = None,
    name: str | None = None,
) -> Any:
    """A convolution over as many axes as the filters have."""
    rank = tensor(filters).dim() - 2
    if rank not in CONV:
        raise ValueError(f"`filters` must have 3, 4 or 5 axes for 1, 2 or 3 spatial ones. Received rank {rank + 2}")
    padding = padding.upper() if isinstance(padding, str) else padding
    return made(convolved(input, filters, strides, padding, data_format, dilations, rank, f"Conv{max(rank, 2)}D"))


@operation("nn.atrous_conv2d", "Conv2D")
def atrous_conv2d(value: Any, filters: Any, rate: Any, padding: Any, name: str | None = None) -> Any:
    """A convolution over two axes whose filters' values are `rate` apart."""
    return made(convolved(value, filters, 1, padding, "NHWC", rate, 2, "Conv2D"))


# --- transposed ---


def transposed(
    input: Any,
    filters: Any,
    output_shape: Any,
    strides: Any,
    padding: Any,
    data_format: str | None,
    dilations: Any,
    rank: int,
    kernel: str,
) -> torch.Tensor:
    """The gradient of a convolution by its input, filters being (*sizes, channels out, channels in)."""
    x, weight = (t.as_subclass(torch.Tensor) for t in pair(input, filters, kernel))
    first = channels_first(data_format, rank, kernel)
    stride, dilation = (per_axis(v, rank, first, n) for v, n in ((strides, "strides"), (dilations, "dilations")))
    if x.dim() != rank + 2 or weight.dim() != rank + 2:
        invalid(f"input and filters must be {rank + 2}-dimensional: {list(x.shape)}, {list(weight.shape)}", kernel)
    x, back = to_first(x, rank, first, kernel)
    whole = sizes(output_shape)
    if len(whole) == rank + 2:
        channels = whole[1 if first else -1]
        if channels != weight.shape[-2] or whole[0] != x.shape[0]:
            invalid(
                f"output_shape {whole} does not fit a batch of {x.shape[0]} and {weight.shape[-2]} channels out",
                kernel,
            )
        lengths = whole[2:] if first else whole[1:-1]
    elif len(whole) == rank:
        lengths = whole
    else:
        raise ValueError(f"output_shape should be of length {rank} or {rank + 2} but was {len(whole)}")
    if x.shape[1] != weight.shape[-1]:
        invalid(f"input has {x.shape[1]} channels, filters take {weight.shape[-1]}", kernel)
    pads = padding_of(padding, lengths, weight.shape[:-2], stride, dilation, first, kernel)
    result = CONV_TRANSPOSE[rank](x, weight.permute(-1, -2, *range(rank)), None, stride, 0, 0, 1, dilation)
    ends: list[int] = []  # what to cut off (negative) or to add, the last axis first
    for i, (n, (before, behind)) in enumerate(zip(lengths, pads.pairs, strict=True)):
        reach = (weight.shape[i] - 1) * dilation[i] + 1
        there = (n + before + behind - reach) // stride[i] + 1
        if there != x.shape[2 + i]:
            invalid(
                f"Size of out_backprop doesn't match computed: actual = {x.shape[2 + i]}, computed = {there} for an "
                f"output of {n}",
                kernel,
            )
        ends[:0] = [-before, n - result.shape[2 + i] + before]
    return back(functional.pad(result, ends) if any(ends) else result)


def _transposed_of_rank(rank: int, kernel: str, says: str) -> Callable[..., Any]:
    """A public function: the transpose of a convolution over one, two or three axes."""

    @operation(f"nn.conv{rank}d_transpose", kernel, says)
    def apply(
        input: Any,
        filters: Any,
        output_shape: Any,
        strides: Any,
        padding: Any = "SAME",
        data_format: str | None = FORMATS[rank][0],
        dilations: Any = None,
        name: str | None = None,
    ) -> Any:
        return made(transposed(input, filters, output_shape, strides, padding, data_format, dilations, rank, kernel))

    return apply


conv1d_transpose = _transposed_of_rank(
    1, "Conv2DBackpropInput", "The transpose of `conv1d`; filters are (width, channels out, channels in)."
)
conv2d_transpose = _transposed_of_rank(
    2,
    "Conv2DBackpropInput",
    """The transpose of `conv2d`.

    Args:
        input: (batch, height, width, channels).
        filters: (height, width, channels out, channels in).
        output_shape: of the result, with batch and channels.
        strides, padding, data_format, dilations: as in `conv2d`.
    """,
)
conv3d_transpose = _transposed_of_rank(3, "Conv3DBackpropInputV2", "The transpose of `conv3d`.")


@operation("nn.conv_transpose", "ConvTranspose")
def conv_transpose(
    input: Any,
    filters: Any,
    output_shape: Any,
    strides: Any,
    padding: Any = "SAME",
    data_format: str | None = None,
    dilations: Any = None,
    name: str | None = None,
) -> Any:
    """The transpose of `convolution`, over as many axes as `output_shape` says."""
    rank = len(sizes(output_shape)) - 2
    if rank not in CONV_TRANSPOSE:
        raise ValueError(f"`output_shape` must have 3, 4 or 5 entries. Received: {output_shape}")
    return made(
        transposed(input, filters, output_shape, strides, padding, data_format, dilations, rank, "ConvTranspose")
    )


@operation("nn.atrous_conv2d_transpose", "Conv2DBackpropInput")
def atrous_conv2d_transpose(
    value: Any, filters: Any, output_shape: Any, rate: Any, padding: Any, name: str | None = None
) -> Any:
    """The transpose of `atrous_conv2d`."""
    return made(transposed(value, filters, output_shape, 1, padding, "NHWC", rate, 2, "Conv2DBackpropInput"))


__all__ = [
    "atrous_conv2d", "atrous_conv2d_transpose", "conv1d", "conv1d_transpose", "conv2d", "conv2d_transpose", "conv3d",
    "conv3d_transpose", "conv_transpose", "convolution",
]  # fmt: skip
