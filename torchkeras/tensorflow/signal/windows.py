"""tf.signal: windows, what parts of a signal are weighed with."""

from __future__ import annotations

import math
from typing import Any

import torch

from torchkeras.core.device import default_device
from torchkeras.tensorflow import dtypes
from torchkeras.tensorflow.arguments import size
from torchkeras.tensorflow.convert import made, tensor
from torchkeras.tensorflow.operation import operation


def _float(dtype: Any) -> torch.dtype:
    wanted = dtypes.as_dtype(dtype)
    if not wanted.is_floating:
        raise ValueError(f"dtype must be a floating point type. Found {wanted!r}")
    return dtypes.torch_of(wanted)


def _raised_cosine(length: Any, periodic: Any, dtype: Any, a: float, b: float) -> Any:
    count, wanted = size(length), _float(dtype)
    device = default_device()
    if count == 1:
        return made(torch.ones(1, dtype=wanted, device=device))
    # As in TensorFlow only an even number of places makes the window periodic.
    whole = count + (1 - count % 2 if periodic else 0) - 1
    turns = torch.arange(count, dtype=torch.float64, device=device) * (2 * math.pi / whole)
    return made((a - b * torch.cos(turns)).to(wanted))


@operation("signal.hann_window", "HannWindow")
def hann_window(window_length: Any, periodic: Any = True, dtype: Any = dtypes.float32, name: str | None = None) -> Any:
    """A cosine from 0 to 1 and back."""
    return _raised_cosine(window_length, periodic, dtype, 0.5, 0.5)


@operation("signal.hamming_window", "HammingWindow")
def hamming_window(
    window_length: Any, periodic: Any = True, dtype: Any = dtypes.float32, name: str | None = None
) -> Any:
    """A cosine from 0.08 to 1 and back."""
    return _raised_cosine(window_length, periodic, dtype, 0.54, 0.46)


@operation("signal.kaiser_window", "KaiserWindow")
def kaiser_window(window_length: Any, beta: Any = 12.0, dtype: Any = dtypes.float32, name: str | None = None) -> Any:
    """Kaiser's window: the larger `beta`, the narrower."""
    return made(_kaiser(size(window_length), beta, _float(dtype)))


def _kaiser(count: int, beta: Any, dtype: torch.dtype) -> torch.Tensor:
    if count == 1:
        return torch.ones(1, dtype=dtype, device=default_device())
    places = torch.arange(count, dtype=torch.float64, device=default_device()) - (count - 1) / 2
    beta = float(tensor(beta)) if not isinstance(beta, (int, float)) else float(beta)
    inside = torch.clamp(1 - torch.square(places / ((count - 1) / 2)), min=0)
    top = torch.special.i0(torch.tensor(beta, dtype=torch.float64, device=places.device))
    return (torch.special.i0(beta * torch.sqrt(inside)) / top).to(dtype)


@operation("signal.kaiser_bessel_derived_window", "KaiserBesselDerivedWindow")
def kaiser_bessel_derived_window(
    window_length: Any, beta: Any = 12.0, dtype: Any = dtypes.float32, name: str | None = None
) -> Any:
    """Kaiser's window summed up, so that halves that overlap add to 1 in squares."""
    half = size(window_length) // 2
    sums = torch.cumsum(_kaiser(half + 1, beta, torch.float64), 0)
    rising = torch.sqrt(sums[:-1] / sums[-1])
    return made(torch.cat([rising, rising.flip(0)]).to(_float(dtype)))


@operation("signal.vorbis_window", "VorbisWindow")
def vorbis_window(window_length: Any, dtype: Any = dtypes.float32, name: str | None = None) -> Any:
    """The window of Vorbis: sin(pi / 2 * sin(...) ** 2)."""
    count = size(window_length)
    places = torch.arange(count, dtype=torch.float64, device=default_device()) + 0.5
    inner = torch.square(torch.sin(math.pi / count * places))
    return made(torch.sin(math.pi / 2 * inner).to(_float(dtype)))


__all__ = ["hamming_window", "hann_window", "kaiser_bessel_derived_window", "kaiser_window", "vorbis_window"]
