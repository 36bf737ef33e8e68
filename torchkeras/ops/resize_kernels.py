"""The kernels images are resized with, as functions of the distance in pixels (float64, not negative)."""

from __future__ import annotations

import functools
from collections.abc import Callable

import torch
from torch import Tensor


def triangle(x: Tensor) -> Tensor:
    """What bilinear interpolation weighs with."""
    return (1 - x).clamp(min=0)


def lanczos(radius: int, x: Tensor) -> Tensor:
    """sinc(x), windowed by sinc(x / radius)."""
    return torch.where(x < radius, torch.sinc(x) * torch.sinc(x / radius), 0.0)


def gaussian(x: Tensor) -> Tensor:
    """A bell with a standard deviation of 1/2, cut off at three of them."""
    return torch.where(x < 1.5, torch.exp(-2 * x**2), 0.0)


def cubic(b: float, c: float, x: Tensor) -> Tensor:
    """Mitchell and Netravali's family; (0, 1/2) is Keys's kernel, (1/3, 1/3) their own."""
    near = (12 - 9 * b - 6 * c) * x**3 + (12 * b + 6 * c - 18) * x**2 + (6 - 2 * b)
    far = (-b - 6 * c) * x**3 + (6 * b + 30 * c) * x**2 + (-12 * b - 48 * c) * x + (8 * b + 24 * c)
    return torch.where(x < 1, near, torch.where(x < 2, far, 0.0)) / 6


KERNELS: dict[str, Callable[[Tensor], Tensor]] = {
    "bilinear": triangle,
    "bicubic": functools.partial(cubic, 0.0, 0.5),
    "mitchellcubic": functools.partial(cubic, 1 / 3, 1 / 3),
    "gaussian": gaussian,
    "lanczos3": functools.partial(lanczos, 3),
    "lanczos5": functools.partial(lanczos, 5),
}
#: Beyond these distances the kernels are 0.
RADII = {"bilinear": 1.0, "bicubic": 2.0, "mitchellcubic": 2.0, "gaussian": 1.5, "lanczos3": 3.0, "lanczos5": 5.0}
