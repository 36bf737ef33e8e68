"""tf.signal: overlapping parts of signals, and their transforms."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch.nn import functional

from torchkeras.tensorflow import dtypes
from torchkeras.tensorflow.arguments import COMPLEX, axis_of, invalid, of_dtypes, size
from torchkeras.tensorflow.convert import made, tensor
from torchkeras.tensorflow.operation import operation
from torchkeras.tensorflow.signal.windows import hann_window

Window = Callable[..., Any] | None


def framed(x: torch.Tensor, length: int, step: int, pad_end: bool, pad_value: Any, axis: int) -> torch.Tensor:
    """The parts along an axis, which becomes two: which part, and where in it."""
    if length < 1 or step < 1:
        invalid(f"frame_length and frame_step must be positive: {length}, {step}", "Frame")
    x = x.movedim(axis, -1)
    total = x.shape[-1]
    if pad_end:
        count = -(-total // step)
        missing = max(0, length + step * (count - 1) - total)
        x = torch.cat([x, x.new_full((*x.shape[:-1], missing), pad_value)], -1)
    else:
        count = max(0, 1 + (total - length) // step)
    if not count:
        return x.new_zeros((*x.shape[:-1], 0, length)).movedim((-2, -1), (axis, axis + 1))
    return x.unfold(-1, length, step)[..., :count, :].movedim((-2, -1), (axis, axis + 1))


@operation("signal.frame", "Frame")
def frame(
    signal: Any,
    frame_length: Any,
    frame_step: Any,
    pad_end: bool = False,
    pad_value: Any = 0,
    axis: Any = -1,
    name: str | None = None,
) -> Any:
    """Overlapping parts of an axis, which becomes two.

    Args:
        signal: the values.
        frame_length: of a part.
        frame_step: how far apart the parts start.
        pad_end: also give the last parts, filled up.
        pad_value: what with.
        axis: along which axis.
    """
    x = tensor(signal)
    value = pad_value if isinstance(pad_value, (int, float)) else tensor(pad_value).item()
    place = axis_of(axis, x.dim(), "Frame")
    return made(framed(x, size(frame_length), size(frame_step), pad_end, value, place).clone())


def added(frames: torch.Tensor, step: int) -> torch.Tensor:
    """The signal that parts add up to."""
    if frames.dim() < 2:
        raise ValueError(f"signal must have rank at least 2. Received: shape {tuple(frames.shape)}")
    count, length = frames.shape[-2:]
    total = (count - 1) * step + length if count else 0
    places = torch.arange(count, device=frames.device)[:, None] * step + torch.arange(length, device=frames.device)
    out = frames.new_zeros((*frames.shape[:-2], total))
    return out.index_add(-1, places.reshape(-1), frames.reshape(*frames.shape[:-2], count * length))


@operation("signal.overlap_and_add", "OverlapAndAdd")
def overlap_and_add(signal: Any, frame_step: Any, name: str | None = None) -> Any:
    """The signal that overlapping parts (..., parts, length) add up to."""
    return made(added(tensor(signal), size(frame_step)))


def weights(window_fn: Callable[..., Any], length: int, like: torch.Tensor) -> torch.Tensor:
    """The weights of a part of this length, of the signal's dtype and on its device."""
    return tensor(window_fn(length, dtype=dtypes.of_torch(like.dtype))).to(like.device)


def _power_of_two(length: int) -> int:
    return 1 << max(length - 1, 0).bit_length()


@operation("signal.stft", "STFT")
def stft(
    signals: Any,
    frame_length: Any,
    frame_step: Any,
    fft_length: Any = None,
    window_fn: Window = hann_window,
    pad_end: bool = False,
    name: str | None = None,
) -> Any:
    """The Fourier transforms of overlapping parts of the last axis.

    Args:
        signals: real numbers.
        frame_length: of a part.
        frame_step: how far apart the parts start.
        fft_length: of a transform: the next power of two unless given.
        window_fn: gives the weights of a part, from its length and `dtype`; None for none.
        pad_end: also give the last parts, filled up with zeros.
    """
    x = tensor(signals)
    length = size(frame_length)
    parts = framed(x, length, size(frame_step), pad_end, 0, x.dim() - 1)
    if window_fn is not None:
        parts = parts * weights(window_fn, length, x)
    return made(torch.fft.rfft(parts, _power_of_two(length) if fft_length is None else size(fft_length)))


@operation("signal.inverse_stft", "InverseSTFT")
def inverse_stft(
    stfts: Any,
    frame_length: Any,
    frame_step: Any,
    fft_length: Any = None,
    window_fn: Window = hann_window,
    name: str | None = None,
) -> Any:
    """The signal that has these transforms; exact with `window_fn=inverse_stft_window_fn(frame_step)`."""
    x = of_dtypes(stfts, COMPLEX, "IRFFT").as_subclass(torch.Tensor)
    length = size(frame_length)
    whole = _power_of_two(length) if fft_length is None else size(fft_length)
    parts = torch.fft.irfft(x, whole)[..., :length]
    parts = functional.pad(parts, (0, length - parts.shape[-1]))
    if window_fn is not None:
        parts = parts * weights(window_fn, length, parts)
    return made(added(parts, size(frame_step)))


def inverse_stft_window_fn(
    frame_step: Any, forward_window_fn: Callable[..., Any] = hann_window, name: str | None = None
) -> Callable[..., Any]:
    """The window with which `inverse_stft` gives back what `stft` had, for a step and the window it had."""

    def inverse_window(frame_length: Any, dtype: Any) -> Any:
        length, step = size(frame_length), size(frame_step)
        forward = tensor(forward_window_fn(length, dtype=dtype))
        overlaps = -(-length // step)
        squares = functional.pad(torch.square(forward), (0, overlaps * step - length))
        sums = squares.reshape(overlaps, step).sum(0).repeat(overlaps)[:length]
        return made(forward / sums)

    return inverse_window


__all__ = ["frame", "inverse_stft", "inverse_stft_window_fn", "overlap_and_add", "stft"]
