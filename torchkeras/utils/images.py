"""Images as arrays, as Pillow's images and as files. Pillow is imported where it is first needed."""

from __future__ import annotations

import importlib
import io
import os
import warnings
from typing import Any

import numpy as np
import torch

from torchkeras.core.config import check_data_format, floatx
from torchkeras.core.kinds import public
from torchkeras.ops.aspect_crop import centred_part, resize_keeping_aspect

#: Pillow's names for the ways of resizing, by Keras's.
_RESAMPLING = {
    "nearest": "NEAREST",
    "bilinear": "BILINEAR",
    "bicubic": "BICUBIC",
    "hamming": "HAMMING",
    "box": "BOX",
    "lanczos": "LANCZOS",
}
_MODES = {"grayscale": "L", "rgb": "RGB", "rgba": "RGBA"}
#: Modes of grey values, eight bits and more, which 'grayscale' leaves as they are.
_GREY = ("L", "I;16", "I")


def pillow(module: str = "Image") -> Any:
    """One of Pillow's modules."""
    try:
        return importlib.import_module(f"PIL.{module}")
    except ImportError as error:
        raise ImportError("Could not import PIL. Images need Pillow; install it with: pip install pillow") from error


def img_to_array(img: Any, data_format: str | None = None, dtype: Any = None) -> np.ndarray:
    """A Pillow image (or an array of one) as an array of three axes.

    Args:
        img: the image.
        data_format: 'channels_last' or 'channels_first', of the result.
        dtype: floatx unless given.
    """
    first = check_data_format(data_format) == "channels_first"
    array = np.asarray(img, dtype=dtype or floatx())
    if array.ndim == 2:
        return array[None] if first else array[..., None]
    if array.ndim != 3:
        raise ValueError(f"Unsupported image shape: {array.shape}. Expected two or three axes.")
    return array.transpose(2, 0, 1) if first else array


def array_to_img(x: Any, data_format: str | None = None, scale: bool = True, dtype: Any = None) -> Any:
    """An array of three axes as a Pillow image.

    Args:
        x: the array, with one, three or four channels.
        data_format: where its channels are.
        scale: stretch the values to 0..255; otherwise they are in that range already.
        dtype: to compute in, floatx unless given.
    """
    image = pillow()
    first = check_data_format(data_format) == "channels_first"
    array = np.asarray(x, dtype=dtype or floatx())
    if array.ndim != 3:
        raise ValueError(f"Expected image array to have rank 3 (single image). Got array with shape: {array.shape}")
    if first:
        array = array.transpose(1, 2, 0)
    if scale:
        array = array - np.min(array)
        largest = np.max(array)
        if largest != 0:
            array /= largest
        array *= 255
    channels = array.shape[2]
    if channels not in (1, 3, 4):
        raise ValueError(f"Unsupported channel number: {channels}. Expected 1, 3 or 4.")
    if channels == 1:
        array = array[..., 0]
        return image.fromarray(array.astype("int32" if np.max(array) > 255 else "uint8"))
    return image.fromarray(array.astype("uint8"))


def save_img(
    path: Any,
    x: Any,
    data_format: str | None = None,
    file_format: str | None = None,
    scale: bool = True,
    **kwargs: Any,
) -> None:
    """Writes an array as an image file.

    Args:
        path: where to, or an open file.
        x: the array, of three axes.
        data_format: where its channels are.
        file_format: what the path's ending says unless given.
        scale: stretch the values to 0..255.
        **kwargs: go to Pillow's `save`.
    """
    img = array_to_img(x, data_format=data_format, scale=scale)
    ending = os.path.splitext(path)[1].lower() if isinstance(path, (str, os.PathLike)) else ""
    jpeg = file_format in ("jpg", "jpeg") or (file_format is None and ending in (".jpg", ".jpeg"))
    if img.mode == "RGBA" and jpeg:
        warnings.warn("The JPG format does not support RGBA images, converting to RGB.", stacklevel=2)
        img = img.convert("RGB")
    img.save(path, format="jpeg" if file_format == "jpg" else file_format, **kwargs)


def load_img(
    path: Any,
    grayscale: bool = False,
    color_mode: str = "rgb",
    target_size: tuple[int, int] | None = None,
    interpolation: str = "nearest",
    keep_aspect_ratio: bool = False,
) -> Any:
    """An image file as a Pillow image.

    Args:
        path: a path, or a file's content in a `io.BytesIO`.
        color_mode: 'rgb', 'rgba' or 'grayscale'. `grayscale=True` is the older spelling of the last.
        target_size: (height, width) to resize to.
        interpolation: 'nearest', 'bilinear', 'bicubic', 'lanczos', 'box' or 'hamming'.
        keep_aspect_ratio: crop to the proportions of `target_size` before resizing.
    """
    if grayscale:
        warnings.warn('grayscale is deprecated. Please use color_mode = "grayscale"', stacklevel=2)
        color_mode = "grayscale"
    if color_mode not in _MODES:
        raise ValueError(f'color_mode must be "grayscale", "rgb", or "rgba". Received: color_mode={color_mode!r}')
    img = pillow().open(_content(path))
    if color_mode == "grayscale" and img.mode in _GREY:
        img.load()
    elif img.mode != _MODES[color_mode]:
        img = img.convert(_MODES[color_mode])
    if target_size is not None and img.size != (target_size[1], target_size[0]):
        return _resized(img, (int(target_size[0]), int(target_size[1])), interpolation, keep_aspect_ratio)
    return img


def _content(path: Any) -> io.BytesIO:
    if isinstance(path, io.BytesIO):
        return path
    if not isinstance(path, (str, bytes, os.PathLike)):
        raise TypeError(f"path should be path-like or io.BytesIO, not {type(path)}")
    with open(path, "rb") as file:
        return io.BytesIO(file.read())


def _resized(img: Any, size: tuple[int, int], interpolation: str, keep_aspect_ratio: bool) -> Any:
    if interpolation not in _RESAMPLING:
        raise ValueError(
            f"Invalid interpolation method {interpolation} specified. Supported methods are {', '.join(_RESAMPLING)}"
        )
    image = pillow()
    resample = getattr(getattr(image, "Resampling", image), _RESAMPLING[interpolation])
    box = None
    if keep_aspect_ratio:
        top, left, height, width = centred_part((img.size[1], img.size[0]), size)
        box = (left, top, left + width, top + height)
    return img.resize((size[1], size[0]), resample, box=box)


@public
def smart_resize(
    x: Any,
    size: tuple[int, int],
    interpolation: str = "bilinear",
    data_format: str = "channels_last",
    backend_module: Any = None,
) -> Any:
    """Images resized without distortion: cropped to the wanted proportions first.

    Args:
        x: one image (height, width, channels) or a batch of them, an array or a tensor; arrays give arrays.
        size: the new (height, width).
        interpolation: 'bilinear', 'nearest', 'bicubic', 'area', 'lanczos3', 'lanczos5', 'gaussian', 'mitchellcubic'.
        data_format: where the channels are.
    """
    if len(size) != 2:
        raise ValueError(f"Expected `size` to be a tuple of 2 integers, but got: {size}.")
    images = torch.as_tensor(x)
    if images.dim() not in (3, 4):
        raise ValueError(
            f"Expected an image array with shape `(height, width, channels)`, or `(batch_size, height, width, "
            f"channels)`, but got input with incorrect rank, of shape {tuple(images.shape)}."
        )
    single, first = images.dim() == 3, check_data_format(data_format) == "channels_first"
    images = images[None] if single else images
    images = images.permute(0, 2, 3, 1) if first else images
    resized = resize_keeping_aspect(images, (int(size[0]), int(size[1])), interpolation)
    resized = resized.permute(0, 3, 1, 2) if first else resized
    resized = resized[0] if single else resized
    return resized.numpy() if isinstance(x, np.ndarray) else resized
