"""LeakyReLU: a small slope below zero."""

from __future__ import annotations

from typing import Any

import torch.nn.functional as F
from torch import Tensor

from torchkeras.layers.activation.elementwise import ElementwiseActivation


class LeakyReLU(ElementwiseActivation):
    """`x` if positive, else `alpha * x`.

    Args:
        alpha: the slope below zero; 0.3 unless given. Keras 3's name is `negative_slope`.
        negative_slope: the same as `alpha`.
    """

    def __init__(self, alpha: float = 0.3, *, negative_slope: float | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.alpha = self._number(alpha if negative_slope is None else negative_slope, "alpha")

    @property
    def negative_slope(self) -> float:
        return self.alpha

    def activate(self, x: Tensor) -> Tensor:
        return F.leaky_relu(x, self.alpha)

    def get_config(self) -> dict[str, Any]:
        return super().get_config() | {"alpha": self.alpha}
