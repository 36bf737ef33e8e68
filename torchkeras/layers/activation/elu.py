"""ELU: the exponential linear unit."""

from __future__ import annotations

from typing import Any

import torch.nn.functional as F
from torch import Tensor

from torchkeras.layers.activation.elementwise import ElementwiseActivation


class ELU(ElementwiseActivation):
    """`x` if positive, else `alpha * (exp(x) - 1)`.

    Args:
        alpha: what the result tends to, with a minus sign, far below zero.
    """

    def __init__(self, alpha: float = 1.0, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.alpha = self._number(alpha, "alpha")

    def activate(self, x: Tensor) -> Tensor:
        return F.elu(x, self.alpha)

    def get_config(self) -> dict[str, Any]:
        return super().get_config() | {"alpha": self.alpha}
