"""tf.image: spaces of colours."""

from __future__ import annotations

from typing import Any

import torch

from torchkeras.ops.image_colors import _hsv, _rgb
from torchkeras.tensorflow.arguments import FLOATS, invalid, of_dtypes
from torchkeras.tensorflow.convert import made, tensor
from torchkeras.tensorflow.image.frames import channels, converted, floats
from torchkeras.tensorflow.operation import operation

to_hsv, from_hsv = _hsv, _rgb

# Each row says what one channel of the first space adds to those of the second.
_RGB_TO_YUV = (
    (0.299, -0.14714119, 0.61497538), (0.587, -0.28886916, -0.51496512), (0.114, 0.43601035, -0.10001026)
)  # fmt: skip
_YUV_TO_RGB = ((1.0, 1.0, 1.0), (0.0, -0.394642334, 2.03206185), (1.13988303, -0.58062185, 0.0))
_RGB_TO_YIQ = (
    (0.299, 0.59590059, 0.2115), (0.587, -0.27455667, -0.52273617), (0.114, -0.32134392, 0.31119955)
)  # fmt: skip
_YIQ_TO_RGB = ((1.0, 1.0, 1.0), (0.95598634, -0.27201283, -1.10674021), (0.6208248, -0.64720424, 1.70423049))
_GRAY = (0.2989, 0.5870, 0.1140)


@operation("image.rgb_to_grayscale", "RgbToGrayscale")
def rgb_to_grayscale(images: Any, name: str | None = None) -> Any:
    """How bright each pixel is, as one channel."""
    x = tensor(images)
    if not x.dim() or x.shape[-1] != 3:
        invalid(f"Last dimension of a RGB image should be size 3. Received: shape {tuple(x.shape)}", "MatMul")
    work = floats(x)
    gray = (work @ torch.tensor(_GRAY, dtype=work.dtype, device=work.device))[..., None]
    return made(converted(gray, x.dtype))


@operation("image.grayscale_to_rgb", "GrayscaleToRgb")
def grayscale_to_rgb(images: Any, name: str | None = None) -> Any:
    """The one channel three times."""
    x = tensor(images)
    if not x.dim() or x.shape[-1] != 1:
        raise ValueError("Last dimension of a grayscale image should be size 1.")
    return made(x.expand(*x.shape[:-1], 3).clone())


@operation("image.rgb_to_hsv", "RGBToHSV")
def rgb_to_hsv(images: Any, name: str | None = None) -> Any:
    """Hue, saturation and value, each between 0 and 1."""
    return made(_hsv(_colours(images, "RGBToHSV")))


@operation("image.hsv_to_rgb", "HSVToRGB")
def hsv_to_rgb(images: Any, name: str | None = None) -> Any:
    """The inverse of `rgb_to_hsv`."""
    return made(_rgb(_colours(images, "HSVToRGB")))


def _colours(images: Any, kernel: str) -> torch.Tensor:
    return channels(of_dtypes(images, FLOATS, kernel).as_subclass(torch.Tensor), 3, kernel)


def _mixed(images: Any, matrix: Any) -> Any:
    x = tensor(images)
    if x.dtype not in FLOATS:
        raise TypeError(f"Images must be of floats between 0 and 1. Received: dtype={x.dtype}")
    x = channels(x, 3, "Tensordot")
    return made(x @ torch.tensor(matrix, dtype=x.dtype, device=x.device))


@operation("image.rgb_to_yuv", "RgbToYuv")
def rgb_to_yuv(images: Any) -> Any:
    """Brightness and two differences of colours, as PAL has them."""
    return _mixed(images, _RGB_TO_YUV)


@operation("image.yuv_to_rgb", "YuvToRgb")
def yuv_to_rgb(images: Any) -> Any:
    """The inverse of `rgb_to_yuv`."""
    return _mixed(images, _YUV_TO_RGB)


@operation("image.rgb_to_yiq", "RgbToYiq")
def rgb_to_yiq(images: Any) -> Any:
    """Brightness and two differences of colours, as NTSC has them."""
    return _mixed(images, _RGB_TO_YIQ)


@operation("image.yiq_to_rgb", "YiqToRgb")
def yiq_to_rgb(images: Any) -> Any:
    """The inverse of `rgb_to_yiq`."""
    return _mixed(images, _YIQ_TO_RGB)


__all__ = [
    "grayscale_to_rgb", "hsv_to_rgb", "rgb_to_grayscale", "rgb_to_hsv", "rgb_to_yiq", "rgb_to_yuv", "yiq_to_rgb",
    "yuv_to_rgb",
]  # fmt: skip
