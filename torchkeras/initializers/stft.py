"""The kernel of a convolution that is a short-time Fourier transform."""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from torch import Tensor

from torchkeras.core.errors import did_you_mean
from torchkeras.core.kinds import public
from torchkeras.initializers.initializer import Initializer, float_dtype, wanted_shape


def _cosines(*weights: float) -> Callable[[Tensor], Tensor]:
    return lambda u: _general_cosine(u, weights)


def _general_cosine(u: Tensor, weights: Any) -> Tensor:
    terms = [float(weight) * torch.cos(k * math.pi * u) for k, weight in enumerate(weights)]
    return torch.stack(terms).sum(0)


def _triang(u: Tensor) -> Tensor:
    length = len(u)
    return 1 - u.abs() * (length - 1) / (length + length % 2)


def _parzen(u: Tensor) -> Tensor:
    r = u.abs() * (len(u) - 1) / len(u)
    return torch.where(r <= 0.5, 1 - 6 * r**2 + 6 * r**3, 2 * (1 - r) ** 3)


def _tukey(u: Tensor, alpha: float = 0.5) -> Tensor:
    if alpha <= 0:
        return torch.ones_like(u)
    to_the_edge = (1 - u.abs()) / min(alpha, 1)
    return 0.5 - 0.5 * torch.cos(math.pi * to_the_edge.clamp(max=1))


def _exponential(u: Tensor, center: float | None = None, tau: float = 1.0) -> Tensor:
    position = _from_the_middle(u) if center is None else torch.arange(len(u), dtype=u.dtype, device="cpu") - center
    return torch.exp(-position.abs() / tau)


def _gaussian(u: Tensor, std: float) -> Tensor:
    return _general_gaussian(u, 1, std)


def _general_gaussian(u: Tensor, p: float, sig: float) -> Tensor:
    return torch.exp(-0.5 * (_from_the_middle(u) / sig).abs() ** (2 * p))


def _kaiser(u: Tensor, beta: float) -> Tensor:
    beta = abs(beta)
    over = beta * (1 - u**2).clamp(min=0).sqrt()
    # Both sides scaled by exp(-beta), which keeps them finite.
    return torch.special.i0e(over) * torch.exp(over - beta) / torch.special.i0e(torch.full_like(u, beta))


def _taylor(u: Tensor, nbar: int = 4, sll: float = 30, norm: bool = True) -> Tensor:
    a2 = (math.acosh(10 ** (sll / 20)) / math.pi) ** 2
    sigma2 = nbar**2 / (a2 + (nbar - 0.5) ** 2)
    orders = range(1, nbar)
    weights = [1.0]
    for m in orders:
        above = math.prod(1 - m**2 / (sigma2 * (a2 + (j - 0.5) ** 2)) for j in orders)
        below = math.prod(1 - m**2 / j**2 for j in orders if j != m)
        weights.append((-1) ** (m + 1) * above / below)
    window = _general_cosine(u * (len(u) - 1) / len(u), weights)
    return window / math.fsum(weights) if norm else window


def _from_the_middle(u: Tensor) -> Tensor:
    return u * (len(u) - 1) / 2


#: Each makes a symmetric window at the points `u`, which run from -1 to 1; further parameters are the window's own.
_WINDOWS: dict[str, Callable[..., Tensor]] = {
    "barthann": lambda u: 0.62 - 0.24 * u.abs() + 0.38 * torch.cos(math.pi * u),
    "bartlett": lambda u: 1 - u.abs(),
    "blackman": _cosines(0.42, 0.5, 0.08),
    "blackmanharris": _cosines(0.35875, 0.48829, 0.14128, 0.01168),
    "bohman": lambda u: (1 - u.abs()) * torch.cos(math.pi * u) + torch.sin(math.pi * u.abs()) / math.pi,
    "boxcar": lambda u: torch.ones_like(u),
    "cosine": lambda u: torch.cos(math.pi * u * (len(u) - 1) / (2 * len(u))),
    "exponential": _exponential,
    "flattop": _cosines(0.21557895, 0.41663158, 0.277263158, 0.083578947, 0.006947368),
    "gaussian": _gaussian,
    "general_cosine": _general_cosine,
    "general_gaussian": _general_gaussian,
    "general_hamming": lambda u, alpha: _general_cosine(u, (alpha, 1 - alpha)),
    "hamming": _cosines(0.54, 0.46),
    "hann": _cosines(0.5, 0.5),
    "kaiser": _kaiser,
    "lanczos": lambda u: torch.sinc(u),
    "nuttall": _cosines(0.3635819, 0.4891775, 0.1365995, 0.0106411),
    "parzen": _parzen,
    "taylor": _taylor,
    "triang": _triang,
    "tukey": _tukey,
}
_PARAMETERS = {name: list(inspect.signature(function).parameters.values())[1:] for name, function in _WINDOWS.items()}
#: Other names that a saved config may have.
_ALIASES = {
    alias: name
    for name, aliases in (
        ("barthann", "brthan bth"),
        ("bartlett", "bart brt"),
        ("blackman", "black blk"),
        ("blackmanharris", "blackharr bkh"),
        ("bohman", "bman bmn"),
        ("boxcar", "box ones rect rectangular"),
        ("cosine", "halfcosine"),
        ("exponential", "poisson"),
        ("flattop", "flat flt"),
        ("gaussian", "gauss gss"),
        ("general_gaussian", "general_gauss ggs"),
        ("hamming", "hamm ham"),
        ("hann", "han"),
        ("kaiser", "ksr"),
        ("lanczos", "sinc"),
        ("nuttall", "nutl nut"),
        ("parzen", "parz par"),
        ("taylor", "taylorwin"),
        ("triang", "triangle tri"),
        ("tukey", "tuk"),
    )
    for alias in aliases.split()
}


def named_window(name: str, length: int, periodic: bool = False, parameters: tuple[Any, ...] = ()) -> Tensor:
    """The window of that name, in float64.

    Args:
        name: one of the names in the error for unknown ones; with `_periodic` or `_symmetric` after it, that counts
            rather than `periodic`.
        length: how many values.
        periodic: whether the window is the first `length` values of the symmetric one of length + 1.
        parameters: what the window itself takes, such as the beta of 'kaiser'.
    """
    plain = name
    for ending in ("_periodic", "_symmetric"):
        if name.endswith(ending):
            plain, periodic = name.removesuffix(ending), ending == "_periodic"
    plain = _ALIASES.get(plain, plain)
    if plain not in _WINDOWS:
        raise ValueError(f"Unknown window: {name!r}.{did_you_mean(name, _WINDOWS)} Known windows: {sorted(_WINDOWS)}.")
    taken = _PARAMETERS[plain]
    if not sum(each.default is inspect.Parameter.empty for each in taken) <= len(parameters) <= len(taken):
        named = ", ".join([repr(plain), *(each.name for each in taken)])
        raise ValueError(
            f"The window {name!r} takes {len(taken)} parameters, but got {len(parameters)}: {parameters}. "
            f"Pass them with the name: window=({named})."
        )
    if length < 2:
        return torch.ones(length, dtype=torch.float64, device="cpu")
    u = torch.linspace(-1, 1, length + bool(periodic), dtype=torch.float64, device="cpu")
    return _WINDOWS[plain](u, *parameters)[:length]


class STFT(Initializer):
    """The real or the imaginary part of a windowed Fourier transform, as the kernel of a 1D convolution.

    The shape is `(frame_length, 1, bins)`, where `bins` is half the length of the transform, plus one.

    Args:
        side: 'real' or 'imag'.
        window: a name (any that SciPy has and that needs no parameters), a name and its parameters (`("kaiser", 8.0)`),
            an array of `frame_length` values, or None.
        scaling: 'density' divides the window by its L2 norm, 'spectrum' by its L1 norm; None leaves it. Without a
            window nothing is scaled.
        periodic: whether a window with a name is periodic rather than symmetric.
    """

    def __init__(
        self, side: str = "real", window: Any = "hann", scaling: str | None = "density", periodic: bool = False
    ) -> None:
        if side not in ("real", "imag"):
            raise ValueError(f"`side` must be 'real' or 'imag'. Received: side={side!r}")
        if scaling not in (None, "density", "spectrum"):
            raise ValueError(f"`scaling` must be 'density', 'spectrum' or None. Received: scaling={scaling!r}")
        self.side = side
        self.window = window
        self.scaling = scaling
        self.periodic = periodic
        if self._is_named():
            self._window(1)  # an unknown name is an error now, not at the first call

    @public
    def __call__(self, shape: Any, dtype: Any = None, **kwargs: Any) -> Tensor:
        wanted, kind = wanted_shape(shape, kwargs), float_dtype(dtype)
        if len(wanted) != 3 or wanted[1] != 1 or wanted[2] < 2:
            raise ValueError(
                f"STFT makes kernels of shape (frame_length, 1, bins) with at least 2 bins. Received: shape={wanted}"
            )
        length, _, bins = wanted
        period = 2 * (bins - 1)
        # Whole turns are taken off while the numbers are whole, so that long frames are as exact as short ones.
        turns = torch.outer(torch.arange(length, device="cpu"), torch.arange(bins, device="cpu")) % period
        angle = turns.double() * (2 * math.pi / period)
        kernel = torch.cos(angle) if self.side == "real" else -torch.sin(angle)
        if self.window is not None:
            window = self._window(length)
            if self.scaling == "density":
                window = window / window.square().sum().sqrt()
            elif self.scaling == "spectrum":
                window = window / window.abs().sum()
            kernel = kernel * window[:, None]
        return kernel[:, None, :].to(kind)

    def _is_named(self) -> bool:
        window = self.window
        return isinstance(window, str) or (
            isinstance(window, (tuple, list)) and len(window) > 0 and isinstance(window[0], str)
        )

    def _window(self, length: int) -> Tensor:
        given = self.window
        if self._is_named():
            name, *parameters = (given,) if isinstance(given, str) else given
            return named_window(name, length, self.periodic, tuple(parameters))
        if isinstance(given, Tensor):
            window = given.detach().to("cpu", torch.float64)
        else:
            window = torch.tensor(np.asarray(given, np.float64), device="cpu")
        if window.shape != (length,):
            raise ValueError(f"`window` must have shape ({length},), one value per step. Received: {window.shape}")
        return window

    def get_config(self) -> dict[str, Any]:
        window = self.window
        return {
            "side": self.side,
            "window": window.tolist() if isinstance(window, (Tensor, np.ndarray)) else window,
            "periodic": self.periodic,
            "scaling": self.scaling,
        }

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> STFT:
        window = config.get("window")
        if isinstance(window, dict):  # an array as Keras saves it
            config = {**config, "window": np.asarray(window["config"]["value"], window["config"]["dtype"])}
        return super().from_config(config)
