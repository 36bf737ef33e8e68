"""Resizing images with TensorFlow's numbers.

Every method is a weighted mean along the rows and one along the columns, with pixel centres at halves and what lies
outside the image left out. Where torch's own kernel computes the same (nearest, bilinear) it is used; for the others
the weights are made here, as one matrix per axis.
"""

from __future__ import annotations

import functools
from collections.abc import Callable

import torch
import torch.nn.functional as F
from torch import Tensor

from torchkeras.graph.inference import real_tensors
from torchkeras.ops.resize_kernels import KERNELS, RADII

METHODS = ("area", "bicubic", "bilinear", "gaussian", "lanczos3", "lanczos5", "mitchellcubic", "nearest")
#: TensorFlow's bicubic looks its weights up in a table of this many places between two pixels.
_BICUBIC_STEPS = 1024


def resize(
    images: Tensor,
    size: tuple[int, int],
    method: str = "bilinear",
    antialias: bool = False,
    channels_last: bool = True,
) -> Tensor:
    """Images of another height and width.

    Args:
        images: (batch, height, width, channels), or the channels second. Floats keep their dtype; integers do with
            'nearest', and become float32 otherwise.
        size: the new height and width.
        method: one of METHODS.
        antialias: when shrinking, let each pixel be a mean over all it covers; 'nearest' does not, 'area' always does.

    Example: `resize(images, (224, 224), "bicubic")`
    """
    if method not in METHODS:
        raise ValueError(f"Unknown resize method {method!r}. Expected one of {METHODS}.")
    if method == "nearest":
        return _nearest(images, size, channels_last)
    if not images.is_floating_point():
        images = images.float()
    if method == "bilinear" and not antialias:
        if channels_last:  # a view in torch's channels_last format in and out
            return F.interpolate(images.permute(0, 3, 1, 2), size, mode="bilinear").permute(0, 2, 3, 1)
        return F.interpolate(images, size, mode="bilinear")
    return _weighted(images, size, method, antialias, channels_last)


def _nearest(images: Tensor, size: tuple[int, int], channels_last: bool) -> Tensor:
    if images.is_floating_point():
        if channels_last:
            return F.interpolate(images.permute(0, 3, 1, 2), size, mode="nearest-exact").permute(0, 2, 3, 1)
        return F.interpolate(images, size, mode="nearest-exact")
    for axis, new in enumerate(size, start=1 if channels_last else 2):
        old = images.shape[axis]
        targets = torch.arange(new, dtype=torch.float32, device=images.device)
        images = images.index_select(axis, ((targets + 0.5) * _ratio(old, new)).long().clamp(max=old - 1))
    return images


def _weighted(images: Tensor, size: tuple[int, int], method: str, antialias: bool, channels_last: bool) -> Tensor:
    dtype = images.dtype
    if dtype in (torch.float16, torch.bfloat16):  # too coarse for weights
        images = images.float()
    height, width = images.shape[1:3] if channels_last else images.shape[2:]
    down = _weights(method, height, size[0], antialias, images)
    along = _weights(method, width, size[1], antialias, images)
    if channels_last:
        rows = (down @ images.flatten(2)).unflatten(2, (width, images.shape[3]))
        return (along @ rows).to(dtype)
    return (down @ (images @ along.T)).to(dtype)


def _weights(method: str, old: int, new: int, antialias: bool, like: Tensor) -> Tensor:
    if torch.compiler.is_compiling():  # part of the graph
        return axis_weights(method, old, new, antialias, like.device).to(like.dtype)
    return _kept_axis_weights(method, old, new, antialias, like.device, like.dtype)


@functools.lru_cache(maxsize=64)
def _kept_axis_weights(
    method: str, old: int, new: int, antialias: bool, device: torch.device, dtype: torch.dtype
) -> Tensor:
    with real_tensors():  # they outlive a symbolic run that asks for them first
        return axis_weights(method, old, new, antialias, torch.device("cpu")).to(device, dtype)


def axis_weights(method: str, old: int, new: int, antialias: bool, device: torch.device) -> Tensor:
    """A float64 matrix (new, old): how much of each old pixel is in each new one."""
    # Places are computed in float32 and in TensorFlow's order: rounding decides what falls under a kernel's edge.
    targets = torch.arange(new, dtype=torch.float32, device=device).unsqueeze(1)
    pixels = torch.arange(old, dtype=torch.float32, device=device)
    if method == "area":
        return _area(targets, pixels, _ratio(old, new))
    if method == "bicubic" and not antialias:
        weights = _bicubic((targets + 0.5) * _ratio(old, new) - 0.5, pixels)
    else:
        shrink = 1 / _ratio(new, old)
        stretch = shrink.clamp(min=1) if antialias else 1.0
        weights = _filtered(KERNELS[method], RADII[method], (targets + 0.5) * shrink, pixels, stretch)
    return weights / weights.sum(1, keepdim=True)


def _ratio(a: int, b: int) -> Tensor:
    return torch.tensor(a, dtype=torch.float32, device="cpu") / torch.tensor(b, dtype=torch.float32, device="cpu")


def _filtered(
    kernel: Callable[[Tensor], Tensor], radius: float, centres: Tensor, pixels: Tensor, stretch: Tensor | float
) -> Tensor:
    """A kernel around each new pixel's centre, as wide as `stretch` old pixels."""
    first = (centres - radius * stretch - 0.5).ceil()
    last = (centres + radius * stretch - 0.5).floor()
    distances = (pixels + 0.5 - centres).abs() / stretch
    return torch.where((pixels >= first) & (pixels <= last), kernel(distances.double()), 0.0)


def _bicubic(places: Tensor, pixels: Tensor) -> Tensor:
    """Keys's kernel, with the distances rounded as TensorFlow's table has them."""
    before = places.floor()
    steps = ((places - before) * _BICUBIC_STEPS).round()
    return KERNELS["bicubic"]((pixels - before - steps / _BICUBIC_STEPS).double().abs())


def _area(targets: Tensor, pixels: Tensor, scale: Tensor) -> Tensor:
    """How much of each new pixel each old one covers."""
    start, stop = targets * scale, (targets + 1) * scale
    covered = torch.minimum(stop, pixels + 1) - torch.maximum(start, pixels)
    covered = torch.where((pixels < start) & (stop < pixels + 1), scale, covered)  # not rounded, as in TensorFlow
    return covered.double().clamp(min=0) / scale
