"""Flatten: all axes but the batch as one."""

from __future__ import annotations

import math
from typing import Any

from torch import Tensor

from torchkeras.core.config import check_data_format
from torchkeras.layers.base import Layer
from torchkeras.layers.input_spec import InputSpec


class Flatten(Layer):
    """Flattens the inputs, batch aside. A batch of numbers, (n,), becomes (n, 1).

    Args:
        data_format: 'channels_first' moves the channels last beforehand, so that weights fit both formats.

    Example: `Flatten()` makes (batch, 28, 28) of images (batch, 784).
    """

    keeps_dtype = True

    def __init__(self, data_format: str | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.data_format = check_data_format(data_format)
        self._first = self.data_format == "channels_first"
        self.input_spec = InputSpec(min_ndim=1)

    def call(self, inputs: Tensor) -> Tensor:
        if inputs.dim() == 1:
            return inputs.unsqueeze(1)
        if self._first:
            inputs = inputs.movedim(1, -1)
        return inputs.flatten(1)

    def compute_output_shape(self, input_shape: Any) -> Any:
        rest = input_shape[1:]
        return (input_shape[0], None if None in rest else math.prod(rest))

    def get_config(self) -> dict[str, Any]:
        return super().get_config() | {"data_format": self.data_format}
