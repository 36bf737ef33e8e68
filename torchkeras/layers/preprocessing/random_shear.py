"""RandomShear: images slanted at random."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from torchkeras.layers.preprocessing.random_affine import RandomAffine, rows_of
from torchkeras.layers.preprocessing.random_image_layer import check_bounds


class RandomShear(RandomAffine):
    """In training slants each image, to either side.

    Args:
        x_factor: how far rows move for each row down: a pair to draw between, or the upper bound; between 0 and 1.
        y_factor: how far columns move for each column to the right.
        fill_mode, interpolation, seed, fill_value: see RandomAffine.
    """

    def __init__(
        self,
        x_factor: Any = 0.0,
        y_factor: Any = 0.0,
        interpolation: str = "bilinear",
        fill_mode: str = "reflect",
        fill_value: float = 0.0,
        data_format: str | None = None,
        seed: int | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(fill_mode, interpolation, seed, fill_value, data_format=data_format, **kwargs)
        self.x_factor = self._range(x_factor, "x_factor")
        self.y_factor = self._range(y_factor, "y_factor")

    def _range(self, factor: Any, what: str) -> tuple[float, float]:
        lower, upper = sorted(factor) if isinstance(factor, (tuple, list)) else (-factor, factor)
        if isinstance(factor, (tuple, list)) or factor < 0:
            check_bounds((lower, upper), what, self.name, 0.0, 1.0)
        check_bounds((upper, upper), what, self.name, 0.0, 1.0)
        return lower, upper

    def _matrices(self, images: Tensor) -> Tensor:
        count = (len(images),)
        side = torch.where(self._uniform(count, 0.0, 1.0, images) > 0.5, -1.0, 1.0)
        y = self._uniform(count, *self.y_factor, images) * side
        x = self._uniform(count, *self.x_factor, images) * side
        return rows_of(1, x, 0, y, 1, 0, like=images)

    def get_config(self) -> dict[str, Any]:
        own = {"x_factor": self._as_given(self.x_factor), "y_factor": self._as_given(self.y_factor)}
        return super().get_config() | own

    def _as_given(self, bounds: tuple[float, float]) -> Any:
        return bounds[1] if bounds[0] == -bounds[1] else tuple(bounds)
