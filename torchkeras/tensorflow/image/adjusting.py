"""tf.image: brightness, contrast, hue, saturation, by how much one says or by chance."""

from __future__ import annotations

from typing import Any

import torch

from torchkeras.tensorflow.convert import made, tensor
from torchkeras.tensorflow.image.chance import Chance
from torchkeras.tensorflow.image.colors import from_hsv, to_hsv
from torchkeras.tensorflow.image.frames import at_least_3d, channels, converted, floats
from torchkeras.tensorflow.operation import operation


def _amount(value: Any, like: torch.Tensor) -> Any:
    return value if type(value) in (int, float) else tensor(value, like.dtype).to(like.device, like.dtype)


def _brighter(image: Any, delta: Any) -> Any:
    x = tensor(image)
    work = x if x.dtype.is_floating_point else converted(x, torch.float32)
    return made(converted(work + _amount(delta, work), x.dtype, saturate=True))


@operation("image.adjust_brightness", "AdjustBrightness")
def adjust_brightness(image: Any, delta: Any) -> Any:
    """Every value plus `delta`, integers taken as between 0 and 1."""
    return _brighter(image, delta)


def _contrasted(images: Any, factor: Any) -> Any:
    x = at_least_3d(images)
    work = floats(x)
    mean = work.float().mean((-3, -2), keepdim=True).to(work.dtype)
    return made(converted((work - mean) * _amount(factor, work) + mean, x.dtype, saturate=True))


@operation("image.adjust_contrast", "AdjustContrastv2")
def adjust_contrast(images: Any, contrast_factor: Any) -> Any:
    """The distance of every value from its channel's mean, times a factor."""
    return _contrasted(images, contrast_factor)


@operation("image.adjust_gamma", "AdjustGamma")
def adjust_gamma(image: Any, gamma: Any = 1, gain: Any = 1) -> Any:
    """`gain * value ** gamma`, integers taken as between 0 and 1."""
    x = tensor(image)
    power = float(tensor(gamma)) if isinstance(gamma, torch.Tensor) else gamma
    if power < 0:
        raise ValueError("Gamma should be a non-negative real number.")
    work = floats(x)
    return made(converted(_amount(gain, work) * work**power, x.dtype, saturate=True))


def _turned(image: Any, delta: Any) -> Any:
    """The hue moved along its circle."""
    if type(delta) in (int, float) and not -1 <= delta <= 1:
        raise ValueError(f"delta must be in the interval [-1, 1]. Received: delta={delta}")
    x = channels(at_least_3d(image), 3, "AdjustHue")
    work = floats(x)
    hue, saturation, value = to_hsv(work).unbind(-1)
    moved = torch.remainder(hue + _amount(delta, work), 1.0)
    return made(converted(from_hsv(torch.stack([moved, saturation, value], -1)).to(work.dtype), x.dtype))


@operation("image.adjust_hue", "AdjustHue")
def adjust_hue(image: Any, delta: Any, name: str | None = None) -> Any:
    """The hue moved along its circle: by 1 for a whole turn."""
    return _turned(image, delta)


def _saturated(image: Any, factor: Any) -> Any:
    x = channels(at_least_3d(image), 3, "AdjustSaturation")
    work = floats(x)
    hue, saturation, value = to_hsv(work).unbind(-1)
    scaled = torch.clamp(saturation * _amount(factor, work), 0, 1)
    return made(converted(from_hsv(torch.stack([hue, scaled, value], -1)).to(work.dtype), x.dtype))


@operation("image.adjust_saturation", "AdjustSaturation")
def adjust_saturation(image: Any, saturation_factor: Any, name: str | None = None) -> Any:
    """The saturation times a factor."""
    return _saturated(image, saturation_factor)


@operation("image.per_image_standardization", "PerImageStandardization")
def per_image_standardization(image: Any) -> Any:
    """Each image less its mean, divided by its standard deviation (but not by less than 1 / sqrt(values))."""
    x = at_least_3d(image)
    work = x if x.dtype in (torch.float16, torch.float32) else x.float()
    variance, mean = torch.var_mean(work, (-3, -2, -1), correction=0, keepdim=True)
    least = (x.shape[-1] * x.shape[-2] * x.shape[-3]) ** -0.5
    return made((work - mean) / torch.clamp(variance.sqrt(), min=least))


# --- by chance ---


def _not_negative(max_delta: Any, most: float | None = None) -> None:
    if max_delta < 0:
        raise ValueError("max_delta must be non-negative.")
    if most is not None and max_delta > most:
        raise ValueError(f"max_delta must be <= {most}.")


def _ordered(lower: Any, upper: Any) -> None:
    if upper <= lower:
        raise ValueError("upper must be > lower.")
    if lower < 0:
        raise ValueError("lower must be non-negative.")


@operation("image.random_brightness", "AdjustBrightness")
def random_brightness(image: Any, max_delta: Any, seed: int | None = None) -> Any:
    """`adjust_brightness` by something between -max_delta and max_delta."""
    _not_negative(max_delta)
    return _brighter(image, Chance("random_brightness", seed).uniform(-max_delta, max_delta))


@operation("image.stateless_random_brightness", "AdjustBrightness")
def stateless_random_brightness(image: Any, max_delta: Any, seed: Any) -> Any:
    """`random_brightness` by a seed of two integers."""
    _not_negative(max_delta)
    return _brighter(image, Chance("random_brightness", seed, True).uniform(-max_delta, max_delta))


@operation("image.random_contrast", "AdjustContrastv2")
def random_contrast(image: Any, lower: Any, upper: Any, seed: int | None = None) -> Any:
    """`adjust_contrast` by a factor between two."""
    _ordered(lower, upper)
    return _contrasted(image, Chance("random_contrast", seed).uniform(lower, upper))


@operation("image.stateless_random_contrast", "AdjustContrastv2")
def stateless_random_contrast(image: Any, lower: Any, upper: Any, seed: Any) -> Any:
    """`random_contrast` by a seed of two integers."""
    _ordered(lower, upper)
    return _contrasted(image, Chance("random_contrast", seed, True).uniform(lower, upper))


@operation("image.random_hue", "AdjustHue")
def random_hue(image: Any, max_delta: Any, seed: int | None = None) -> Any:
    """`adjust_hue` by something between -max_delta and max_delta, which is at most 0.5."""
    _not_negative(max_delta, 0.5)
    return _turned(image, Chance("random_hue", seed).uniform(-max_delta, max_delta))


@operation("image.stateless_random_hue", "AdjustHue")
def stateless_random_hue(image: Any, max_delta: Any, seed: Any) -> Any:
    """`random_hue` by a seed of two integers."""
    _not_negative(max_delta, 0.5)
    return _turned(image, Chance("random_hue", seed, True).uniform(-max_delta, max_delta))


@operation("image.random_saturation", "AdjustSaturation")
def random_saturation(image: Any, lower: Any, upper: Any, seed: int | None = None) -> Any:
    """`adjust_saturation` by a factor between two."""
    _ordered(lower, upper)
    return _saturated(image, Chance("random_saturation", seed).uniform(lower, upper))


@operation("image.stateless_random_saturation", "AdjustSaturation")
def stateless_random_saturation(image: Any, lower: Any, upper: Any, seed: Any = None) -> Any:
    """`random_saturation` by a seed of two integers."""
    _ordered(lower, upper)
    return _saturated(image, Chance("random_saturation", seed, True).uniform(lower, upper))


__all__ = [
    "adjust_brightness", "adjust_contrast", "adjust_gamma", "adjust_hue", "adjust_saturation",
    "per_image_standardization", "random_brightness", "random_contrast", "random_hue", "random_saturation",
    "stateless_random_brightness", "stateless_random_contrast", "stateless_random_hue", "stateless_random_saturation",
]  # fmt: skip
