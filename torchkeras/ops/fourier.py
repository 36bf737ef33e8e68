"""Fourier transforms; complex numbers come and go as pairs of a real and an imaginary tensor."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor
from torch.nn import functional

from torchkeras.ops.operation import operation
from torchkeras.ops.promotion import floating, tensor

Pair = tuple[Tensor, Tensor]


def _complex(x: Any) -> Tensor:
    if not isinstance(x, (tuple, list)) or len(x) != 2:
        raise ValueError(
            f"Input `x` should be a tuple of two tensors - real and imaginary. Received: {type(x).__name__}"
        )
    real, imag = tensor(x[0]), tensor(x[1])
    if real.shape != imag.shape:
        raise ValueError(
            f"Both the real and imaginary parts should have the same shape. "
            f"Received: x[0].shape = {tuple(real.shape)}, x[1].shape = {tuple(imag.shape)}"
        )
    if not real.is_floating_point() or not imag.is_floating_point():
        raise ValueError(f"At least one tensor in input `x` is not of type float. Received: {real.dtype}, {imag.dtype}")
    return torch.complex(real, imag)


def _pair(x: Tensor) -> Pair:
    return x.real, x.imag


@operation
def fft(x: Any) -> Pair:
    """The Fourier transform along the last axis."""
    return _pair(torch.fft.fft(_complex(x)))


@operation
def fft2(x: Any) -> Pair:
    """The Fourier transform along the last two axes."""
    return _pair(torch.fft.fft2(_complex(x)))


@operation
def ifft2(x: Any) -> Pair:
    """The inverse of `fft2`."""
    return _pair(torch.fft.ifft2(_complex(x)))


@operation
def rfft(x: Any, fft_length: int | None = None) -> Pair:
    """The Fourier transform of real numbers along the last axis, cut or filled with zeros to a length."""
    return _pair(torch.fft.rfft(floating(x), fft_length))


@operation
def irfft(x: Any, fft_length: int | None = None) -> Tensor:
    """The inverse of `rfft`."""
    return torch.fft.irfft(_complex(x), fft_length)


@operation
def extract_sequences(x: Any, sequence_length: int, sequence_stride: int) -> Tensor:
    """Parts of the last axis of one length, so many steps apart."""
    return tensor(x).unfold(-1, sequence_length, sequence_stride)


@operation
def stft(
    x: Any, sequence_length: int, sequence_stride: int, fft_length: int, window: Any = "hann", center: bool = True
) -> Pair:
    """The Fourier transforms of overlapping parts of a signal.

    Args:
        x: signals along the last axis, float32 or float64.
        sequence_length: the length of a part.
        sequence_stride: how far apart they start.
        fft_length: the length of the transforms, at least that of a part.
        window: 'hann', 'hamming', a tensor to multiply the parts with, or None.
        center: whether the parts are centred on their places, the signal being mirrored at its ends.
    """
    x = tensor(x)
    if x.dtype not in (torch.float32, torch.float64):
        raise TypeError(f"Invalid input type. Expected `float32` or `float64`. Received: input type={x.dtype}")
    weights = _window(window, sequence_length, fft_length, x)
    if center:
        flat = x.reshape(-1, 1, x.shape[-1])
        x = functional.pad(flat, (fft_length // 2, fft_length // 2), mode="reflect").reshape(*x.shape[:-1], -1)
    frames = x.unfold(-1, fft_length, sequence_stride)
    return _pair(torch.fft.rfft(frames if weights is None else frames * weights, fft_length))


def _window(window: Any, length: int, fft_length: int, like: Tensor) -> Tensor | None:
    """The window in the middle of a transform's length."""
    if fft_length < length:
        raise ValueError(
            f"`fft_length` must equal or larger than `sequence_length`. "
            f"Received: sequence_length={length}, fft_length={fft_length}"
        )
    before = (fft_length - length) // 2
    if window is None:
        return None
    if isinstance(window, str):
        makers = {"hann": torch.hann_window, "hamming": torch.hamming_window}
        if window not in makers:
            raise ValueError(
                f"If a string is passed to `window`, it must be one of `'hann'`, `'hamming'`. Received: window={window}"
            )
        values = makers[window](length, periodic=True, dtype=like.dtype, device=like.device)
    else:
        values = tensor(window, like.dtype).to(like.device)
    if values.shape != (length,):
        raise ValueError(
            f"The shape of `window` must be equal to [sequence_length]. Received: window shape={tuple(values.shape)}"
        )
    return functional.pad(values, (before, fft_length - length - before))


@operation
def istft(
    x: Any,
    sequence_length: int,
    sequence_stride: int,
    fft_length: int,
    length: int | None = None,
    window: Any = "hann",
    center: bool = True,
) -> Tensor:
    """The inverse of `stft`: the signal whose parts have these transforms.

    Args:
        x: the transforms, as a pair.
        sequence_length: as in `stft`, and the next two.
        sequence_stride: see there.
        fft_length: see there.
        length: how long the signal is, if it is known.
        window: as in `stft`.
        center: as in `stft`.
    """
    spectrum = _complex(x)
    frames = torch.fft.irfft(spectrum, fft_length)
    weights = _window(window, sequence_length, fft_length, frames)
    if weights is not None:
        frames = frames * _inverse_window(weights, sequence_stride)
    lead, count = frames.shape[:-2], frames.shape[-2]
    total = fft_length + sequence_stride * (count - 1)
    columns = frames.reshape(-1, count, fft_length).transpose(1, 2)
    signal = functional.fold(columns, (1, total), (1, fft_length), stride=(1, sequence_stride)).reshape(*lead, total)
    start = fft_length // 2 if center else 0
    end = start + length if length is not None else total - start
    return signal[..., start:end]


def _inverse_window(weights: Tensor, stride: int) -> Tensor:
    """The window divided, at each of its places, by the sum of squares of all windows that overlap there."""
    size = len(weights)
    overlaps = -(-size // stride)
    squares = functional.pad(torch.square(weights), (0, overlaps * stride - size)).reshape(overlaps, stride).sum(0)
    return weights / squares.repeat(overlaps)[:size]
