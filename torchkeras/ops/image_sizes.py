"""keras.ops.image: other sizes, by resizing, cropping and padding."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor
from torch.nn import functional

from torchkeras.ops import image_resize
from torchkeras.ops.conversion import saturated
from torchkeras.ops.image_frames import as_batch, check_rank, spatial
from torchkeras.ops.operation import operation
from torchkeras.ops.promotion import tensor

INTERPOLATIONS = ("bilinear", "nearest", "lanczos3", "lanczos5", "bicubic", "area")


@operation
def resize(
    images: Any,
    size: Any,
    interpolation: str = "bilinear",
    antialias: bool = False,
    crop_to_aspect_ratio: bool = False,
    pad_to_aspect_ratio: bool = False,
    fill_mode: str = "constant",
    fill_value: float = 0.0,
    data_format: str | None = None,
) -> Tensor:
    """Images of another size.

    Args:
        images: one image or a batch.
        size: the new height and width.
        interpolation: one of INTERPOLATIONS.
        antialias: when shrinking, let each pixel be a mean over all it covers.
        crop_to_aspect_ratio: cut off what does not fit the new proportions, instead of distorting.
        pad_to_aspect_ratio: add edges instead.
        fill_mode: 'constant'.
        fill_value: what the edges are made of.
        data_format: 'channels_last' or 'channels_first'; the global setting unless told.
    """
    if interpolation not in INTERPOLATIONS:
        raise ValueError(
            f"Invalid value for argument `interpolation`. Expected of one {INTERPOLATIONS}. "
            f"Received: interpolation={interpolation}"
        )
    if fill_mode != "constant":
        raise ValueError(
            f"Invalid value for argument `fill_mode`. Only `'constant'` is supported. Received: fill_mode={fill_mode}"
        )
    if pad_to_aspect_ratio and crop_to_aspect_ratio:
        raise ValueError("Only one of `pad_to_aspect_ratio` & `crop_to_aspect_ratio` can be `True`.")
    if len(size) != 2:
        raise ValueError(f"Argument `size` must be a tuple of two elements (height, width). Received: size={size}")
    new = (int(size[0]), int(size[1]))

    def resized(x: Tensor) -> Tensor:
        if crop_to_aspect_ratio:
            x = _cropped(x, new)
        elif pad_to_aspect_ratio:
            x = _padded(x, new, fill_value)
        result = image_resize.resize(x, new, interpolation, antialias)
        return result if result.dtype is x.dtype else saturated(torch.round(result), x.dtype)

    return as_batch(images, data_format, resized)


def _cropped(x: Tensor, size: tuple[int, int]) -> Tensor:
    height, width = x.shape[1:3]
    rows = max(min(height, int(width * size[0] / size[1])), 1)
    columns = max(min(width, int(height * size[1] / size[0])), 1)
    top, left = (height - rows) // 2, (width - columns) // 2
    return x[:, top : top + rows, left : left + columns]


def _padded(x: Tensor, size: tuple[int, int], value: float) -> Tensor:
    height, width = x.shape[1:3]
    top = (max(height, int(width * size[0] / size[1])) - height) // 2
    left = (max(width, int(height * size[1] / size[0])) - width) // 2
    return functional.pad(x, (0, 0, left, left, top, top), value=value)


@operation
def pad_images(
    images: Any,
    top_padding: int | None = None,
    left_padding: int | None = None,
    bottom_padding: int | None = None,
    right_padding: int | None = None,
    target_height: int | None = None,
    target_width: int | None = None,
    data_format: str | None = None,
) -> Tensor:
    """Images with zeros around them.

    Args:
        images: one image or a batch.
        top_padding: how many rows above; of this, `bottom_padding` and `target_height` two are given.
        left_padding: how many columns on the left; of this, `right_padding` and `target_width` two are given.
        bottom_padding: how many rows below.
        right_padding: how many columns on the right.
        target_height: the height with all that.
        target_width: the width with all that.
        data_format: 'channels_last' or 'channels_first'; the global setting unless told.
    """
    x = check_rank(tensor(images))
    rows, columns = spatial(x, data_format)
    top, bottom = _pair("padding", "height", top_padding, bottom_padding, target_height, x.shape[rows], 1)
    left, right = _pair("padding", "width", left_padding, right_padding, target_width, x.shape[columns], 1)
    edges = [left, right, top, bottom]
    return functional.pad(x, edges if columns == -1 else [0, 0, *edges])


@operation
def crop_images(
    images: Any,
    top_cropping: int | None = None,
    left_cropping: int | None = None,
    bottom_cropping: int | None = None,
    right_cropping: int | None = None,
    target_height: int | None = None,
    target_width: int | None = None,
    data_format: str | None = None,
) -> Tensor:
    """Images without their edges; arguments as in `pad_images`."""
    x = check_rank(tensor(images))
    rows, columns = spatial(x, data_format)
    height, width = x.shape[rows], x.shape[columns]
    top, bottom = _pair("cropping", "height", top_cropping, bottom_cropping, target_height, height, -1)
    left, right = _pair("cropping", "width", left_cropping, right_cropping, target_width, width, -1)
    return x.narrow(rows, top, height - top - bottom).narrow(columns, left, width - left - right)


def _pair(
    what: str, side: str, before: int | None, behind: int | None, target: int | None, size: int, sign: int
) -> tuple[int, int]:
    """How much before and behind: two of three are given."""
    names = {"height": ("top", "bottom"), "width": ("left", "right")}[side]
    given = {f"{names[0]}_{what}": before, f"{names[1]}_{what}": behind, f"target_{side}": target}
    if sum(v is None for v in given.values()) != 1:
        raise ValueError(f"Must specify exactly two of {', '.join(given)}. Received: {given}")
    if target is not None and before is None:
        before = (target - size) * sign - (behind or 0)
    elif target is not None:
        behind = (target - size) * sign - (before or 0)
    first, last = int(before or 0), int(behind or 0)
    for name, value in zip(given, (first, last)):
        if value < 0:
            raise ValueError(f"{name} must be >= 0. Received: {name}={value}")
    if sign < 0 and first + last > size:
        raise ValueError(f"target_{side} must be >= 0. Received: target_{side}={size - first - last}")
    return first, last
