"""AlphaDropout: dropout that keeps mean and variance, for networks of selu units."""

from __future__ import annotations

import math
from typing import Any

import torch
from torch import Tensor

from torchkeras.layers.regularization.random_layer import RandomLayer, check_rate

# What selu tends to for very negative inputs: -alpha * scale.
_SATURATION = -1.7580993408473766


class AlphaDropout(RandomLayer):
    """In training sets a share of the values to selu's lower bound, then restores mean and variance.

    Args:
        rate: the share, between 0 and 1.
        noise_shape: the shape of the mask, with 1 for axes that share it and None for the input's size.
        seed: makes the mask reproducible.
    """

    def __init__(self, rate: float, noise_shape: Any = None, seed: int | None = None, **kwargs: Any) -> None:
        super().__init__(seed=seed, **kwargs)
        self.rate = check_rate(rate, self.name)
        self.noise_shape = noise_shape

    def call(self, inputs: Tensor, training: bool | None = None) -> Tensor:
        rate = self.rate
        if not training or not 0 < rate < 1:
            return inputs
        source = self._generator(inputs.device)
        if self.noise_shape is None and source is None:
            return torch.alpha_dropout(inputs, rate, True)
        shape = inputs.shape
        if self.noise_shape is not None:
            shape = [inputs.shape[i] if size is None else size for i, size in enumerate(self.noise_shape)]  # type: ignore[assignment]
        kept = inputs.new_empty(shape).bernoulli_(1.0 - rate, generator=source)
        scale = 1.0 / math.sqrt((1.0 - rate) * (1.0 + rate * _SATURATION * _SATURATION))
        # scale * (x where kept, else the bound) - scale * bound * rate, with kept being 0 or 1
        offset = (1.0 - rate - kept) * (scale * _SATURATION)
        return inputs * kept.mul_(scale) + offset

    def get_config(self) -> dict[str, Any]:
        # tf_keras leaves noise_shape out.
        return super().get_config() | {"rate": self.rate, "seed": self.seed}
