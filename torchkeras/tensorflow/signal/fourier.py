"""tf.signal: Fourier transforms."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch

from torchkeras.tensorflow.arguments import COMPLEX, axes_of, invalid, of_dtypes, sizes
from torchkeras.tensorflow.convert import made, operand, tensor
from torchkeras.tensorflow.operation import operation

_REAL = frozenset({torch.float32, torch.float64})


def _transform(name: str, rank: int, function: Callable[..., torch.Tensor], says: str) -> Callable[..., Any]:
    """A transform of complex numbers along the last axes."""
    kernel = name.upper()

    @operation(f"signal.{name}", kernel, says)
    def apply(input: Any, name: str | None = None) -> Any:
        x = of_dtypes(operand(input, torch.complex64), COMPLEX, kernel)
        if x.dim() < rank:
            invalid(f"Input must have rank of at least {rank} but got: {list(x.size())}", kernel)
        return made(function(x, dim=list(range(-rank, 0))))

    return apply


fft = _transform("fft", 1, torch.fft.fftn, "The Fourier transform along the last axis.")
fft2d = _transform("fft2d", 2, torch.fft.fftn, "The Fourier transform along the last two axes.")
fft3d = _transform("fft3d", 3, torch.fft.fftn, "The Fourier transform along the last three axes.")
ifft = _transform("ifft", 1, torch.fft.ifftn, "The inverse of `fft`.")
ifft2d = _transform("ifft2d", 2, torch.fft.ifftn, "The inverse of `fft2d`.")
ifft3d = _transform("ifft3d", 3, torch.fft.ifftn, "The inverse of `fft3d`.")


def _real_transform(name: str, rank: int, forward: bool, says: str) -> Callable[..., Any]:
    """A transform between real and complex numbers along the last axes, cut or filled with zeros to a length."""
    kernel = name.upper()
    function = torch.fft.rfftn if forward else torch.fft.irfftn

    @operation(f"signal.{name}", kernel, says)
    def apply(input_tensor: Any, fft_length: Any = None, name: str | None = None) -> Any:
        if forward:
            x = tensor(input_tensor, torch.float32)
            if x.dtype not in _REAL:
                raise ValueError(f"{kernel} requires float32 or float64 inputs, got {x.dtype}")
        else:
            x = tensor(of_dtypes(operand(input_tensor, torch.complex64), COMPLEX, kernel))
        if x.dim() < rank:
            raise ValueError(f"Shape {tuple(x.shape)} must have rank at least {rank} [Op:{kernel}]")
        length = None if fft_length is None else sizes(fft_length)
        if length is not None and len(length) != rank:
            invalid(f"fft_length must have shape [{rank}], not [{len(length)}]", kernel)
        return made(function(x, s=length, dim=list(range(-rank, 0))))

    return apply


rfft = _real_transform("rfft", 1, True, "The Fourier transform of real numbers along the last axis.")
rfft2d = _real_transform("rfft2d", 2, True, "The Fourier transform of real numbers along the last two axes.")
rfft3d = _real_transform("rfft3d", 3, True, "The Fourier transform of real numbers along the last three axes.")
irfft = _real_transform("irfft", 1, False, "The inverse of `rfft`.")
irfft2d = _real_transform("irfft2d", 2, False, "The inverse of `rfft2d`.")
irfft3d = _real_transform("irfft3d", 3, False, "The inverse of `rfft3d`.")


def _along(name: str, function: Callable[..., torch.Tensor], says: str) -> Callable[..., Any]:
    """A transform along axes one names."""
    kernel = name.upper()

    @operation(f"signal.{name}", kernel, says)
    def apply(
        input_tensor: Any, fft_length: Any = None, axes: Any = None, norm: Any = None, name: str | None = None
    ) -> Any:
        x = tensor(input_tensor)
        dims = None if axes is None else axes_of(axes, x.dim(), kernel)
        return made(function(x, s=None if fft_length is None else sizes(fft_length), dim=dims, norm=norm))

    return apply


fftnd = _along("fftnd", torch.fft.fftn, "The Fourier transform along axes.")
ifftnd = _along("ifftnd", torch.fft.ifftn, "The inverse of `fftnd`.")
rfftnd = _along("rfftnd", torch.fft.rfftn, "The Fourier transform of real numbers along axes.")
irfftnd = _along("irfftnd", torch.fft.irfftn, "The inverse of `rfftnd`.")


@operation("signal.fftshift", "FFTShift")
def fftshift(x: Any, axes: Any = None, name: str | None = None) -> Any:
    """The frequency 0 in the middle."""
    t = tensor(x)
    return made(torch.fft.fftshift(t, axes_of(axes, t.dim(), "FFTShift")))


@operation("signal.ifftshift", "IFFTShift")
def ifftshift(x: Any, axes: Any = None, name: str | None = None) -> Any:
    """The inverse of `fftshift`."""
    t = tensor(x)
    return made(torch.fft.ifftshift(t, axes_of(axes, t.dim(), "IFFTShift")))


__all__ = [
    "fft", "fft2d", "fft3d", "fftnd", "fftshift", "ifft", "ifft2d", "ifft3d", "ifftnd", "ifftshift", "irfft",
    "irfft2d", "irfft3d", "irfftnd", "rfft", "rfft2d", "rfft3d", "rfftnd",
]  # fmt: skip
