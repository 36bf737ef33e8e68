"""Global average pooling: the mean of each channel."""

from __future__ import annotations

from typing import Any

from torch import Tensor

from torchkeras.layers.pooling.global_pooling import GlobalPooling


class GlobalAveragePooling(GlobalPooling):
    """The base of the three."""

    def call(self, inputs: Tensor) -> Tensor:
        return inputs.to(self._dtype_policy.compute).mean(self._axes, self.keepdims)


class GlobalAveragePooling1D(GlobalAveragePooling):
    """The mean over the steps: (batch, steps, channels) to (batch, channels).

    Steps that a mask leaves out do not count. A sequence with every step left out has no mean: NaN, as in Keras.
    """

    rank = 1

    def __init__(self, data_format: str | None = "channels_last", keepdims: bool = False, **kwargs: Any) -> None:
        super().__init__(data_format, keepdims, **kwargs)
        self.supports_masking = True

    def call(self, inputs: Tensor, mask: Tensor | None = None) -> Tensor:
        if mask is None:
            return super().call(inputs)
        inputs = inputs.to(self._dtype_policy.compute)
        steps = self._axes[0]
        weights = mask.to(inputs.dtype).unsqueeze(1 if self._first else 2)
        return (inputs * weights).sum(steps, self.keepdims) / weights.sum(steps, self.keepdims)

    def compute_mask(self, inputs: Any, mask: Any = None) -> Any:
        return None


class GlobalAveragePooling2D(GlobalAveragePooling):
    """The mean over height and width: (batch, height, width, channels) to (batch, channels)."""

    rank = 2


class GlobalAveragePooling3D(GlobalAveragePooling):
    """The mean over depth, height and width: (batch, depth, height, width, channels) to (batch, channels)."""

    rank = 3
