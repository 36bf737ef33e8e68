"""ReLU: the rectified linear unit with a ceiling, a slope and a threshold."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from torchkeras import activations
from torchkeras.layers.activation.elementwise import ElementwiseActivation


class ReLU(ElementwiseActivation):
    """`max(x, 0)`; in full, `negative_slope * (x - threshold)` below the threshold and at most `max_value`.

    Args:
        max_value: what the result is cut off at; None for no limit.
        negative_slope: the slope below the threshold.
        threshold: what is not above it counts as negative.
    """

    def __init__(
        self, max_value: float | None = None, negative_slope: float = 0.0, threshold: float = 0.0, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self.max_value = None if max_value is None else self._number(max_value, "max_value", 0.0)
        self.negative_slope = self._number(negative_slope, "negative_slope", 0.0)
        self.threshold = self._number(threshold, "threshold", 0.0)

    def activate(self, x: Tensor) -> Tensor:
        if self.max_value is None and self.negative_slope == 0.0 and self.threshold == 0.0:
            return torch.relu(x)
        return activations.relu(x, self.negative_slope, self.max_value, self.threshold)

    def call_around(self, inputs: Tensor, pooling: Callable[[Tensor], Tensor]) -> Tensor:
        """`pooling(self.call(inputs))` for a pooling that takes the largest values, of which there are fewer."""
        if self.threshold or self.negative_slope:
            return pooling(self.call(inputs))
        return self.call(pooling(inputs))

    def get_config(self) -> dict[str, Any]:
        return super().get_config() | {
            "max_value": self.max_value,
            "negative_slope": self.negative_slope,
            "threshold": self.threshold,
        }
