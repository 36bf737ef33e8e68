"""RandomTranslation: images shifted at random."""

from __future__ import annotations

from typing import Any

from torch import Tensor

from torchkeras.layers.preprocessing.random_affine import RandomAffine, rows_of
from torchkeras.layers.preprocessing.random_image_layer import check_bounds, factor_range


class RandomTranslation(RandomAffine):
    """In training shifts each image.

    Args:
        height_factor: a share of the height, downwards: a pair to draw between, or one number for either way.
        width_factor: a share of the width, to the right.
        fill_mode, interpolation, seed, fill_value: see RandomAffine.
    """

    def __init__(
        self,
        height_factor: Any,
        width_factor: Any,
        fill_mode: str = "reflect",
        interpolation: str = "bilinear",
        seed: int | None = None,
        fill_value: float = 0.0,
        **kwargs: Any,
    ) -> None:
        super().__init__(fill_mode, interpolation, seed, fill_value, **kwargs)
        self.height_factor, self.width_factor = height_factor, width_factor
        self._heights = factor_range(height_factor, "height_factor", self.name)
        self._widths = factor_range(width_factor, "width_factor", self.name)
        check_bounds(self._heights, "height_factor", self.name, -1.0, 1.0)
        check_bounds(self._widths, "width_factor", self.name, -1.0, 1.0)

    def _matrices(self, images: Tensor) -> Tensor:
        down = self._uniform((len(images),), *self._heights, images) * images.shape[1]
        right = self._uniform((len(images),), *self._widths, images) * images.shape[2]
        return rows_of(1, 0, -right, 0, 1, -down, like=images)

    def get_config(self) -> dict[str, Any]:
        return super().get_config() | {"height_factor": self.height_factor, "width_factor": self.width_factor}
