"""RepeatVector: each sample as a sequence of itself."""

from __future__ import annotations

import operator
from typing import Any

from torch import Tensor

from torchkeras.layers.base import Layer
from torchkeras.layers.input_spec import InputSpec


class RepeatVector(Layer):
    """Repeats (batch, features) to (batch, n, features).

    Args:
        n: how many times.
    """

    keeps_dtype = True

    def __init__(self, n: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        try:
            self.n = operator.index(n)
        except TypeError:
            raise TypeError(f"Expected an integer value for `n` of layer {self.name!r}, got {type(n)}.") from None
        if self.n < 0:
            raise ValueError(f"Expected `n` of layer {self.name!r} not to be negative. Received: n={n}")
        self.input_spec = InputSpec(ndim=2)

    def call(self, inputs: Tensor) -> Tensor:
        # Copied: the expanded view alone would be an output whose rows cannot be written to one by one.
        return inputs.unsqueeze(1).expand(-1, self.n, -1).contiguous()

    def compute_output_shape(self, input_shape: Any) -> Any:
        return (input_shape[0], self.n, input_shape[1])

    def get_config(self) -> dict[str, Any]:
        return super().get_config() | {"n": self.n}
