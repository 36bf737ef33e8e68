"""Normalization: mean 0 and variance 1."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import torch
from torch import Tensor

from torchkeras.core.allowance import spend
from torchkeras.core.config import epsilon
from torchkeras.core.device import default_device
from torchkeras.core.kinds import bridge
from torchkeras.core.tensors import as_tensor
from torchkeras.core.variable import Variable
from torchkeras.layers.preprocessing.adapted import PreprocessingLayer
from torchkeras.layers.preprocessing.encoding import listed


class Normalization(PreprocessingLayer):
    """`(inputs - mean) / sqrt(variance)`, with both learned from data by `adapt` or given.

    Args:
        axis: the axes that have a mean and a variance for each of their places; None for a single one of each.
        mean, variance: in place of what `adapt` would find; both or neither.
        invert: `inputs * sqrt(variance) + mean` instead.

    Example:
        layer = Normalization()
        layer.adapt(features)
        model = Sequential([layer, Dense(1)])
    """

    adapt_batch_size = 8192
    adapt_mean: Variable
    adapt_variance: Variable
    count: Variable

    def __init__(
        self, axis: Any = -1, mean: Any = None, variance: Any = None, invert: bool = False, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self.axis = () if axis is None else (axis,) if isinstance(axis, int) else tuple(axis)
        for what, value in (("mean", mean), ("variance", variance)):
            if isinstance(value, Variable):
                raise ValueError(f"Normalization does not support passing a Variable for the `{what}` init arg.")
        if (mean is not None) != (variance is not None):
            raise ValueError(
                f"When setting values directly, both `mean` and `variance` must be set. Got mean: {mean} and "
                f"variance: {variance}"
            )
        self.input_mean, self.input_variance = mean, variance
        self.invert = invert
        self.supports_masking = True

    def build(self, input_shape: Any) -> None:
        shape = tuple(input_shape)
        rank = len(shape)
        if any(not -rank <= axis < rank for axis in self.axis):
            raise ValueError(
                f"All `axis` values must be in the range [-ndim, ndim). Found ndim: `{rank}`, axis: {self.axis}"
            )
        kept = sorted(axis % rank for axis in self.axis)
        for axis in kept:
            if shape[axis] is None:
                raise ValueError(
                    f"All `axis` values to be kept must have known shape. Got axis: {self.axis}, input shape: {shape}, "
                    f"with unknown axis at index: {axis}"
                )
        self._reduced = tuple(axis for axis in range(rank) if axis not in kept)
        self._broadcast = tuple(shape[axis] if axis in kept else 1 for axis in range(rank))
        sizes = tuple(shape[axis] for axis in kept)
        dtype = self._dtype_policy.compute
        if self.input_mean is None:
            self.adapt_mean = self._make_weight("mean", ("mean",), sizes, "zeros", dtype, False)
            self.adapt_variance = self._make_weight("variance", ("variance",), sizes, "ones", dtype, False)
            self.count = self._make_weight("count", ("count",), (), "zeros", "int64", False)
            return
        spend(sizes, torch.float64, f"The given statistics of the layer {self.name!r}")
        for name, value in (("mean", self.input_mean), ("variance", self.input_variance)):
            full = np.broadcast_to(np.asarray(listed(value), dtype="float64"), sizes)
            made = torch.from_numpy(full.copy()).to(default_device(), dtype)
            self.register_buffer(f"given_{name}", made, persistent=False)

    # --- learning ---

    def update_state(self, data: Any) -> None:
        if self.input_mean is not None:
            raise ValueError(
                f"Cannot `adapt` a Normalization layer that is initialized with static `mean` and `variance`, you "
                f"passed mean {self.input_mean} and variance {self.input_variance}."
            )
        if not self.built:
            raise RuntimeError("`build` must be called before `update_state`.")
        mean, variance = self.adapt_mean.parameter, self.adapt_variance.parameter
        # In float64, so that it does not matter how the data was cut into batches.
        batch = as_tensor(data).to(mean.device, torch.float64)
        size = math.prod(batch.shape[axis] for axis in self._reduced)
        if not size:
            return
        seen = int(self.count.numpy())
        weight = size / (seen + size)
        batch_variance, batch_mean = (
            torch.var_mean(batch, self._reduced, correction=0) if self._reduced else (torch.zeros_like(batch), batch)
        )
        before, spread = mean.double(), variance.double()
        total = before * (1 - weight) + batch_mean * weight
        spread = (spread + (before - total) ** 2) * (1 - weight) + (batch_variance + (batch_mean - total) ** 2) * weight
        mean.copy_(total)
        variance.copy_(spread)
        self.count.assign(seen + size)

    def reset_state(self) -> None:
        if self.input_mean is not None or not self.built:
            return
        for variable, value in ((self.adapt_mean, 0.0), (self.adapt_variance, 1.0), (self.count, 0)):
            with torch.no_grad():
                variable.parameter.fill_(value)

    # --- using it ---

    def _statistic(self, name: str) -> Tensor:
        found = self._buffers[name if self.input_mean is None else f"given_{name}"]
        assert found is not None
        return found.reshape(self._broadcast)

    @property
    def mean(self) -> Any:
        """The mean, in a shape that goes with the inputs."""
        return _lent(self._statistic("mean"))

    @property
    def variance(self) -> Any:
        """The variance, in a shape that goes with the inputs."""
        return _lent(self._statistic("variance"))

    def call(self, inputs: Tensor) -> Tensor:
        x = inputs.to(self._dtype_policy.compute)
        mean = self._statistic("mean")
        deviation = self._statistic("variance").sqrt().clamp(min=epsilon())
        return mean + x * deviation if self.invert else (x - mean) / deviation

    def compute_output_shape(self, input_shape: Any) -> Any:
        return input_shape

    def get_config(self) -> dict[str, Any]:
        return super().get_config() | {
            "axis": tuple(self.axis),
            "invert": self.invert,
            "mean": listed(self.input_mean),
            "variance": listed(self.input_variance),
        }


def _lent(value: Tensor) -> Any:
    return bridge.lend(value) if bridge.active else value
