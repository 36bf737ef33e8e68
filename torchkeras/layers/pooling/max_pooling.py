"""Max pooling: the largest value of each window."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from torchkeras.layers.pooling.by_axes import max_pool_by_axes, worth_it
from torchkeras.layers.pooling.pooling import Pooling


class MaxPooling(Pooling):
    """The base of the three max poolings. Of equal values the first has the gradient, as in TensorFlow."""

    keeps_dtype = True
    _takes_largest = True

    def call(self, inputs: Tensor) -> Tensor:
        if inputs.is_floating_point():
            return super().call(inputs)
        # torch's kernels do not take all integers everywhere; float64 holds them exactly up to 2**53.
        return super().call(inputs.double()).to(inputs.dtype)

    def _pool(self, x: Tensor, padding: tuple[int, ...], ceil: bool) -> Tensor:
        if x.requires_grad and torch.is_grad_enabled():
            return self._kernel(x, padding, ceil)
        if worth_it(x, self.pool_size, self.strides) and not any(padding) and not (ceil and self._runs_over(x)):
            return max_pool_by_axes(x, self.pool_size, self.strides)
        return self._kernel(x, padding, ceil)

    def _runs_over(self, x: Tensor) -> bool:
        """Whether the last windows run over the far edge."""
        return any((n - size) % stride for n, size, stride in zip(x.shape[2:], self.pool_size, self.strides))

    def _kernel(self, x: Tensor, padding: tuple[int, ...], ceil: bool) -> Tensor:
        """torch's own."""
        raise NotImplementedError


class MaxPooling1D(MaxPooling):
    """The largest value of each window of a signal (batch, steps, channels).

    Example: `MaxPooling1D(2)` halves the number of steps.
    """

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

    def _kernel(self, x: Tensor, padding: tuple[int, ...], ceil: bool) -> Tensor:
        if self._first:
            return torch.max_pool1d(x, self.pool_size, self.strides, padding, 1, ceil)
        # As an image one pixel high: torch has a channels_last kernel for these only.
        size, strides = (1, *self.pool_size), (1, *self.strides)
        return torch.max_pool2d(x.unsqueeze(2), size, strides, (0, *padding), 1, ceil).squeeze(2)


class MaxPooling2D(MaxPooling):
    """The largest value of each window of an image (batch, height, width, channels).

    Example: `MaxPooling2D((2, 2))` halves height and width.
    """

    rank = 2

    def _kernel(self, x: Tensor, padding: tuple[int, ...], ceil: bool) -> Tensor:
        return torch.max_pool2d(x, self.pool_size, self.strides, padding, 1, ceil)


class MaxPooling3D(MaxPooling):
    """The largest value of each window of a volume (batch, depth, height, width, channels)."""

    rank = 3

    def _kernel(self, x: Tensor, padding: tuple[int, ...], ceil: bool) -> Tensor:
        return torch.max_pool3d(x, self.pool_size, self.strides, padding, 1, ceil)
