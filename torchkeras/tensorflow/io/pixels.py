"""What Pillow opens, as arrays in the forms that TensorFlow's decoders give."""

from __future__ import annotations

import io
import zlib
from typing import Any

import numpy as np

from torchkeras.tensorflow.arguments import invalid
from torchkeras.tensorflow.io.bmp import bmp_pixels, is_bmp
from torchkeras.tensorflow.io.png import deep_pixels, is_deep
from torchkeras.utils.images import pillow

_FORMATS = ("JPEG", "PNG", "GIF")


class Plain:
    """An image that was read without Pillow.

    Args:
        array: its pixels.
        form: what its file was.
    """

    def __init__(self, array: np.ndarray, form: str) -> None:
        self.array, self.format = array, form


def opened(contents: bytes, kernel: str, truncated: bool = False, deep: bool = False) -> Any:
    """An image file, opened; an InvalidArgumentError where it is none.

    Args:
        contents: the file.
        kernel: for error messages.
        truncated: whether one that ends too early is taken.
        deep: whether colours of 16 bits are wanted.
    """
    try:
        if is_bmp(contents):
            return Plain(bmp_pixels(contents), "BMP")
        if deep and is_deep(contents):
            return Plain(deep_pixels(contents), "PNG")
        image = pillow().open(io.BytesIO(contents), formats=_FORMATS)
    except (OSError, SyntaxError, ValueError, zlib.error) as error:
        invalid(f"Unknown image file format. One of JPEG, PNG, GIF, BMP required. ({error})", kernel)
    checked = _Checked(image, kernel, truncated)
    if image.format != "JPEG":  # which may yet be told to come out smaller, or grey
        checked.load()
    return checked


class _Checked:
    """An image whose errors while it is read are InvalidArgumentErrors."""

    def __init__(self, image: Any, kernel: str, truncated: bool) -> None:
        self._image, self._kernel, self._truncated = image, kernel, truncated

    def __getattr__(self, name: str) -> Any:
        return getattr(self._image, name)

    @property
    def __array_interface__(self) -> Any:
        self.load()
        return self._image.__array_interface__

    def load(self) -> Any:
        file = pillow("ImageFile")
        before, file.LOAD_TRUNCATED_IMAGES = file.LOAD_TRUNCATED_IMAGES, self._truncated
        try:
            return self._image.load()
        except (OSError, SyntaxError, ValueError) as error:
            invalid(f"Invalid image data: {error}", self._kernel)
        finally:
            file.LOAD_TRUNCATED_IMAGES = before


def pixels(image: Any, channels: int = 0, wide: bool = False) -> np.ndarray:
    """The pixels of an image of one frame, as (height, width, channels).

    Args:
        image: what `opened` gave.
        channels: 1 to 4; 0 for what the file has.
        wide: as uint16 in place of uint8.
    """
    if isinstance(image, Plain):
        return _of_depth(as_channels(image.array, channels), wide)
    image.load()
    mode = image.mode
    if mode in ("P", "PA"):
        clear = mode == "PA" or "transparency" in image.info
        array = np.asarray(image.convert("RGBA" if clear else "RGB"))
    elif mode in ("1", "CMYK", "YCbCr", "HSV", "LAB"):
        array = np.asarray(image.convert("L" if mode == "1" else "RGB"))
    elif mode == "RGB" and channels == 4 and "transparency" in image.info:
        array = np.asarray(image.convert("RGBA"))
    elif mode.startswith("I"):
        array = np.asarray(image).astype(np.uint16)
    else:
        array = np.asarray(image)
    if array.ndim == 2:
        array = array[:, :, None]
    return _of_depth(as_channels(array, channels), wide)


def _of_depth(found: np.ndarray, wide: bool) -> np.ndarray:
    if wide:
        return found if found.dtype == np.uint16 else found.astype(np.uint16) * 257
    return (found >> 8).astype(np.uint8) if found.dtype == np.uint16 else found


def as_channels(array: np.ndarray, channels: int) -> np.ndarray:
    """Grey, colours or opacity added or taken away until there are so many channels."""
    have = array.shape[-1]
    if channels in (0, have):
        return array
    most = np.iinfo(array.dtype).max
    opaque = array[:, :, -1:] if have in (2, 4) else np.full((*array.shape[:2], 1), most, dtype=array.dtype)
    colours = array[:, :, : 1 if have < 3 else 3]
    if channels < 3 and have >= 3:
        colours = _grey(colours)
    elif channels >= 3 and have < 3:
        colours = np.repeat(colours, 3, axis=-1)
    return np.concatenate([colours, opaque], axis=-1) if channels in (2, 4) else colours


def _grey(colours: np.ndarray) -> np.ndarray:
    """The brightness, with TensorFlow's weights for libpng, which rounds at 16 bits and cuts at 8."""
    weighed = colours.astype(np.int64) @ np.array([9797, 19234, 3737])
    half = 16384 if colours.dtype == np.uint16 else 0
    return ((weighed + half) >> 15).astype(colours.dtype)[:, :, None]
