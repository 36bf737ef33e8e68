"""tf.math.special and the special functions of tf.math."""

from __future__ import annotations

import math
from typing import Any

import torch

from torchkeras.core.errors import did_you_mean
from torchkeras.tensorflow.arguments import FLOATS, of_dtypes
from torchkeras.tensorflow.convert import made, pair, tensor
from torchkeras.tensorflow.errors import UnimplementedError
from torchkeras.tensorflow.math.arithmetic import checked_pair
from torchkeras.tensorflow.math.elementwise import elementwise
from torchkeras.tensorflow.operation import operation


def _special(name: str, kernel: str, function: Any, says: str) -> Any:
    return elementwise(name, kernel, function, FLOATS, says)


erf = _special("erf", "Erf", torch.erf, "The error function.")
erfc = _special("erfc", "Erfc", torch.erfc, "1 - erf(x), exact for large x.")
erfinv = _special("erfinv", "Erfinv", torch.erfinv, "The inverse of erf.")
erfcinv = _special(
    "erfcinv", "Erfcinv", lambda x: torch.special.ndtri(0.5 * tensor(x)) * -math.sqrt(0.5), "The inverse of erfc."
)
ndtri = _special("ndtri", "Ndtri", torch.special.ndtri, "The quantile of the standard normal distribution.")
lgamma = _special("lgamma", "Lgamma", torch.lgamma, "The logarithm of the absolute value of the gamma function.")
digamma = _special("digamma", "Digamma", torch.digamma, "The derivative of lgamma.")
bessel_i0 = _special("bessel_i0", "BesselI0", torch.special.i0, "The modified Bessel function of order 0.")
bessel_i0e = _special("bessel_i0e", "BesselI0e", torch.special.i0e, "exp(-abs(x)) * bessel_i0(x).")
bessel_i1 = _special("bessel_i1", "BesselI1", torch.special.i1, "The modified Bessel function of order 1.")
bessel_i1e = _special("bessel_i1e", "BesselI1e", torch.special.i1e, "exp(-abs(x)) * bessel_i1(x).")


@operation("math.igamma", "Igamma")
def igamma(a: Any, x: Any, name: str | None = None) -> Any:
    """The lower regularized incomplete gamma function."""
    return made(torch.special.gammainc(*checked_pair(a, x, "Igamma", FLOATS)))


@operation("math.igammac", "Igammac")
def igammac(a: Any, x: Any, name: str | None = None) -> Any:
    """1 - igamma."""
    return made(torch.special.gammaincc(*checked_pair(a, x, "Igammac", FLOATS)))


@operation("math.zeta", "Zeta")
def zeta(x: Any, q: Any, name: str | None = None) -> Any:
    """The Hurwitz zeta function."""
    return made(torch.special.zeta(*checked_pair(x, q, "Zeta", FLOATS)))


@operation("math.polygamma", "Polygamma")
def polygamma(a: Any, x: Any, name: str | None = None) -> Any:
    """The derivative of order `a` of digamma."""
    order, t = (tensor(value) for value in pair(a, x, "Polygamma"))
    of_dtypes(t, FLOATS, "Polygamma")
    sign = torch.where(torch.remainder(order, 2) == 0, -1.0, 1.0).to(t.dtype)
    higher = sign * torch.exp(torch.lgamma(order + 1)) * torch.special.zeta(order + 1, t)
    return made(torch.where(order == 0, torch.digamma(t), higher))


@operation("math.lbeta", "Lbeta")
def lbeta(x: Any, name: str | None = None) -> Any:
    """The logarithm of the beta function of the last axis."""
    t = tensor(of_dtypes(x, FLOATS, "Lgamma"))
    return made(torch.lgamma(t).sum(-1) - torch.lgamma(t.sum(-1)))


@operation("math.betainc", "Betainc")
def betainc(a: Any, b: Any, x: Any, name: str | None = None) -> Any:
    """The regularized incomplete beta function."""
    first, second = pair(a, b, "Betainc")
    third = pair(first, x, "Betainc")[1]
    p, q, t = torch.broadcast_tensors(*(tensor(of_dtypes(v, FLOATS, "Betainc")) for v in (first, second, third)))
    # The continued fraction converges quickly on one side of the mean; on the other I_x(a, b) = 1 - I_{1-x}(b, a).
    p64, q64, t64 = p.double(), q.double(), t.double()
    other = t64 > (p64 + 1) / (p64 + q64 + 2)
    u, v = torch.where(other, q64, p64), torch.where(other, p64, q64)
    z = torch.where(other, 1 - t64, t64)
    front = torch.exp(
        u * torch.log(z) + v * torch.log1p(-z) - (torch.lgamma(u) + torch.lgamma(v) - torch.lgamma(u + v))
    )
    found = front * _fraction(u, v, z) / u
    found = torch.where(z <= 0, 0.0, found)
    found = torch.where(other, 1 - found, found)
    return made(torch.where((t64 < 0) | (t64 > 1) | (p64 <= 0) | (q64 <= 0), torch.nan, found).to(p.dtype))


def _fraction(a: torch.Tensor, b: torch.Tensor, x: torch.Tensor) -> torch.Tensor:
    """The continued fraction of the incomplete beta function, by Lentz's method."""
    tiny = 1e-300
    c = torch.ones_like(x)
    d = 1 / _away(1 - (a + b) * x / (a + 1), tiny)
    result = d
    for m in range(1, 200):
        for term in (
            m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m)),
            -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1)),
        ):
            d = 1 / _away(1 + term * d, tiny)
            c = _away(1 + term / c, tiny)
            result = result * d * c
    return result


def _away(x: torch.Tensor, tiny: float) -> torch.Tensor:
    return torch.where(x.abs() < tiny, tiny, x)


def _further(name: str, kernel: str, function: Any, says: str) -> Any:
    """A function of tf.math.special that torch computes, but without its gradient."""

    def checked(x: Any) -> torch.Tensor:
        if x.requires_grad:
            raise UnimplementedError(
                None,
                None,
                f"tf.math.special.{name} has no gradient here: torch has none for it. Take it of tf.stop_gradient(x).",
            )
        found: torch.Tensor = function(x)
        return found

    return elementwise(f"special.{name}", kernel, checked, FLOATS, says)


bessel_j0 = _further(
    "bessel_j0", "BesselJ0", torch.special.bessel_j0, "The Bessel function of the first kind, order 0."
)
bessel_j1 = _further(
    "bessel_j1", "BesselJ1", torch.special.bessel_j1, "The Bessel function of the first kind, order 1."
)
bessel_y0 = _further(
    "bessel_y0", "BesselY0", torch.special.bessel_y0, "The Bessel function of the second kind, order 0."
)
bessel_y1 = _further(
    "bessel_y1", "BesselY1", torch.special.bessel_y1, "The Bessel function of the second kind, order 1."
)
bessel_k0 = _further(
    "bessel_k0", "BesselK0", torch.special.modified_bessel_k0, "The modified Bessel function K of order 0."
)
bessel_k1 = _further(
    "bessel_k1", "BesselK1", torch.special.modified_bessel_k1, "The modified Bessel function K of order 1."
)
bessel_k0e = _further("bessel_k0e", "BesselK0e", torch.special.scaled_modified_bessel_k0, "exp(x) * bessel_k0(x).")
bessel_k1e = _further("bessel_k1e", "BesselK1e", torch.special.scaled_modified_bessel_k1, "exp(x) * bessel_k1(x).")


def __getattr__(name: str) -> Any:
    if name in ("dawsn", "expint", "fresnel_cos", "fresnel_sin", "spence"):
        raise AttributeError(
            f"tf.math.special.{name} is not there: torch has no such function. `scipy.special` computes it on arrays."
        )
    raise AttributeError(f"module 'tensorflow.math.special' has no attribute {name!r}.{did_you_mean(name, __all__)}")


__all__ = [
    "bessel_i0", "bessel_i0e", "bessel_i1", "bessel_i1e", "bessel_j0", "bessel_j1", "bessel_k0", "bessel_k0e",
    "bessel_k1", "bessel_k1e", "bessel_y0", "bessel_y1",
]  # fmt: skip
