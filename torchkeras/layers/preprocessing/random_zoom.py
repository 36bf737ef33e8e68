"""RandomZoom: images enlarged or made smaller at random."""

from __future__ import annotations

from typing import Any

from torch import Tensor

from torchkeras.layers.preprocessing.random_affine import RandomAffine, rows_of
from torchkeras.layers.preprocessing.random_image_layer import check_bounds, factor_range


class RandomZoom(RandomAffine):
    """In training zooms each image about its centre.

    Args:
        height_factor: a share to zoom out by, below 0 to zoom in: a pair to draw between, or one number for either way.
        width_factor: likewise for the width; None keeps the proportions.
        fill_mode, interpolation, seed, fill_value: see RandomAffine.
    """

    def __init__(
        self,
        height_factor: Any,
        width_factor: Any = None,
        fill_mode: str = "reflect",
        interpolation: str = "bilinear",
        seed: int | None = None,
        fill_value: float = 0.0,
        **kwargs: Any,
    ) -> None:
        super().__init__(fill_mode, interpolation, seed, fill_value, **kwargs)
        self.height_factor, self.width_factor = height_factor, width_factor
        self._heights = factor_range(height_factor, "height_factor", self.name)
        check_bounds(self._heights, "height_factor", self.name, -1.0, 1.0)
        self._widths = None
        if width_factor is not None:
            self._widths = factor_range(width_factor, "width_factor", self.name)
            check_bounds(self._widths, "width_factor", self.name, -1.0)

    def _matrices(self, images: Tensor) -> Tensor:
        height = 1.0 + self._uniform((len(images),), *self._heights, images)
        width = height if self._widths is None else 1.0 + self._uniform((len(images),), *self._widths, images)
        x = (images.shape[2] - 1.0) / 2.0 * (1.0 - width)
        y = (images.shape[1] - 1.0) / 2.0 * (1.0 - height)
        return rows_of(width, 0, x, 0, height, y, like=images)

    def get_config(self) -> dict[str, Any]:
        return super().get_config() | {"height_factor": self.height_factor, "width_factor": self.width_factor}
