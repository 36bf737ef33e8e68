"""Dropout: zeros at random."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from torchkeras.layers.regularization.random_layer import RandomLayer, check_rate


class Dropout(RandomLayer):
    """In training sets a share of the values to zero and scales the others up, so that the mean stays the same.

    Args:
        rate: the share, between 0 and 1.
        noise_shape: the shape of the mask, with 1 for axes that share it and None for the input's size.
        seed: makes the mask reproducible.
    """

    def __init__(self, rate: float, noise_shape: Any = None, seed: int | None = None, **kwargs: Any) -> None:
        super().__init__(seed=seed, **kwargs)
        self.rate = check_rate(rate, self.name)
        self.noise_shape = noise_shape

    def _get_noise_shape(self, inputs: Tensor) -> Any:
        """The shape of the mask for these inputs, or None for theirs. Subclasses may say otherwise."""
        if self.noise_shape is None:
            return None
        return tuple(inputs.shape[i] if size is None else size for i, size in enumerate(self.noise_shape))

    def call(self, inputs: Tensor, training: bool | None = None) -> Tensor:
        if not training or self.rate == 0:
            return inputs
        shape = self._get_noise_shape(inputs)
        source = self._generator(inputs.device)
        if shape is None and source is None:
            return torch.dropout(inputs, self.rate, True)
        kept = 1.0 - self.rate
        noise = inputs.new_empty(inputs.shape if shape is None else shape)
        noise.bernoulli_(kept, generator=source)
        return inputs * (noise.div_(kept) if kept > 0 else noise)

    def get_config(self) -> dict[str, Any]:
        shape = None if self.noise_shape is None else tuple(self.noise_shape)
        return super().get_config() | {"rate": self.rate, "noise_shape": shape, "seed": self.seed}
