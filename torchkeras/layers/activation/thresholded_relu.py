"""ThresholdedReLU: nothing up to a threshold, everything above it."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from torchkeras.layers.activation.elementwise import ElementwiseActivation


class ThresholdedReLU(ElementwiseActivation):
    """`x` where it is above `theta`, else 0.

    Args:
        theta: the threshold, 0 or greater.
    """

    def __init__(self, theta: float = 1.0, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.theta = self._number(theta, "theta", 0.0)

    def activate(self, x: Tensor) -> Tensor:
        return torch.threshold(x, self.theta, 0.0)

    def get_config(self) -> dict[str, Any]:
        return super().get_config() | {"theta": self.theta}
