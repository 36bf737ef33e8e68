"""Blocks of images as columns or channels, and axes rearranged by a pattern."""

from __future__ import annotations

import math
import re
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional

from torchkeras.ops.operation import operation
from torchkeras.ops.promotion import promoted, tensor
from torchkeras.ops.promotion import tensor as as_tensor


@operation
def unfold(x: Any, kernel_size: Any, dilation: Any = 1, padding: Any = 0, stride: Any = 1) -> Tensor:
    """The blocks under a sliding window of (batch, channels, height, width), each as a column."""
    return functional.unfold(tensor(x), kernel_size, dilation, padding, stride)


@operation
def fold(x: Any, output_size: Any, kernel_size: Any, dilation: Any = 1, padding: Any = 0, stride: Any = 1) -> Tensor:
    """Images of (batch, channels, height, width) from columns of blocks, which are added where they overlap."""
    sizes = (output_size, output_size) if isinstance(output_size, int) else tuple(output_size)
    return functional.fold(tensor(x), sizes, kernel_size, dilation, padding, stride)


@operation
def depth_to_space(x: Any, block_size: int, data_format: str = "channels_last") -> Tensor:
    """Channels spread out into blocks of so many rows and columns.

    Args:
        x: (batch, height, width, channels), or the channels second.
        block_size: the side of a block.
        data_format: 'channels_last' or 'channels_first'.
    """
    x, last = _last(tensor(x), data_format)
    batch, height, width, channels = x.shape
    if channels % block_size**2:
        raise ValueError(f"The number of channels, {channels}, must be divisible by block_size² = {block_size**2}.")
    x = x.reshape(batch, height, width, block_size, block_size, -1).permute(0, 1, 3, 2, 4, 5)
    return _back(x.reshape(batch, height * block_size, width * block_size, -1), last)


@operation
def space_to_depth(x: Any, block_size: int, data_format: str = "channels_last") -> Tensor:
    """Blocks of so many rows and columns gathered into channels; the inverse of `depth_to_space`."""
    x, last = _last(tensor(x), data_format)
    batch, height, width, _ = x.shape
    if height % block_size or width % block_size:
        raise ValueError(f"Height and width, {height} and {width}, must be divisible by block_size = {block_size}.")
    x = x.reshape(batch, height // block_size, block_size, width // block_size, block_size, -1)
    x = x.permute(0, 1, 3, 2, 4, 5)
    return _back(x.reshape(batch, height // block_size, width // block_size, -1), last)


def _last(x: Tensor, data_format: str) -> tuple[Tensor, bool]:
    if data_format not in ("channels_last", "channels_first"):
        raise ValueError(
            f"`data_format` must be 'channels_last' or 'channels_first'. Received: data_format={data_format}"
        )
    last = data_format == "channels_last"
    return (x if last else x.movedim(1, -1)), last


def _back(x: Tensor, last: bool) -> Tensor:
    return x if last else x.movedim(-1, 1)


@operation
def rearrange(tensor: Any, pattern: str, **axes_lengths: int) -> Tensor:
    """Axes reordered, split and joined by a pattern, such as 'b h w c -> b (h w) c'.

    Args:
        tensor: the values.
        pattern: names of the axes before and after; those in parentheses are one axis together.
        axes_lengths: the sizes of axes that the pattern splits.
    """
    x = as_tensor(tensor)
    before, arrow, after = pattern.partition("->")
    if not arrow:
        raise ValueError(f"Expected a pattern like 'b h w c -> b (h w) c'. Received: {pattern!r}")
    given, wanted = _groups(before), _groups(after)
    names = [name for group in given for name in group]
    if len(given) != x.dim() or sorted(names) != sorted(name for group in wanted for name in group):
        raise ValueError(f"The pattern {pattern!r} must name each axis of shape {tuple(x.shape)} once, on both sides.")
    sizes: dict[str, int] = {}
    for size, group in zip(x.shape, given):
        known = {name: axes_lengths[name] for name in group if name in axes_lengths}
        unknown = [name for name in group if name not in known]
        product = math.prod(known.values())
        if len(unknown) > 1 or size % product or (not unknown and product != size):
            raise ValueError(
                f"Cannot split an axis of size {size} into {group} in {pattern!r}. Give the sizes of all but one of "
                f"these names. Received: {axes_lengths}"
            )
        sizes.update(known | dict.fromkeys(unknown, size // product))
    split = x.reshape([sizes[name] for name in names])
    order = [names.index(name) for group in wanted for name in group]
    return split.permute(order).reshape([math.prod(sizes[name] for name in group) for group in wanted])


def _groups(side: str) -> list[list[str]]:
    return [part.strip("()").split() for part in re.findall(r"\w+|\(.*?\)", side)]


@operation
def psnr(x1: Any, x2: Any, max_val: float) -> Tensor:
    """The peak signal-to-noise ratio of two images in decibels, where values go up to `max_val`."""
    a, b = promoted(tensor(x1), tensor(x2))
    if a.shape != b.shape:
        raise ValueError(f"Input shapes {tuple(a.shape)} and {tuple(b.shape)} must match for PSNR calculation. ")
    error = torch.mean(torch.square(a - b))
    return 20 * torch.log10(tensor(max_val, b.dtype).to(b.device)) - 10 * torch.log10(error)
