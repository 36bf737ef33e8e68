"""RandomRotation: images turned at random."""

from __future__ import annotations

import math
from typing import Any

from torch import Tensor

from torchkeras.layers.preprocessing.random_affine import RandomAffine, rows_of
from torchkeras.layers.preprocessing.random_image_layer import factor_range


class RandomRotation(RandomAffine):
    """In training turns each image about its centre.

    Args:
        factor: a share of a full turn, counter-clockwise: a pair to draw between, or one number for either way.
        fill_mode, interpolation, seed, fill_value: see RandomAffine.

    Example: `RandomRotation(0.2)` turns by up to 72 degrees either way.
    """

    def __init__(
        self,
        factor: Any,
        fill_mode: str = "reflect",
        interpolation: str = "bilinear",
        seed: int | None = None,
        fill_value: float = 0.0,
        **kwargs: Any,
    ) -> None:
        super().__init__(fill_mode, interpolation, seed, fill_value, **kwargs)
        self.factor = factor
        self.lower, self.upper = factor_range(factor, "factor", self.name)

    def _matrices(self, images: Tensor) -> Tensor:
        angles = self._uniform((len(images),), self.lower * 2 * math.pi, self.upper * 2 * math.pi, images)
        bottom, right = images.shape[1] - 1.0, images.shape[2] - 1.0
        cos, sin = angles.cos(), angles.sin()
        x = (right - (cos * right - sin * bottom)) / 2.0
        y = (bottom - (sin * right + cos * bottom)) / 2.0
        return rows_of(cos, -sin, x, sin, cos, y, like=images)

    def get_config(self) -> dict[str, Any]:
        return super().get_config() | {"factor": self.factor}
