"""tf.nn: blocks of pixels as channels and back."""

from __future__ import annotations

from typing import Any

import torch

from torchkeras.tensorflow.arguments import invalid, size
from torchkeras.tensorflow.convert import made, owned
from torchkeras.tensorflow.nn.windows import channels_first
from torchkeras.tensorflow.operation import operation


def _last(input: Any, first: bool, kernel: str) -> torch.Tensor:
    x = owned(input)
    if x.dim() != 4:
        invalid(f"Input rank should be 4 instead of {x.dim()}", kernel)
    return x.movedim(1, -1) if first else x


def _checked(block_size: Any) -> int:
    block = size(block_size)
    if block < 2:
        invalid(f"Block size should be > 1, but was: {block}", "SpaceToDepth")
    return block


@operation("nn.space_to_depth", "SpaceToDepth")
def space_to_depth(input: Any, block_size: Any, data_format: str = "NHWC", name: str | None = None) -> Any:
    """Each block of pixels as one pixel with more channels."""
    block, first = _checked(block_size), channels_first(data_format, 2, "SpaceToDepth")
    x = _last(input, first, "SpaceToDepth")
    batch, height, width, channels = x.shape
    if height % block or width % block:
        invalid(f"Image width {width} and height {height} should be divisible by block_size: {block}", "SpaceToDepth")
    x = x.reshape(batch, height // block, block, width // block, block, channels).permute(0, 1, 3, 2, 4, 5)
    x = x.reshape(batch, height // block, width // block, block * block * channels)
    return made((x.movedim(-1, 1) if first else x).clone())


@operation("nn.depth_to_space", "DepthToSpace")
def depth_to_space(input: Any, block_size: Any, data_format: str = "NHWC", name: str | None = None) -> Any:
    """The inverse of `space_to_depth`."""
    block, first = _checked(block_size), channels_first(data_format, 2, "DepthToSpace")
    x = _last(input, first, "DepthToSpace")
    batch, height, width, channels = x.shape
    if channels % (block * block):
        invalid(f"Input depth dimension {channels} should be divisible by: {block * block}", "DepthToSpace")
    x = x.reshape(batch, height, width, block, block, channels // block**2).permute(0, 1, 3, 2, 4, 5)
    x = x.reshape(batch, height * block, width * block, channels // block**2)
    return made((x.movedim(-1, 1) if first else x).clone())


__all__ = ["depth_to_space", "space_to_depth"]
