"""VarianceScaling, and its named cases of Glorot, He and LeCun."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from torch import Tensor

from torchkeras.core.kinds import public
from torchkeras.initializers.initializer import Initializer, float_dtype, wanted_shape
from torchkeras.initializers.random import normal, truncated_normal, uniform

Axes = Sequence[int] | None

_MODES = ("fan_in", "fan_out", "fan_avg")
_DISTRIBUTIONS = ("uniform", "truncated_normal", "untruncated_normal")

#: The standard deviation of a standard normal distribution that is cut off at two on both sides.
_STDDEV_OF_TRUNCATED = 0.87962566103423978


def compute_fans(shape: tuple[int, ...], input_axes: Axes = None, output_axes: Axes = None) -> tuple[int, int]:
    """How many units feed one output and how many one input feeds, for a weight of Keras's shape."""
    if input_axes is not None and output_axes is not None:
        return math.prod(shape[axis] for axis in input_axes), math.prod(shape[axis] for axis in output_axes)
    if len(shape) < 2:
        fan = shape[0] if shape else 1
        return fan, fan
    window = math.prod(shape[:-2])  # 1 for a matrix; a convolution's kernel is (*window, in, out)
    return shape[-2] * window, shape[-1] * window


class VarianceScaling(Initializer):
    """Values whose variance is `scale / n`, where n is the fan of the weight.

    Args:
        scale: a positive number.
        mode: 'fan_in', 'fan_out' or 'fan_avg', the mean of both.
        distribution: 'truncated_normal' (also 'normal'), 'untruncated_normal' or 'uniform'.
        seed: an integer, for the same values at every call.
        input_axes: with `output_axes`, the axes of the weight whose sizes make up the fan in. Else all but the last.
        output_axes: the axes whose sizes make up the fan out.
    """

    def __init__(
        self,
        scale: float = 1.0,
        mode: str = "fan_in",
        distribution: str = "truncated_normal",
        seed: int | None = None,
        input_axes: Axes = None,
        output_axes: Axes = None,
    ) -> None:
        if scale <= 0:
            raise ValueError(f"`scale` must be positive float. Received: scale={scale}.")
        if mode not in _MODES:
            raise ValueError(f"Invalid `mode` argument: {mode!r}. Please use one of {_MODES}.")
        distribution = distribution.lower()
        if distribution == "normal":
            distribution = "truncated_normal"
        if distribution not in _DISTRIBUTIONS:
            raise ValueError(f"Invalid `distribution` argument: {distribution!r}. Please use one of {_DISTRIBUTIONS}.")
        self.scale, self.mode, self.distribution, self.seed = scale, mode, distribution, seed
        self.input_axes, self.output_axes = input_axes, output_axes

    @public
    def __call__(self, shape: Any, dtype: Any = None, **kwargs: Any) -> Tensor:
        wanted, kind = wanted_shape(shape, kwargs), float_dtype(dtype)
        fan_in, fan_out = compute_fans(wanted, self.input_axes, self.output_axes)
        fan = {"fan_in": fan_in, "fan_out": fan_out, "fan_avg": (fan_in + fan_out) / 2}[self.mode]
        variance = self.scale / max(1.0, fan)
        if self.distribution == "uniform":
            limit = math.sqrt(3 * variance)
            return uniform(wanted, -limit, limit, kind, self.seed)
        if self.distribution == "untruncated_normal":
            return normal(wanted, 0.0, math.sqrt(variance), kind, self.seed)
        return truncated_normal(wanted, 0.0, math.sqrt(variance) / _STDDEV_OF_TRUNCATED, kind, self.seed)

    def get_config(self) -> dict[str, Any]:
        settings = {"scale": self.scale, "mode": self.mode, "distribution": self.distribution, "seed": self.seed}
        return settings | self._axes()

    def _axes(self) -> dict[str, Any]:
        # Keras 2 does not know these two, so they are written only where they are set.
        axes = {"input_axes": self.input_axes, "output_axes": self.output_axes}
        return {name: list(value) for name, value in axes.items() if value is not None}


class _Named(VarianceScaling):
    """A VarianceScaling of fixed scale, mode and distribution."""

    _case: tuple[float, str, str]

    def __init__(self, seed: int | None = None, input_axes: Axes = None, output_axes: Axes = None) -> None:
        super().__init__(*self._case, seed, input_axes, output_axes)

    def get_config(self) -> dict[str, Any]:
        return {"seed": self.seed} | self._axes()


class GlorotUniform(_Named):
    """Uniform within ±sqrt(6 / (fan_in + fan_out)); also called Xavier uniform."""

    _case = (1.0, "fan_avg", "uniform")


class GlorotNormal(_Named):
    """Truncated normal with variance 2 / (fan_in + fan_out); also called Xavier normal."""

    _case = (1.0, "fan_avg", "truncated_normal")


class HeUniform(_Named):
    """Uniform within ±sqrt(6 / fan_in)."""

    _case = (2.0, "fan_in", "uniform")


class HeNormal(_Named):
    """Truncated normal with variance 2 / fan_in."""

    _case = (2.0, "fan_in", "truncated_normal")


class LecunUniform(_Named):
    """Uniform within ±sqrt(3 / fan_in)."""

    _case = (1.0, "fan_in", "uniform")


class LecunNormal(_Named):
    """Truncated normal with variance 1 / fan_in."""

    _case = (1.0, "fan_in", "truncated_normal")
