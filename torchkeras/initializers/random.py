"""Initializers that draw from one given distribution: RandomNormal, TruncatedNormal, RandomUniform.

With a seed, an initializer gives the same values at every call, as Keras's do. Without one, it draws from torch's
global generator, so that `torch.manual_seed` makes a program repeatable.
"""

from __future__ import annotations

import math
from typing import Any

import torch
from torch import Tensor

from torchkeras.core.dtypes import torch_dtype
from torchkeras.core.kinds import public
from torchkeras.core.seeds import generator
from torchkeras.initializers.initializer import Initializer, drawing_dtype, float_dtype, wanted_shape

Shape = tuple[int, ...]

#: The part of a normal distribution within two standard deviations, less what rounding could add.
_WITHIN_TWO = math.erf(math.sqrt(2)) - 1e-7


def normal(shape: Shape, mean: float, stddev: float, dtype: torch.dtype, seed: int | None) -> Tensor:
    """Normally distributed values."""
    drawn = torch.empty(shape, dtype=drawing_dtype(dtype), device="cpu")
    return drawn.normal_(mean, stddev, generator=generator(seed)).to(dtype)


def truncated_normal(shape: Shape, mean: float, stddev: float, dtype: torch.dtype, seed: int | None) -> Tensor:
    """Normally distributed values, none further than two standard deviations from the mean."""
    drawn = torch.empty(shape, dtype=drawing_dtype(dtype), device="cpu")
    # The inverse of the distribution function, at even steps: an order of magnitude faster than to draw again
    # what lies outside, which is how torch's trunc_normal_ does it.
    drawn.uniform_(-_WITHIN_TWO, _WITHIN_TWO, generator=generator(seed)).erfinv_().mul_(math.sqrt(2) * stddev)
    return (drawn.add_(mean) if mean else drawn).to(dtype)


def uniform(shape: Shape, low: float, high: float, dtype: torch.dtype, seed: int | None) -> Tensor:
    """Evenly distributed values from `low` up to, not including, `high`."""
    drawn = torch.empty(shape, dtype=drawing_dtype(dtype), device="cpu")
    return drawn.uniform_(low, high, generator=generator(seed)).to(dtype)


class RandomNormal(Initializer):
    """Normally distributed values.

    Args:
        mean: of the values.
        stddev: the standard deviation of the values.
        seed: an integer, for the same values at every call.
    """

    def __init__(self, mean: float = 0.0, stddev: float = 0.05, seed: int | None = None) -> None:
        self.mean, self.stddev, self.seed = mean, stddev, seed

    @public
    def __call__(self, shape: Any, dtype: Any = None, **kwargs: Any) -> Tensor:
        return normal(wanted_shape(shape, kwargs), self.mean, self.stddev, float_dtype(dtype), self.seed)

    def get_config(self) -> dict[str, Any]:
        return {"mean": self.mean, "stddev": self.stddev, "seed": self.seed}


class TruncatedNormal(Initializer):
    """Normally distributed values; what falls further than two standard deviations from the mean is drawn anew.

    Args:
        mean: of the values.
        stddev: the standard deviation before the ends are cut off.
        seed: an integer, for the same values at every call.
    """

    def __init__(self, mean: float = 0.0, stddev: float = 0.05, seed: int | None = None) -> None:
        self.mean, self.stddev, self.seed = mean, stddev, seed

    @public
    def __call__(self, shape: Any, dtype: Any = None, **kwargs: Any) -> Tensor:
        return truncated_normal(wanted_shape(shape, kwargs), self.mean, self.stddev, float_dtype(dtype), self.seed)

    def get_config(self) -> dict[str, Any]:
        return {"mean": self.mean, "stddev": self.stddev, "seed": self.seed}


class RandomUniform(Initializer):
    """Evenly distributed values; whole numbers for an integer dtype.

    Args:
        minval: the lower bound, included.
        maxval: the upper bound, not included.
        seed: an integer, for the same values at every call.
    """

    def __init__(self, minval: float = -0.05, maxval: float = 0.05, seed: int | None = None) -> None:
        self.minval, self.maxval, self.seed = minval, maxval, seed

    @public
    def __call__(self, shape: Any, dtype: Any = None, **kwargs: Any) -> Tensor:
        wanted, kind = wanted_shape(shape, kwargs), torch_dtype(dtype)
        if kind.is_floating_point:
            return uniform(wanted, self.minval, self.maxval, kind, self.seed)
        if kind is torch.bool or kind.is_complex:
            raise ValueError(f"Expected float or integer dtype, got {str(kind).removeprefix('torch.')}.")
        low, high = int(self.minval), int(self.maxval)
        if low >= high:
            raise ValueError(
                f"RandomUniform needs whole numbers minval < maxval for an integer dtype. "
                f"Received: minval={self.minval}, maxval={self.maxval}"
            )
        return torch.randint(low, high, wanted, dtype=kind, device="cpu", generator=generator(self.seed))

    def get_config(self) -> dict[str, Any]:
        return {"minval": self.minval, "maxval": self.maxval, "seed": self.seed}
