"""UnitNormalization: vectors of length 1."""

from __future__ import annotations

from typing import Any

import torch.nn.functional as F
from torch import Tensor

from torchkeras.layers.base import Layer
from torchkeras.layers.normalization.axes import axis_argument, axis_setting, resolve_axes

# Keras bounds the squared length by 1e-12, torch the length.
_LEAST_LENGTH = 1e-6


class UnitNormalization(Layer):
    """Divides by the Euclidean length over the given axes.

    Args:
        axis: the axis or axes to normalize over.
    """

    def __init__(self, axis: Any = -1, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.axis = axis_argument(axis, self.name)
        self.supports_masking = True

    def build(self, input_shape: Any) -> None:
        resolve_axes(self.axis, len(input_shape), self.name)

    def call(self, inputs: Tensor) -> Tensor:
        return F.normalize(inputs.to(self._dtype_policy.compute), dim=self.axis, eps=_LEAST_LENGTH)

    def compute_output_shape(self, input_shape: Any) -> Any:
        return input_shape

    def get_config(self) -> dict[str, Any]:
        return super().get_config() | {"axis": axis_setting(self.axis)}
