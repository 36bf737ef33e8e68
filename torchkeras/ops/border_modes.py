"""Where a coordinate outside an image is read: TensorFlow's and SciPy's rules, which differ in the wrap."""

from __future__ import annotations

import torch
from torch import Tensor

FILL_MODES = ("constant", "nearest", "reflect", "wrap")


def mapped(places: Tensor, size: int, mode: str, wrap_period: int) -> Tensor:
    """Coordinates brought into [0, size - 1]; with 'constant' they stay, for the reader to fill.

    Args:
        places: coordinates along one axis, in pixels.
        size: how many pixels the axis has.
        mode: one of FILL_MODES. 'reflect' doubles the edge pixels: (d c b a | a b c d | d c b a).
        wrap_period: after how many pixels 'wrap' starts anew.
    """
    if mode == "constant":
        return places
    if size <= 1:
        return torch.zeros_like(places)
    if mode == "reflect":
        # Mirrored about -1/2, with a period of twice the size.
        turned = (places + 0.5).remainder(2 * size)
        places = torch.minimum(turned, 2 * size - turned) - 0.5
    elif mode == "wrap":
        places = _wrapped(places, size, wrap_period)
    return places.clamp(0, size - 1)


def _wrapped(places: Tensor, size: int, period: int) -> Tensor:
    # Both libraries count whole turns in steps of size - 1, whatever they then move by.
    step = size - 1
    below = places + period * ((-places / step).trunc() + 1)
    above = places - period * (places / step).trunc()
    return torch.where(places < 0, below, torch.where(places > step, above, places))
