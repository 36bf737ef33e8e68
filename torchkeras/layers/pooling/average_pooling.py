"""Average pooling: the mean of each window."""

from __future__ import annotations

from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from torchkeras.layers.pooling.pooling import Pooling


class AveragePooling(Pooling):
    """The base of the three average poolings. Padding does not count in the mean."""

    def call(self, inputs: Tensor) -> Tensor:
        return super().call(inputs.to(self._dtype_policy.compute))


class AveragePooling1D(AveragePooling):
    """The mean of each window of a signal (batch, steps, channels)."""

    rank = 1

    def __init__(
        self,
        pool_size: Any = 2,
        strides: Any = None,
        padding: str = "valid",
        data_format: str | None = "channels_last",
        **kwargs: Any,
    ) -> None:
        super().__init__(pool_size, strides, padding, data_format, **kwargs)

    def _pool(self, x: Tensor, padding: tuple[int, ...], ceil: bool) -> Tensor:
        if self._first:
            return torch.avg_pool1d(x, self.pool_size, self.strides, padding, ceil, False)
        # As an image one pixel high: torch has a channels_last kernel for these only.
        size, strides = (1, *self.pool_size), (1, *self.strides)
        return F.avg_pool2d(x.unsqueeze(2), size, strides, (0, *padding), ceil, False).squeeze(2)


class AveragePooling2D(AveragePooling):
    """The mean of each window of an image (batch, height, width, channels)."""

    rank = 2

    def _pool(self, x: Tensor, padding: tuple[int, ...], ceil: bool) -> Tensor:
        return F.avg_pool2d(x, self.pool_size, self.strides, padding, ceil, False)


class AveragePooling3D(AveragePooling):
    """The mean of each window of a volume (batch, depth, height, width, channels)."""

    rank = 3

    def _pool(self, x: Tensor, padding: tuple[int, ...], ceil: bool) -> Tensor:
        if self._first and self._direct(x):
            return F.avg_pool3d(x, self.pool_size, self.strides, padding, ceil, False)
        # avg_pool3d has no channels_last kernel. A box's mean is a mean of means: over height and width of each slice,
        # then over depth. Both are poolings of images, for which views do, and ten times as fast on a CPU.
        depth, *area = zip(self.pool_size, self.strides, padding)
        size, strides, around = zip(*area)
        slices = x.transpose(1, 2)
        means = F.avg_pool2d(slices.flatten(0, 1), size, strides, around, ceil, False)
        means = means.unflatten(0, slices.shape[:2])
        columns = means.flatten(3).transpose(1, 2)
        size, strides, around = zip(depth, (1, 1, 0))
        pooled = F.avg_pool2d(columns, size, strides, around, ceil, False)
        return pooled.unflatten(3, means.shape[3:])

    def _direct(self, x: Tensor) -> bool:
        """Whether avg_pool3d can do it: not in half precision on a CPU, nor where a window is larger than its input."""
        whole = all(size >= window for size, window in zip(x.shape[2:], self.pool_size))
        return whole and x.dtype not in (torch.float16, torch.bfloat16)
