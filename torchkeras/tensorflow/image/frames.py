"""What tf.image's functions have in common: ranks, one image as a batch, floats between 0 and 1."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch

from torchkeras.tensorflow import dtypes
from torchkeras.tensorflow.arguments import invalid
from torchkeras.tensorflow.convert import made, owned, tensor, viewed
from torchkeras.tensorflow.errors import FailedPreconditionError
from torchkeras.tensorflow.operation import operation


def image_or_batch(image: Any, name: str = "image") -> torch.Tensor:
    """A tensor of three or four axes."""
    x = tensor(image)
    if x.dim() not in (3, 4):
        raise ValueError(f"'{name}' (shape {tuple(x.shape)}) must have either 3 or 4 dimensions.")
    return x


def at_least_3d(image: Any) -> torch.Tensor:
    """A tensor of three or more axes."""
    x = tensor(image)
    if x.dim() < 3:
        raise ValueError(f"'image' (shape {tuple(x.shape)}) must be at least three-dimensional.")
    return x


def as_batch(x: torch.Tensor, function: Callable[[torch.Tensor], torch.Tensor]) -> torch.Tensor:
    """What a function of (batch, height, width, channels) gives for one image or a batch, in the same form."""
    return function(x[None])[0] if x.dim() == 3 else function(x)


def channels(x: torch.Tensor, count: int, kernel: str) -> torch.Tensor:
    """Images with so many channels."""
    if not x.dim() or x.shape[-1] != count:
        said = f"input must have {count} channels but instead has {x.shape[-1] if x.dim() else 0} channels."
        if kernel in ("RGBToHSV", "HSVToRGB"):
            raise FailedPreconditionError(None, None, f"{said} [Op:{kernel}]")
        invalid(said, kernel)
    return x


def converted(x: torch.Tensor, dtype: torch.dtype, saturate: bool = False) -> torch.Tensor:
    """Images of another dtype: integers go from 0 to their greatest, floats from 0 to 1."""
    old = x.dtype
    if old is dtype:
        return x
    if not old.is_floating_point and not dtype.is_floating_point:
        before, behind = torch.iinfo(old).max, torch.iinfo(dtype).max
        if before > behind:
            wide = x.to(torch.int64)
            return _cast(torch.div(wide, (before + 1) // (behind + 1), rounding_mode="floor"), dtype, saturate)
        return _cast(x, dtype, saturate) * ((behind + 1) // (before + 1))
    if old.is_floating_point and dtype.is_floating_point:
        return x.to(dtype)
    if dtype.is_floating_point:
        return x.to(dtype) * (1.0 / torch.iinfo(old).max)
    return _cast(x * (torch.iinfo(dtype).max + 0.5), dtype, saturate)


def _cast(x: torch.Tensor, dtype: torch.dtype, saturate: bool) -> torch.Tensor:
    info = torch.iinfo(dtype)
    if saturate:
        if x.dtype.is_floating_point and float(info.max) > info.max:  # the greatest float that is not beyond
            highest = torch.nextafter(x.new_tensor(float(info.max)), x.new_tensor(0.0)).item()
            return torch.clamp(x, float(info.min), highest).to(dtype)
        return torch.clamp(x, max(info.min, _least(x)), min(info.max, _greatest(x))).to(dtype)
    if x.dtype.is_floating_point and dtype.itemsize < 8:
        return x.to(torch.int64).to(dtype)
    return x.to(dtype)


def _least(x: torch.Tensor) -> Any:
    return torch.finfo(x.dtype).min if x.dtype.is_floating_point else torch.iinfo(x.dtype).min


def _greatest(x: torch.Tensor) -> Any:
    return torch.finfo(x.dtype).max if x.dtype.is_floating_point else torch.iinfo(x.dtype).max


def floats(x: torch.Tensor) -> torch.Tensor:
    """Images as floats between 0 and 1: half precision and float32 as they are, others in float32."""
    return x if x.dtype in (torch.float16, torch.float32) else converted(x, torch.float32)


@operation("image.convert_image_dtype", "ConvertImageDtype")
def convert_image_dtype(image: Any, dtype: Any, saturate: bool = False, name: str | None = None) -> Any:
    """Images of another dtype, scaled: floats are between 0 and 1, integers between 0 and their greatest value.

    Args:
        image: the images.
        dtype: of the result.
        saturate: clip values that the dtype has not, rather than letting them wrap around.
    """
    wanted = dtypes.as_dtype(dtype)
    if not wanted.is_floating and not wanted.is_integer:
        raise AttributeError(f"dtype must be either floating point or integer. Received: {dtype!r}")
    x = tensor(image)
    if x.dtype is wanted.torch:
        return viewed(owned(image))
    return made(converted(x, dtypes.torch_of(wanted), saturate))


__all__ = ["as_batch", "at_least_3d", "channels", "convert_image_dtype", "converted", "floats", "image_or_batch"]
