"""Global max pooling: the largest value of each channel."""

from __future__ import annotations

from typing import Any

from torch import Tensor

from torchkeras.layers.pooling.global_pooling import GlobalPooling


class GlobalMaxPooling(GlobalPooling):
    """The base of the three. Equal largest values share the gradient, as in TensorFlow: `amax`, not `max`."""

    keeps_dtype = True
    _takes_largest = True

    def call(self, inputs: Tensor) -> Tensor:
        return inputs.amax(self._axes, self.keepdims)


class GlobalMaxPooling1D(GlobalMaxPooling):
    """The largest value over the steps: (batch, steps, channels) to (batch, channels)."""

    rank = 1

    def __init__(self, data_format: str | None = "channels_last", keepdims: bool = False, **kwargs: Any) -> None:
        super().__init__(data_format, keepdims, **kwargs)


class GlobalMaxPooling2D(GlobalMaxPooling):
    """The largest value over height and width: (batch, height, width, channels) to (batch, channels)."""

    rank = 2


class GlobalMaxPooling3D(GlobalMaxPooling):
    """The largest value over depth, height and width: (batch, depth, height, width, channels) to (batch, channels)."""

    rank = 3
