"""Resizing without distortion: the largest centred part of the wanted proportions, resized."""

from __future__ import annotations

import numpy as np
from torch import Tensor

from torchkeras.ops.image_resize import resize


def centred_part(old: tuple[int, int], new: tuple[int, int]) -> tuple[int, int, int, int]:
    """Top, left, height and width of the largest centred part of an image that has the proportions of another."""
    (height, width), (target_height, target_width) = old, new
    # TensorFlow divides in float32.
    crop_height = min(height, int(np.float32(width * target_height) / np.float32(target_width)))
    crop_width = min(width, int(np.float32(height * target_width) / np.float32(target_height)))
    return (height - crop_height) // 2, (width - crop_width) // 2, crop_height, crop_width


def resize_keeping_aspect(images: Tensor, size: tuple[int, int], interpolation: str, antialias: bool = False) -> Tensor:
    """Images (batch, height, width, channels) cropped to the proportions of `size`, then resized."""
    top, left, height, width = centred_part((images.shape[1], images.shape[2]), size)
    return resize(images[:, top : top + height, left : left + width], size, interpolation, antialias)
