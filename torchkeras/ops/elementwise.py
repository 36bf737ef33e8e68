"""Functions of one number, value by value."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from torchkeras.ops.operation import operation
from torchkeras.ops.promotion import floating, tensor

# --- signs and roundings ---


@operation
def absolute(x: Any) -> Tensor:
    """`|x|`."""
    x = tensor(x)
    return x if x.dtype is torch.bool else torch.abs(x)


@operation
def abs(x: Any) -> Tensor:
    """`|x|`; short for `absolute`."""
    x = tensor(x)
    return x if x.dtype is torch.bool else torch.abs(x)


@operation
def fabs(x: Any) -> Tensor:
    """`|x|` as a float."""
    return torch.abs(floating(x))


@operation
def negative(x: Any) -> Tensor:
    """`-x`."""
    return torch.neg(tensor(x))


@operation
def sign(x: Any) -> Tensor:
    """-1, 0 or 1; of a complex number, the one of length 1 in its direction."""
    x = tensor(x)
    signs = torch.sgn(x)
    return torch.where(torch.isnan(x), x, signs) if x.is_floating_point() else signs


@operation
def signbit(x: Any) -> Tensor:
    """Whether the sign is set: of -0.0 it is."""
    x = tensor(x)
    return torch.zeros_like(x, dtype=torch.bool) if x.is_complex() else torch.signbit(x)


@operation
def ceil(x: Any) -> Tensor:
    """The least integer that is not less, as a float."""
    return torch.ceil(floating(x))


@operation
def floor(x: Any) -> Tensor:
    """The greatest integer that is not more, as a float."""
    return torch.floor(floating(x))


@operation
def round(x: Any, decimals: int = 0) -> Tensor:
    """To the nearest number of so many decimals; halves to the even one."""
    x = tensor(x)
    if x.is_floating_point():
        return torch.round(x, decimals=decimals)
    return x if decimals >= 0 else torch.round(x.double(), decimals=decimals).to(x.dtype)


@operation
def trunc(x: Any) -> Tensor:
    """Without its decimals."""
    x = tensor(x)
    return torch.trunc(x) if x.is_floating_point() else x


@operation
def nan_to_num(x: Any, nan: float = 0.0, posinf: float | None = None, neginf: float | None = None) -> Tensor:
    """With numbers in place of nan and of the infinities (the greatest and the least there are, unless told)."""
    x = tensor(x)
    return torch.nan_to_num(x, nan, posinf, neginf) if x.is_floating_point() or x.is_complex() else x


# --- powers, exponentials, logarithms ---


@operation
def square(x: Any) -> Tensor:
    """`x * x`."""
    x = tensor(x)
    return torch.square(x.to(torch.int32) if x.dtype is torch.bool else x)


@operation
def sqrt(x: Any) -> Tensor:
    """The square root."""
    return torch.sqrt(floating(x))


@operation
def rsqrt(x: Any) -> Tensor:
    """One over the square root."""
    return torch.rsqrt(floating(x))


@operation
def cbrt(x: Any) -> Tensor:
    """The cube root, negative of negative numbers."""
    x = floating(x, wide=True)
    return torch.sign(x) * torch.abs(x) ** (1 / 3)


@operation
def reciprocal(x: Any) -> Tensor:
    """`1 / x`."""
    return torch.reciprocal(floating(x))


@operation
def exp(x: Any) -> Tensor:
    """The exponential."""
    return torch.exp(floating(x))


@operation
def exp2(x: Any) -> Tensor:
    """2 to the power of `x`."""
    return torch.exp2(floating(x))


@operation
def expm1(x: Any) -> Tensor:
    """`exp(x) - 1`, exact for small `x`."""
    return torch.expm1(floating(x))


@operation
def log(x: Any) -> Tensor:
    """The natural logarithm."""
    return torch.log(floating(x))


@operation
def log10(x: Any) -> Tensor:
    """The logarithm to base 10."""
    return torch.log10(floating(x))


@operation
def log1p(x: Any) -> Tensor:
    """`log(1 + x)`, exact for small `x`."""
    return torch.log1p(floating(x))


@operation
def log2(x: Any) -> Tensor:
    """The logarithm to base 2."""
    return torch.log2(floating(x))


# --- trigonometry ---


@operation
def sin(x: Any) -> Tensor:
    """The sine."""
    return torch.sin(floating(x))


@operation
def cos(x: Any) -> Tensor:
    """The cosine."""
    return torch.cos(floating(x))


@operation
def tan(x: Any) -> Tensor:
    """The tangent."""
    return torch.tan(floating(x))


@operation
def arcsin(x: Any) -> Tensor:
    """The inverse sine."""
    return torch.asin(floating(x))


@operation
def arccos(x: Any) -> Tensor:
    """The inverse cosine."""
    return torch.acos(floating(x))


@operation
def arctan(x: Any) -> Tensor:
    """The inverse tangent."""
    return torch.atan(floating(x))


@operation
def sinh(x: Any) -> Tensor:
    """The hyperbolic sine."""
    return torch.sinh(floating(x))


@operation
def cosh(x: Any) -> Tensor:
    """The hyperbolic cosine."""
    return torch.cosh(floating(x))


@operation
def tanh(x: Any) -> Tensor:
    """The hyperbolic tangent."""
    return torch.tanh(floating(x))


@operation
def arcsinh(x: Any) -> Tensor:
    """The inverse hyperbolic sine."""
    return torch.asinh(floating(x))


@operation
def arccosh(x: Any) -> Tensor:
    """The inverse hyperbolic cosine."""
    return torch.acosh(floating(x))


@operation
def arctanh(x: Any) -> Tensor:
    """The inverse hyperbolic tangent."""
    return torch.atanh(floating(x))


@operation
def deg2rad(x: Any) -> Tensor:
    """Degrees as radians."""
    return floating(x, wide=True) * (torch.pi / 180)


@operation
def rad2deg(x: Any) -> Tensor:
    """Radians as degrees."""
    return floating(x, wide=True) * (180 / torch.pi)


@operation
def sinc(x: Any) -> Tensor:
    """`sin(pi x) / (pi x)`; 1 at 0."""
    return torch.sinc(floating(x))


# --- special functions ---


@operation
def erf(x: Any) -> Tensor:
    """The error function."""
    return torch.erf(floating(x))


@operation
def erfc(x: Any) -> Tensor:
    """`1 - erf(x)`, exact where that is small."""
    return torch.erfc(floating(x))


@operation
def erfinv(x: Any) -> Tensor:
    """The inverse of the error function."""
    return torch.erfinv(floating(x))


@operation
def i0(x: Any) -> Tensor:
    """The modified Bessel function of the first kind and order 0."""
    return torch.special.i0(floating(x, wide=True))


# --- complex numbers ---


@operation
def real(x: Any) -> Tensor:
    """The real part."""
    return torch.real(tensor(x))


@operation
def imag(x: Any) -> Tensor:
    """The imaginary part; 0 of a real number."""
    x = tensor(x)
    return torch.imag(x) if x.is_complex() else torch.zeros_like(x)


@operation
def angle(x: Any) -> Tensor:
    """The angle of a complex number, in radians."""
    return torch.angle(floating(x))


@operation
def conjugate(x: Any) -> Tensor:
    """With the imaginary part negated."""
    return torch.conj(tensor(x)).resolve_conj()


@operation
def conj(x: Any) -> Tensor:
    """With the imaginary part negated; short for `conjugate`."""
    return torch.conj(tensor(x)).resolve_conj()


@operation
def view_as_complex(x: Any) -> Tensor:
    """Pairs along the last axis, of a real and an imaginary part, as complex numbers."""
    x = floating(x)
    if x.is_complex():
        return x
    if not x.dim() or x.shape[-1] != 2:
        raise ValueError(
            f"Last dimension of input must be size 2 (real and imaginary). Received shape: {tuple(x.shape)}"
        )
    return torch.complex(x[..., 0], x[..., 1])


@operation
def view_as_real(x: Any) -> Tensor:
    """Complex numbers as pairs along a new last axis."""
    x = tensor(x)
    return torch.stack([torch.real(x), torch.imag(x) if x.is_complex() else torch.zeros_like(x)], -1)
