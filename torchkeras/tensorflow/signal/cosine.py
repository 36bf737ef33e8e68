"""tf.signal: cosine transforms, and the modified one on halves that overlap."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import torch
from torch.nn import functional

from torchkeras.tensorflow.arguments import size
from torchkeras.tensorflow.convert import made, tensor
from torchkeras.tensorflow.operation import operation
from torchkeras.tensorflow.signal.frames import added, framed, weights
from torchkeras.tensorflow.signal.windows import vorbis_window

_INVERSE = {1: 1, 2: 3, 3: 2, 4: 4}


def _check(type: int, n: Any, axis: int, norm: Any, name: str) -> None:
    if axis != -1:
        raise NotImplementedError(f"axis must be -1. Received: axis={axis}")
    if n is not None and n < 1:
        raise ValueError("n should be a positive integer or None")
    if type not in (1, 2, 3, 4):
        raise ValueError(f"Types I, II, III and IV {name} are supported. Received: type={type}")
    if type == 1 and norm == "ortho":
        raise ValueError(f"Normalization is not supported for the Type-I {name}.")
    if norm not in (None, "ortho"):
        raise ValueError(f"Unknown normalization. Expected None or 'ortho', got: {norm}")


def _numbers(value: Any) -> torch.Tensor:
    x = tensor(value)
    if not x.dtype.is_floating_point:
        raise TypeError(f"A cosine transform needs floats. Received: dtype={x.dtype}")
    return x


def _of_length(value: Any, n: int | None) -> torch.Tensor:
    x = _numbers(value)
    return x if n is None else functional.pad(x[..., :n], (0, max(0, n - x.shape[-1])))


def transformed(x: torch.Tensor, type: int, ortho: bool) -> torch.Tensor:
    """The cosine transform of a type along the last axis, by Fourier transforms."""
    n = x.shape[-1]
    if type == 1:
        if n < 2:
            raise ValueError("Type-I DCT requires the dimension to be greater than one.")
        return torch.fft.rfft(torch.cat([x, x[..., 1:-1].flip(-1)], -1)).real
    places = torch.arange(n, dtype=torch.float64, device=x.device)
    if type == 2:
        turn = _turns(-places * math.pi / (2 * n), x)
        result = 2 * (torch.fft.rfft(x, 2 * n)[..., :n] * turn).real
        if ortho:
            scale = torch.full((n,), (2 * n) ** -0.5, dtype=x.dtype, device=x.device)
            scale[0] = 0.5 * n**-0.5
            result = result * scale
        return result
    if type == 3:
        if ortho:
            scale = torch.full((n,), (n / 2) ** 0.5, dtype=x.dtype, device=x.device)
            scale[0] = n**0.5
            x = x * scale
        turn = _turns(places * math.pi / (2 * n), x) * (2.0 * n)
        result = torch.fft.irfft(functional.pad(x * turn, (0, 1)), 2 * n)[..., :n]
        return result / n if ortho else result
    doubled = transformed(functional.pad(x, (0, n)), 2, False)[..., 1::2]
    return doubled * (0.5**0.5 * n**-0.5) if ortho else doubled


def _turns(angles: torch.Tensor, like: torch.Tensor) -> torch.Tensor:
    kind = torch.complex128 if like.dtype is torch.float64 else torch.complex64
    return torch.polar(torch.ones_like(angles), angles).to(kind)


def dct(
    input: Any, type: int = 2, n: Any = None, axis: int = -1, norm: str | None = None, name: str | None = None
) -> Any:
    """The discrete cosine transform of the last axis.

    Args:
        input: real numbers.
        type: 1, 2, 3 or 4.
        n: the length to cut to, or to fill up to with zeros.
        axis: -1.
        norm: None, or 'ortho' for a transform that keeps lengths.
    """
    _check(type, n, axis, norm, "DCT")
    return _dct(input, type, n, norm)


@operation("signal.dct", "DCT")
def _dct(input: Any, type: int, n: int | None, norm: str | None) -> Any:
    return made(transformed(_of_length(input, n), type, norm == "ortho"))


def idct(
    input: Any, type: int = 2, n: Any = None, axis: int = -1, norm: str | None = None, name: str | None = None
) -> Any:
    """The inverse of `dct`, up to a factor of 2 n (2 (n - 1) for type 1) where there is no `norm`, as in TensorFlow."""
    _check(type, n, axis, norm, "IDCT")
    return _idct(input, type, n, norm)


@operation("signal.idct", "IDCT")
def _idct(input: Any, type: int, n: int | None, norm: str | None) -> Any:
    return made(transformed(_of_length(input, n), _INVERSE[type], norm == "ortho"))


@operation("signal.mdct", "MDCT")
def mdct(
    signals: Any,
    frame_length: Any,
    window_fn: Callable[..., Any] | None = vorbis_window,
    pad_end: bool = False,
    norm: str | None = None,
    name: str | None = None,
) -> Any:
    """The modified cosine transform of parts that overlap by half."""
    x = tensor(signals)
    length = size(frame_length)
    if length % 4:
        raise ValueError(f"frame_length must be a multiple of 4. Received: frame_length={frame_length}")
    parts = framed(x, length, length // 2, pad_end, 0, x.dim() - 1)
    if window_fn is not None:
        parts = parts * weights(window_fn, length, x)
    else:
        parts = parts * (1.0 / 2**0.5)
    a, b, c, d = parts.chunk(4, -1)
    folded = torch.cat([-c.flip(-1) - d, a - b.flip(-1)], -1)
    return made(transformed(folded, 4, norm == "ortho"))


@operation("signal.inverse_mdct", "InverseMDCT")
def inverse_mdct(
    mdcts: Any,
    window_fn: Callable[..., Any] | None = vorbis_window,
    norm: str | None = None,
    name: str | None = None,
) -> Any:
    """The inverse of `mdct`."""
    x = tensor(mdcts)
    half = x.shape[-1]
    first, second = transformed(x, 4, norm == "ortho").chunk(2, -1)
    if norm is None:
        first, second = first * (0.5 / half), second * (0.5 / half)
    parts = torch.cat([second, -second.flip(-1), -first.flip(-1), -first], -1)
    if window_fn is not None:
        parts = parts * weights(window_fn, 2 * half, x)
    else:
        parts = parts * (1.0 / 2**0.5)
    return made(added(parts, half))


__all__ = ["dct", "idct", "inverse_mdct", "mdct"]
