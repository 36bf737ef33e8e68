"""Images as they come out of JPEG files of some quality."""

from __future__ import annotations

from typing import Any

import torch

from torchkeras.tensorflow.arguments import size
from torchkeras.tensorflow.convert import made, tensor
from torchkeras.tensorflow.image.chance import Chance
from torchkeras.tensorflow.image.frames import converted
from torchkeras.tensorflow.io.images import decode_jpeg, encode_jpeg
from torchkeras.tensorflow.operation import operation


def _recompressed(image: Any, quality: int) -> Any:
    x = tensor(image)
    small = converted(x, torch.uint8, saturate=True)
    again = tensor(decode_jpeg(encode_jpeg(small, quality=quality), channels=x.shape[-1]))
    return made(converted(again.to(x.device), x.dtype, saturate=True).clone())


@operation("image.adjust_jpeg_quality", "AdjustJpegQuality")
def adjust_jpeg_quality(image: Any, jpeg_quality: Any, dct_method: str = "", name: str | None = None) -> Any:
    """An image as it comes out of a JPEG file.

    Args:
        image: of shape (height, width, 1 or 3).
        jpeg_quality: from 0 to 100.
        dct_method: accepted for TensorFlow's sake.
    """
    return _recompressed(image, size(jpeg_quality))


@operation("image.random_jpeg_quality", "AdjustJpegQuality")
def random_jpeg_quality(image: Any, min_jpeg_quality: int, max_jpeg_quality: int, seed: int | None = None) -> Any:
    """`adjust_jpeg_quality` with a quality between two, without the higher."""
    span = _checked(min_jpeg_quality, max_jpeg_quality)
    return _recompressed(image, min_jpeg_quality + Chance("random_jpeg_quality", seed).integer(span))


@operation("image.stateless_random_jpeg_quality", "AdjustJpegQuality")
def stateless_random_jpeg_quality(image: Any, min_jpeg_quality: int, max_jpeg_quality: int, seed: Any) -> Any:
    """`random_jpeg_quality` by a seed of two integers."""
    span = _checked(min_jpeg_quality, max_jpeg_quality)
    return _recompressed(image, min_jpeg_quality + Chance("random_jpeg_quality", seed, True).integer(span))


def _checked(low: int, high: int) -> int:
    if not (0 <= low <= 100 and 0 <= high <= 100):
        raise ValueError("jpeg encoding range must be between 0 and 100.")
    if low >= high:
        raise ValueError("`min_jpeg_quality` must be less than `max_jpeg_quality`.")
    return high - low
