"""Up-sampling: signals, images and volumes enlarged by whole factors."""

from __future__ import annotations

from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from torchkeras.layers.spatial import Spatial, size_tuple
from torchkeras.ops.image_resize import METHODS, resize


class UpSampling(Spatial):
    """The base of the three: each value repeated along each axis."""

    keeps_dtype = True

    def __init__(self, size: Any = 2, data_format: str | None = None, **kwargs: Any) -> None:
        super().__init__(data_format, **kwargs)
        self._factors = size_tuple(size, self.rank, "size", self.name)
        self.size: Any = self._factors
        self._inward = (0, self.rank + 1, *range(1, self.rank + 1))
        self._outward = (0, *range(2, self.rank + 2), 1)

    def call(self, inputs: Tensor) -> Tensor:
        if not inputs.is_floating_point():  # which torch's kernel does not take
            return self._repeat(inputs)
        x = inputs if self._first else inputs.permute(*self._inward)
        # 'nearest-exact' is: the positions of 'nearest' are multiples of 1 / factor, rounded, and some fall short.
        x = F.interpolate(x, scale_factor=self._factors, mode="nearest-exact")
        return x if self._first else x.permute(*self._outward)

    def _repeat(self, x: Tensor) -> Tensor:
        for factor, axis in zip(self._factors, self._axes):
            x = x.repeat_interleave(factor, axis)
        return x

    def _length(self, size: int, which: int) -> int:
        return size * self._factors[which]

    def get_config(self) -> dict[str, Any]:
        return super().get_config() | {"size": self.size, "data_format": self.data_format}


class UpSampling1D(UpSampling):
    """Repeats each step of (batch, steps, channels).

    Args:
        size: how many times.
    """

    rank = 1

    def __init__(self, size: int = 2, **kwargs: Any) -> None:
        super().__init__(size, "channels_last", **kwargs)
        self.size = self._factors[0]

    def call(self, inputs: Tensor) -> Tensor:
        return self._repeat(inputs)

    def get_config(self) -> dict[str, Any]:
        config = super().get_config()
        del config["data_format"]  # Keras has none here
        return config


class UpSampling2D(UpSampling):
    """Enlarges images.

    Args:
        size: the factor, one integer or (rows, columns).
        interpolation: 'nearest', 'bilinear', 'bicubic', 'lanczos3', 'lanczos5', 'gaussian', 'mitchellcubic' or 'area'.

    Example: `UpSampling2D(2, interpolation="bilinear")` doubles height and width.
    """

    rank = 2

    def __init__(
        self, size: Any = (2, 2), data_format: str | None = None, interpolation: str = "nearest", **kwargs: Any
    ) -> None:
        super().__init__(size, data_format, **kwargs)
        self.interpolation = str(interpolation).lower()
        if self.interpolation not in METHODS:
            raise NotImplementedError(
                f"Value not recognized for `interpolation` of layer {self.name!r}: {interpolation!r}. Supported values "
                f"are: {METHODS}"
            )

    def call(self, inputs: Tensor) -> Tensor:
        if self.interpolation == "nearest":
            return super().call(inputs)
        height, width = (inputs.shape[axis] * factor for axis, factor in zip(self._axes, self._factors))
        size, wanted = (height, width), self._wide()
        return resize(inputs.to(wanted), size, self.interpolation, channels_last=not self._first)

    def _wide(self) -> torch.dtype:
        """The type of interpolated images: Keras 2 gives float32 for 16 bits."""
        compute = self._dtype_policy.compute
        return torch.float32 if compute.itemsize < 4 else compute

    def _output_dtype(self, inputs: Any) -> torch.dtype:
        return super()._output_dtype(inputs) if self.interpolation == "nearest" else self._wide()

    def get_config(self) -> dict[str, Any]:
        return super().get_config() | {"interpolation": self.interpolation}


class UpSampling3D(UpSampling):
    """Enlarges volumes by repeating.

    Args:
        size: the factor, one integer or one per axis.
    """

    rank = 3
