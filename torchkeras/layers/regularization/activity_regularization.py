"""ActivityRegularization: a penalty on the values that pass."""

from __future__ import annotations

from typing import Any

from torch import Tensor

from torchkeras import regularizers
from torchkeras.layers.base import Layer


class ActivityRegularization(Layer):
    """Passes its inputs on and adds `l1 * sum|x| + l2 * sum(x²)`, divided by the batch, to the loss.

    Args:
        l1: the factor of the absolute values.
        l2: the factor of the squares.
    """

    keeps_dtype = True

    def __init__(self, l1: float = 0.0, l2: float = 0.0, **kwargs: Any) -> None:
        super().__init__(activity_regularizer=regularizers.L1L2(l1=l1, l2=l2), **kwargs)
        self.l1 = l1
        self.l2 = l2
        self.supports_masking = True

    def call(self, inputs: Tensor) -> Tensor:
        return inputs

    def compute_output_shape(self, input_shape: Any) -> Any:
        return input_shape

    def get_config(self) -> dict[str, Any]:
        return super().get_config() | {"l1": self.l1, "l2": self.l2}
