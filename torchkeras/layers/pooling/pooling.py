"""Pooling: windows that slide over the spatial axes."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from torchkeras.layers.spatial import Spatial, narrow, size_tuple


class Pooling(Spatial):
    """The base of max and average pooling.

    It hands a view with the channels first to the kernel, which for NHWC is torch's channels_last format: no copy.

    Args:
        pool_size: the window's size, one integer or one per axis.
        strides: the step between windows; the window's size by default.
        padding: 'valid', or 'same' for as many windows as strides fit into the input. Padding is never the largest
            value and never counts in a mean.
    """

    def __init__(
        self,
        pool_size: Any = 2,
        strides: Any = None,
        padding: str = "valid",
        data_format: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(data_format, **kwargs)
        self.pool_size = size_tuple(pool_size, self.rank, "pool_size", self.name)
        self.strides = self.pool_size if strides is None else size_tuple(strides, self.rank, "strides", self.name)
        self.padding = str(padding).lower()
        if self.padding not in ("valid", "same"):
            raise ValueError(
                f"The `padding` argument of layer {self.name!r} must be 'valid' or 'same'. "
                f"Received: padding={padding!r}"
            )
        self._unpadded = (0,) * self.rank
        self._inward = (0, self.rank + 1, *range(1, self.rank + 1))
        self._outward = (0, *range(2, self.rank + 2), 1)

    def _pool(self, x: Tensor, padding: tuple[int, ...], ceil: bool) -> Tensor:
        """The kernel, for a tensor with the channels first (in its shape; its memory is as the layer's input)."""
        raise NotImplementedError

    def call(self, inputs: Tensor) -> Tensor:
        x = inputs if self._first else inputs.permute(*self._inward)
        same = self.padding == "same"
        padding = self._same_padding(x.shape) if same else self._unpadded
        try:
            x = self._pool(x, padding, same)
        except RuntimeError:
            self.compute_output_shape(inputs.shape)  # has better words for an input smaller than the window
            raise
        if same:
            x = self._without_surplus(x)
        return x if self._first else x.permute(*self._outward)

    # TensorFlow pads the far side by one more where the padding is odd; torch's kernels pad both sides alike.
    # With strides over 1, padding as the near side wants and letting windows run over the far edge (`ceil_mode`) makes
    # the same windows. With a stride of 1, padding one more on both sides makes one window too many, the first.

    def _same_padding(self, shape: torch.Size) -> tuple[int, ...]:
        return tuple(
            window // 2 if stride == 1 else max((-(-size // stride) - 1) * stride + window - size, 0) // 2
            for size, window, stride in zip(shape[2:], self.pool_size, self.strides)
        )

    def _without_surplus(self, x: Tensor) -> Tensor:
        for axis, (window, stride) in enumerate(zip(self.pool_size, self.strides), start=2):
            if stride == 1 and window % 2 == 0:
                x = narrow(x, axis, 1, x.shape[axis] - 1)
        return x

    def _length(self, size: int, which: int) -> int:
        window = 1 if self.padding == "same" else self.pool_size[which]
        return (size - window) // self.strides[which] + 1

    def get_config(self) -> dict[str, Any]:
        return super().get_config() | {
            "pool_size": self.pool_size,
            "strides": self.strides,
            "padding": self.padding,
            "data_format": self.data_format,
        }
