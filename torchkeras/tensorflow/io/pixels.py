"""What Pillow opens, as arrays in the forms that TensorFlow's decoders give."""

from __future__ import annotations

import io
from typing import Any

import numpy as np

from torchkeras.tensorflow.arguments import invalid
from torchkeras.utils.images import pillow

_FORMATS = ("JPEG", "PNG", "GIF", "BMP")


def opened(contents: bytes, kernel: str, truncated: bool = False) -> Any:
    """An image file, opened and read; an InvalidArgumentError where it is none."""
    try:
        image = pillow().open(io.BytesIO(contents), formats=_FORMATS)
        if image.format != "JPEG":  # which may yet be told to come out smaller, or grey
            image.load()
    except (OSError, SyntaxError, ValueError) as error:
        invalid(f"Unknown image file format. One of JPEG, PNG, GIF, BMP required. ({error})", kernel)
    return _Checked(image, kernel, truncated)


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
    image.load()
    mode = image.mode
    if mode in ("P", "PA"):
        clear = mode == "PA" or "transparency" in image.info
        array = np.asarray(image.convert("RGBA" if clear else "RGB"))
    elif mode in ("1", "CMYK", "YCbCr", "HSV", "LAB"):
        array = np.asarray(image.convert("L" if mode == "1" else "RGB"))
    elif mode.startswith("I"):
        array = np.asarray(image).astype(np.uint16)
    elif mode in ("L", "RGB") and "transparency" in image.info and image.format == "PNG":
        array = np.asarray(image.convert("LA" if mode == "L" else "RGBA"))
    else:
        array = np.asarray(image)
    if array.ndim == 2:
        array = array[:, :, None]
    found = as_channels(array, channels)
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
    """The brightness, with libpng's weights."""
    red, green, blue = (colours[:, :, i].astype(np.int64) for i in range(3))
    weighed = (6968 * red + 23434 * green + 2366 * blue + 16384) >> 15
    same = (red == green) & (green == blue)
    return np.where(same, red, weighed).astype(colours.dtype)[:, :, None]
