"""Resizing images with TensorFlow's numbers.

Every method is a weighted mean along the rows and one along the columns, with pixel centres at halves and what lies
outside the image left out. Where torch's own kernel computes the same (nearest, bilinear) it is used; for the others the
weights are made here, as one matrix per axis.
"""

from __future__ import annotations

import functools

import torch
import torch.nn.functional as F
from torch import Tensor

from torchkeras.graph.inference import real_tensors
from torchkeras.ops.resize_kernels import KERNELS, RADII

METHODS = ("area", "bicubic", "bilinear", "gaussian", "lanczos3", "lanczos5", "mitchellcubic", "nearest")
#: TensorFlow's bicubic looks its weights up at this many places between two pixels.
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
        places = (torch.arange(new, dtype=torch.float32, device=images.device) + 0.5) * _ratio(old, new)
        images = images.index_select(axis, places.floor().long().clamp(max=old - 1))
    return images


def _weighted(images: Tensor, size: tuple[int, int], method: str, antialias: bool, channels_last: bool) -> Tensor:
    dtype = images.dtype
    if dtype in (torch.float16, torch.bfloat16):  # too coarse for weights
        images = images.float()
    height, width = images.shape[1:3] if channels_last else images.shape[2:]
    make = axis_weights if torch.compiler.is_compiling() else _kept_axis_weights
    down = make(method, height, size[0], antialias, images.dtype, images.device)
    along = make(method, width, size[1], antialias, images.dtype, images.device)
    if channels_last:
        rows = (down @ images.flatten(2)).unflatten(2, (width, images.shape[3]))
        return (along @ rows).to(dtype)
    return (down @ (images @ along.T)).to(dtype)


def axis_weights(
    method: str, old: int, new: int, antialias: bool, dtype: torch.dtype, device: torch.device
) -> Tensor:
    """A matrix (new, old): how much of each old pixel is in each new one. Its rows sum to 1."""
    if method == "area":
        weights = _area(old, new)
    elif method == "bicubic" and not antialias:
        weights = _bicubic(old, new)
    else:
        weights = _filtered(method, old, new, antialias)
    return weights.to(device, dtype)


@functools.lru_cache(maxsize=64)
def _kept_axis_weights(*arguments: object) -> Tensor:
    with real_tensors():  # they are to outlive an inference on the meta device
        return axis_weights(*arguments)  # type: ignore[arg-type]


# The places are computed in float32, in TensorFlow's order: rounding decides which pixels fall under a kernel's edge.


def _ratio(a: int, b: int) -> Tensor:
    return torch.tensor(a, dtype=torch.float32) / torch.tensor(b, dtype=torch.float32)


def _filtered(method: str, old: int, new: int, antialias: bool) -> Tensor:
    kernel, radius = KERNELS[method], RADII[method]
    shrink = 1 / _ratio(new, old)
    centres = (torch.arange(new, dtype=torch.float32) + 0.5) * shrink
    stretch = torch.clamp(shrink, min=1.0) if antialias else torch.ones(())
    first = torch.ceil(centres - radius * stretch - 0.5)
    last = torch.floor(centres + radius * stretch - 0.5)
    pixels = torch.arange(old, dtype=torch.float32)
    distances = (pixels + 0.5 - centres.unsqueeze(1)).abs() / stretch
    within = (pixels >= first.unsqueeze(1)) & (pixels <= last.unsqueeze(1))
    return _normalized(torch.where(within, kernel(distances.double()), 0.0))


def _bicubic(old: int, new: int) -> Tensor:
    places = (torch.arange(new, dtype=torch.float32) + 0.5) * _ratio(old, new) - 0.5
    before = places.floor()
    steps = ((places - before) * _BICUBIC_STEPS).round()
    distances = torch.arange(old) - before.unsqueeze(1) - (steps / _BICUBIC_STEPS).unsqueeze(1)
    return _normalized(KERNELS["bicubic"](distances.double().abs()))


def _area(old: int, new: int) -> Tensor:
    """How much of each new pixel each old one covers."""
    scale = _ratio(old, new)
    places = torch.arange(new, dtype=torch.float32).unsqueeze(1)
    start, stop = places * scale, (places + 1) * scale
    pixels = torch.arange(old, dtype=torch.float32)
    covered = torch.minimum(stop, pixels + 1) - torch.maximum(start, pixels)
    covered = torch.where((pixels < start) & (stop < pixels + 1), scale, covered)  # not rounded, as in TensorFlow
    return covered.double().clamp(min=0) / scale


def _normalized(weights: Tensor) -> Tensor:
    return weights / weights.sum(1, keepdim=True)
