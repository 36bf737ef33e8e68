"""tf.image: other sizes, by resizing, cropping and padding."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import torch
from torch.nn import functional

from torchkeras.ops import image_resize
from torchkeras.tensorflow.arguments import size, sizes
from torchkeras.tensorflow.convert import made, owned, tensor, viewed
from torchkeras.tensorflow.image.frames import as_batch, image_or_batch
from torchkeras.tensorflow.operation import operation


class ResizeMethod:
    """The methods of `resize`."""

    BILINEAR = "bilinear"
    NEAREST_NEIGHBOR = "nearest"
    BICUBIC = "bicubic"
    AREA = "area"
    LANCZOS3 = "lanczos3"
    LANCZOS5 = "lanczos5"
    GAUSSIAN = "gaussian"
    MITCHELLCUBIC = "mitchellcubic"


_METHODS = {v for k, v in vars(ResizeMethod).items() if k.isupper()}
_BY_NUMBER = {0: "bilinear", 1: "nearest", 2: "bicubic", 3: "area"}  # TensorFlow 1's


def resized(x: torch.Tensor, new: tuple[int, int], method: Any, antialias: bool) -> torch.Tensor:
    """Images of another size, of their own dtype by 'nearest', else float32."""
    if not isinstance(method, str):
        method = _BY_NUMBER.get(method, method)
    if method not in _METHODS:
        raise ValueError(f"Resize method is not implemented: {method}")
    if method != "nearest" and x.dtype is not torch.float32:
        x = x.float()
    return as_batch(x, lambda batch: image_resize.resize(batch, new, method, antialias))


@operation("image.resize", "ResizeBilinear")
def resize(
    images: Any,
    size: Any,
    method: Any = ResizeMethod.BILINEAR,
    preserve_aspect_ratio: bool = False,
    antialias: bool = False,
    name: str | None = None,
) -> Any:
    """Images of another height and width.

    Args:
        images: one image (height, width, channels) or a batch.
        size: the new height and width.
        method: one of `tf.image.ResizeMethod`.
        preserve_aspect_ratio: the largest size within `size` that keeps the proportions.
        antialias: when shrinking, let each pixel be a mean over all it covers.
    """
    x = tensor(images)
    if x.dim() not in (3, 4):
        raise ValueError("'images' must have either 3 or 4 dimensions.")
    new = sizes(size) if not isinstance(size, int) else []
    if len(new) != 2:
        raise ValueError("'size' must be a 1-D Tensor of 2 elements: new_height, new_width")
    height, width = new
    if preserve_aspect_ratio:
        old = x.shape[-3:-1]
        scale = min(np.float32(height / old[0]), np.float32(width / old[1]))
        height, width = (int(np.rint(np.float32(scale * n))) for n in old)
    return made(resized(x, (height, width), method, antialias))


@operation("image.resize_with_pad", "ResizeWithPad")
def resize_with_pad(
    image: Any, target_height: Any, target_width: Any, method: Any = ResizeMethod.BILINEAR, antialias: bool = False
) -> Any:
    """Images of another size that keep their proportions, with zeros around them."""
    x = image_or_batch(image)
    height, width = size(target_height), size(target_width)
    if height <= 0 or width <= 0:
        raise ValueError(f"target_{'height' if height <= 0 else 'width'} must be > 0.")
    old_height, old_width = x.shape[-3:-1]
    if (old_height, old_width) == (height, width):
        return viewed(owned(image))
    ratio = max(old_width / width, old_height / height)
    rows, columns = old_height / ratio, old_width / ratio
    top, left = (max(0, math.floor((t - n) / 2)) for t, n in ((height, rows), (width, columns)))
    small = resized(x, (math.floor(rows), math.floor(columns)), method, antialias)
    return viewed(_pad(small, top, left, height, width))


def _pad(x: torch.Tensor, top: int, left: int, height: int, width: int) -> torch.Tensor:
    bottom, right = height - top - x.shape[-3], width - left - x.shape[-2]
    return functional.pad(x, (0, 0, left, right, top, bottom))


def _check(condition: bool, message: str) -> None:
    if not condition:
        raise ValueError(message)


@operation("image.pad_to_bounding_box", "Pad")
def pad_to_bounding_box(
    image: Any, offset_height: Any, offset_width: Any, target_height: Any, target_width: Any
) -> Any:
    """Images within zeros: so far from the top and the left, of a whole height and width."""
    x = image_or_batch(image)
    top, left, height, width = (size(v) for v in (offset_height, offset_width, target_height, target_width))
    _check(top >= 0, "offset_height must be >= 0")
    _check(left >= 0, "offset_width must be >= 0")
    _check(width - left - x.shape[-2] >= 0, "width must be <= target - offset")
    _check(height - top - x.shape[-3] >= 0, "height must be <= target - offset")
    return made(_pad(x, top, left, height, width))


@operation("image.crop_to_bounding_box", "Crop")
def crop_to_bounding_box(
    image: Any, offset_height: Any, offset_width: Any, target_height: Any, target_width: Any
) -> Any:
    """A part of images: from so far from the top and the left, of a height and width."""
    x = image_or_batch(image)
    top, left, height, width = (size(v) for v in (offset_height, offset_width, target_height, target_width))
    _check(left >= 0, "offset_width must be >= 0.")
    _check(top >= 0, "offset_height must be >= 0.")
    _check(width > 0, "target_width must be > 0.")
    _check(height > 0, "target_height must be > 0.")
    _check(x.shape[-2] >= left + width, "width must be >= target + offset.")
    _check(x.shape[-3] >= top + height, "height must be >= target + offset.")
    return made(x[..., top : top + height, left : left + width, :].clone())


@operation("image.resize_with_crop_or_pad", "ResizeWithCropOrPad")
def resize_with_crop_or_pad(image: Any, target_height: Any, target_width: Any) -> Any:
    """The middle of images, or images in the middle of zeros, of another size."""
    x = image_or_batch(image)
    height, width = size(target_height), size(target_width)
    _check(width > 0, "target_width must be > 0.")
    _check(height > 0, "target_height must be > 0.")
    more_rows, more_columns = height - x.shape[-3], width - x.shape[-2]
    top, left = max(-more_rows // 2, 0), max(-more_columns // 2, 0)
    part = x[..., top : top + min(height, x.shape[-3]), left : left + min(width, x.shape[-2]), :]
    whole = _pad(part, max(more_rows // 2, 0), max(more_columns // 2, 0), height, width)
    return made(whole.clone())


@operation("image.central_crop", "CentralCrop")
def central_crop(image: Any, central_fraction: Any) -> Any:
    """The middle of images: such a part of their height and of their width."""
    fraction = float(tensor(central_fraction)) if isinstance(central_fraction, torch.Tensor) else central_fraction
    if not 0 < fraction <= 1:
        raise ValueError("central_fraction must be within (0, 1]")
    x = image_or_batch(image)
    if fraction == 1:
        return viewed(owned(image))
    height, width = x.shape[-3:-1]
    top, left = int((height - height * fraction) / 2), int((width - width * fraction) / 2)
    return made(x[..., top : height - top, left : width - left, :].clone())


__all__ = [
    "ResizeMethod", "central_crop", "crop_to_bounding_box", "pad_to_bounding_box", "resize", "resize_with_crop_or_pad",
    "resize_with_pad", "resized",
]  # fmt: skip
