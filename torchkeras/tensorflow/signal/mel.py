"""tf.signal: the mel scale, on which steps sound alike."""

from __future__ import annotations

from typing import Any

import torch
from torch.nn import functional

from torchkeras.core.device import default_device
from torchkeras.tensorflow import dtypes
from torchkeras.tensorflow.convert import made, tensor
from torchkeras.tensorflow.operation import operation
from torchkeras.tensorflow.signal.cosine import transformed


def _mel(hertz: torch.Tensor) -> torch.Tensor:
    return 1127.0 * torch.log(1.0 + hertz / 700.0)


@operation("signal.linear_to_mel_weight_matrix", "LinearToMelWeightMatrix")
def linear_to_mel_weight_matrix(
    num_mel_bins: int = 20,
    num_spectrogram_bins: int = 129,
    sample_rate: Any = 8000,
    lower_edge_hertz: float = 125.0,
    upper_edge_hertz: float = 3800.0,
    dtype: Any = dtypes.float32,
    name: str | None = None,
) -> Any:
    """How much of each frequency of a spectrogram is in each band of the mel scale: (frequencies, bands).

    Args:
        num_mel_bins: how many bands.
        num_spectrogram_bins: how many frequencies, from 0 to half the sample rate.
        sample_rate: samples in a second.
        lower_edge_hertz: where the first band begins.
        upper_edge_hertz: where the last one ends.
        dtype: of the result.
    """
    rate = float(tensor(sample_rate)) if isinstance(sample_rate, torch.Tensor) else sample_rate
    wanted = dtypes.as_dtype(dtype)
    if num_mel_bins <= 0:
        raise ValueError(f"num_mel_bins must be positive. Got: {num_mel_bins}")
    if lower_edge_hertz < 0.0:
        raise ValueError(f"lower_edge_hertz must be non-negative. Got: {lower_edge_hertz}")
    if lower_edge_hertz >= upper_edge_hertz:
        raise ValueError(f"lower_edge_hertz {lower_edge_hertz:.1f} >= upper_edge_hertz {upper_edge_hertz:.1f}")
    if rate <= 0.0:
        raise ValueError(f"sample_rate must be positive. Got: {rate}")
    if upper_edge_hertz > rate / 2:
        raise ValueError(f"upper_edge_hertz must not be larger than the Nyquist frequency. Got {upper_edge_hertz}")
    if not wanted.is_floating:
        raise ValueError(f"dtype must be a floating point type. Got: {wanted!r}")
    like: dict[str, Any] = {"dtype": torch.float64, "device": default_device()}
    frequencies = _mel(torch.linspace(0.0, rate / 2.0, num_spectrogram_bins, **like)[1:])[:, None]
    first, last = _mel(torch.tensor([lower_edge_hertz, upper_edge_hertz], **like)).tolist()
    edges = torch.linspace(first, last, num_mel_bins + 2, **like)
    low, middle, high = edges[:-2], edges[1:-1], edges[2:]
    weights = torch.minimum((frequencies - low) / (middle - low), (high - frequencies) / (high - middle))
    # The frequency 0 is in no band.
    return made(functional.pad(torch.clamp(weights, min=0), (0, 0, 1, 0)).to(dtypes.torch_of(wanted)))


@operation("signal.mfccs_from_log_mel_spectrograms", "MFCC")
def mfccs_from_log_mel_spectrograms(log_mel_spectrograms: Any, name: str | None = None) -> Any:
    """Mel-frequency cepstral coefficients: the cosine transform of the logarithms of the bands."""
    x = tensor(log_mel_spectrograms)
    if not x.shape or not x.shape[-1]:
        raise ValueError("num_mel_bins must be positive. Got: 0")
    return made(transformed(x, 2, False) * (2.0 * x.shape[-1]) ** -0.5)


__all__ = ["linear_to_mel_weight_matrix", "mfccs_from_log_mel_spectrograms"]
