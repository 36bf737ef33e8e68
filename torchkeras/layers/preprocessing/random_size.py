"""RandomHeight and RandomWidth: images stretched at random."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from torchkeras.layers.preprocessing.image_layer import check_interpolation
from torchkeras.layers.preprocessing.random_image_layer import RandomImageLayer, check_bounds, factor_range
from torchkeras.ops.image_resize import resize


class _RandomSize(RandomImageLayer):
    """Both: one random size for all images of a batch, so that the output's size is known only when it runs."""

    def __init__(self, factor: Any, interpolation: str = "bilinear", seed: int | None = None, **kwargs: Any) -> None:
        super().__init__(seed=seed, **kwargs)
        self.factor = factor
        self._bounds = factor_range(factor, "factor", self.name)
        check_bounds(self._bounds, "factor", self.name, -1.0)
        check_interpolation(interpolation, self.name)
        self.interpolation = interpolation

    def _resized(self, images: Tensor, size: tuple[int, int]) -> Tensor:
        return resize(images, size, self.interpolation.lower())

    def _stretched(self, size: int) -> int:
        """A size times a random factor, drawn on the host: it decides shapes."""
        lower, upper = self._bounds
        return int(self._uniform((), 1.0 + lower, 1.0 + upper, torch.empty(0, device="cpu")).item() * size)

    def get_config(self) -> dict[str, Any]:
        own = {"factor": self.factor, "interpolation": self.interpolation, "seed": self.seed}
        return super().get_config() | own


class RandomHeight(_RandomSize):
    """In training stretches all images of a batch to a random height.

    Args:
        factor: a share to add: a pair to draw between, or one number for either way.
        interpolation: how to resize; see Resizing.
        seed: makes the heights reproducible.
    """

    def _changed(self, images: Tensor, training: bool) -> Tensor:
        return self._resized(images, (self._stretched(images.shape[1]), images.shape[2]))

    def compute_output_shape(self, input_shape: Any) -> Any:
        first = self.data_format == "channels_first"
        return self._with_size(input_shape, None, input_shape[-1 if first else -2])


class RandomWidth(_RandomSize):
    """In training stretches all images of a batch to a random width.

    Args:
        factor: a share to add: a pair to draw between, or one number for either way.
        interpolation: how to resize; see Resizing.
        seed: makes the widths reproducible.
    """

    def _changed(self, images: Tensor, training: bool) -> Tensor:
        return self._resized(images, (images.shape[1], self._stretched(images.shape[2])))

    def compute_output_shape(self, input_shape: Any) -> Any:
        first = self.data_format == "channels_first"
        return self._with_size(input_shape, input_shape[-2 if first else -3], None)
