"""tf.image: how alike images are, and how restless."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import torch
from torch.nn import functional

from torchkeras.tensorflow.arguments import invalid
from torchkeras.tensorflow.convert import made, tensor
from torchkeras.tensorflow.image.frames import converted
from torchkeras.tensorflow.operation import operation

_POWERS = (0.0448, 0.2856, 0.3001, 0.2363, 0.1333)


def _two(a: Any, b: Any, max_val: Any) -> tuple[torch.Tensor, torch.Tensor, float]:
    """Both as floats between 0 and 1, and the greatest value on that scale."""
    x, y = tensor(a), tensor(b)
    if x.dtype is not y.dtype:
        y = y.to(x.dtype)
    most = float(converted(torch.tensor(max_val).to(x.dtype), torch.float32))
    for one in (x, y):
        if one.dim() < 3:
            invalid(f"Images must have at least 3 axes, got shape {list(one.shape)}", "Mean")
    if x.shape[-3:] != y.shape[-3:]:
        invalid(f"Incompatible shapes: {list(x.shape)} vs. {list(y.shape)}", "SquaredDifference")
    return converted(x, torch.float32), converted(y, torch.float32), most


@operation("image.psnr", "PSNR")
def psnr(a: Any, b: Any, max_val: Any, name: str | None = None) -> Any:
    """The peak signal-to-noise ratio in decibels.

    Args:
        a: images.
        b: images of the same size.
        max_val: from 0 to where their values go.
    """
    x, y, most = _two(a, b, max_val)
    error = torch.square(x - y).mean((-3, -2, -1))
    return made(20 * math.log10(most) - 10 * torch.log10(error))


@operation("image.total_variation", "TotalVariation")
def total_variation(images: Any, name: str | None = None) -> Any:
    """The sum of the differences between neighbouring pixels, for each image."""
    x = tensor(images)
    if x.dim() not in (3, 4):
        raise ValueError("'images' must be either 3 or 4-dimensional.")
    down, across = x[..., 1:, :, :] - x[..., :-1, :, :], x[..., 1:, :] - x[..., :-1, :]
    return made(down.abs().sum((-3, -2, -1)) + across.abs().sum((-3, -2, -1)))


def _bell(size: int, sigma: float, like: torch.Tensor) -> torch.Tensor:
    places = torch.arange(size, dtype=like.dtype, device=like.device) - (size - 1) / 2
    squares = -0.5 * torch.square(places) / sigma**2
    return torch.softmax((squares[:, None] + squares[None, :]).reshape(-1), 0).reshape(size, size)


def _maps(
    x: torch.Tensor, y: torch.Tensor, most: float, size: int, sigma: float, k1: float, k2: float
) -> tuple[torch.Tensor, torch.Tensor]:
    """The likeness, and of it the part of contrast and structure, at each place: (..., height, width, channels)."""
    lead, channels = x.shape[:-3], x.shape[-1]
    bell = _bell(size, sigma, x).expand(channels, 1, size, size)

    def local(z: torch.Tensor) -> torch.Tensor:
        flat = z.reshape(-1, *z.shape[-3:]).permute(0, 3, 1, 2)
        return functional.conv2d(flat, bell, groups=channels)

    c1, c2 = (k1 * most) ** 2, (k2 * most) ** 2
    mean_x, mean_y = local(x), local(y)
    product, squares = 2 * mean_x * mean_y, torch.square(mean_x) + torch.square(mean_y)
    means = (product + c1) / (squares + c1)
    together, spread = 2 * local(x * y), local(torch.square(x) + torch.square(y))
    contrast = (together - product + c2) / (spread - squares + c2)
    return (means * contrast).unflatten(0, lead or (1,)), contrast.unflatten(0, lead or (1,))


def _check_filter(x: torch.Tensor, size: int) -> None:
    if min(x.shape[-3:-1]) < size:
        invalid(f"Images of {tuple(x.shape[-3:-1])} are smaller than the filter of {size}", "Assert")


@operation("image.ssim", "SSIM")
def ssim(
    img1: Any,
    img2: Any,
    max_val: Any,
    filter_size: int = 11,
    filter_sigma: float = 1.5,
    k1: float = 0.01,
    k2: float = 0.03,
    return_index_map: bool = False,
) -> Any:
    """The structural similarity: 1 for the same.

    Args:
        img1: images.
        img2: images of the same size.
        max_val: from 0 to where their values go.
        filter_size: over how many pixels the bell of local statistics goes.
        filter_sigma: its standard deviation.
        k1: keeps the likeness of means from 0 / 0.
        k2: the same for that of variances.
        return_index_map: give the likeness at each place.
    """
    x, y, most = _two(img1, img2, max_val)
    x, y = _alike(x, y)
    _check_filter(x, filter_size)
    whole, _ = _maps(x, y, most, filter_size, filter_sigma, k1, k2)
    found = whole.mean(-3) if return_index_map else whole.mean((-2, -1)).mean(-1)
    return made(found[0] if x.dim() == 3 else found)


def _alike(x: torch.Tensor, y: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    lead = torch.broadcast_shapes(x.shape[:-3], y.shape[:-3])
    return x.expand(*lead, *x.shape[-3:]), y.expand(*lead, *y.shape[-3:])


@operation("image.ssim_multiscale", "MSSSIM")
def ssim_multiscale(
    img1: Any,
    img2: Any,
    max_val: Any,
    power_factors: Sequence[float] = _POWERS,
    filter_size: int = 11,
    filter_sigma: float = 1.5,
    k1: float = 0.01,
    k2: float = 0.03,
) -> Any:
    """The structural similarity over several scales, each half the one before; arguments as in `ssim`.

    Args:
        power_factors: how much each scale counts, the finest first.
    """
    x, y, most = _two(img1, img2, max_val)
    x, y = _alike(x, y)
    single = x.dim() == 3
    parts = []
    for scale in range(len(power_factors)):
        if scale:
            x, y = _halved(x), _halved(y)
        _check_filter(x, filter_size)
        whole, contrast = _maps(x, y, most, filter_size, filter_sigma, k1, k2)
        last = scale == len(power_factors) - 1
        parts.append(torch.relu((whole if last else contrast).mean((-2, -1))))
    powers = torch.tensor(list(power_factors), dtype=x.dtype, device=x.device)
    found = torch.pow(torch.stack(parts, -1), powers).prod(-1).mean(-1)
    return made(found[0] if single else found)


def _halved(x: torch.Tensor) -> torch.Tensor:
    flat = x.reshape(-1, *x.shape[-3:]).permute(0, 3, 1, 2)
    odd = [flat.shape[3] % 2, flat.shape[2] % 2]
    if any(odd):  # the last row or column twice
        flat = functional.pad(flat, (0, odd[0], 0, odd[1]), mode="replicate")
    return (
        functional.avg_pool2d(flat, 2).permute(0, 2, 3, 1).reshape(*x.shape[:-3], -1, flat.shape[3] // 2, x.shape[-1])
    )


__all__ = ["psnr", "ssim", "ssim_multiscale", "total_variation"]
