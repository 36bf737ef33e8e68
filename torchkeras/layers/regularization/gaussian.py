"""GaussianNoise and GaussianDropout: normal noise, added or multiplied."""

from __future__ import annotations

import math
from typing import Any

import torch
from torch import Tensor

from torchkeras.layers.regularization.random_layer import RandomLayer, as_number, check_rate


class GaussianNoise(RandomLayer):
    """In training adds normal noise of mean 0.

    Args:
        stddev: the noise's standard deviation.
        seed: makes the noise reproducible.
    """

    def __init__(self, stddev: float, seed: int | None = None, **kwargs: Any) -> None:
        super().__init__(seed=seed, **kwargs)
        number = as_number(stddev)
        if number is None or not number >= 0:
            raise ValueError(
                f"Invalid value received for `stddev` of layer {self.name!r}: expected a number of at least 0. "
                f"Received: stddev={stddev!r}"
            )
        self.stddev = number

    def call(self, inputs: Tensor, training: bool | None = None) -> Tensor:
        if not training or self.stddev == 0:
            return inputs
        noise = torch.empty_like(inputs).normal_(0.0, self.stddev, generator=self._generator(inputs.device))
        return noise.add_(inputs)

    def get_config(self) -> dict[str, Any]:
        return super().get_config() | {"stddev": self.stddev, "seed": self.seed}


class GaussianDropout(RandomLayer):
    """In training multiplies by normal noise of mean 1 and standard deviation sqrt(rate / (1 - rate)).

    Args:
        rate: what the rate of a Dropout with the same variance would be, between 0 and 1.
        seed: makes the noise reproducible.
    """

    def __init__(self, rate: float, seed: int | None = None, **kwargs: Any) -> None:
        super().__init__(seed=seed, **kwargs)
        self.rate = check_rate(rate, self.name)

    def call(self, inputs: Tensor, training: bool | None = None) -> Tensor:
        if not training or not 0 < self.rate < 1:  # at 1 the noise would be infinite: Keras leaves it out
            return inputs
        stddev = math.sqrt(self.rate / (1.0 - self.rate))
        return inputs * torch.empty_like(inputs).normal_(1.0, stddev, generator=self._generator(inputs.device))

    def get_config(self) -> dict[str, Any]:
        return super().get_config() | {"rate": self.rate, "seed": self.seed}
