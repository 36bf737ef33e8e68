"""Rescaling: a factor and an offset."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from torchkeras.layers.base import Layer


class Rescaling(Layer):
    """`inputs * scale + offset`.

    Args:
        scale: the factor; a list has one per channel.
        offset: what to add.

    Example: `Rescaling(1.0 / 255)` brings images to 0..1, `Rescaling(1.0 / 127.5, offset=-1)` to -1..1.
    """

    def __init__(self, scale: Any, offset: Any = 0.0, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.scale = scale
        self.offset = offset

    def call(self, inputs: Tensor) -> Tensor:
        x = inputs.to(self._dtype_policy.compute)
        return x * self._number(self.scale, x) + self._number(self.offset, x)

    def _number(self, value: Any, like: Tensor) -> Any:
        if isinstance(value, (int, float)):
            return value
        return torch.as_tensor(value, dtype=like.dtype, device=like.device)

    def compute_output_shape(self, input_shape: Any) -> Any:
        return input_shape

    def get_config(self) -> dict[str, Any]:
        return super().get_config() | {"scale": self.scale, "offset": self.offset}
