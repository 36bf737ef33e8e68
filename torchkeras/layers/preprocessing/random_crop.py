"""RandomCrop: a part of images, at a random place."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from torchkeras.layers.preprocessing.image_layer import check_size
from torchkeras.layers.preprocessing.random_image_layer import RandomImageLayer
from torchkeras.ops.aspect_crop import resize_keeping_aspect


class RandomCrop(RandomImageLayer):
    """In training cuts out a part of all images of a batch, at a random place.

    Otherwise, and where images are too small, they are cropped to the part's proportions and resized.

    Args:
        height, width: the size of the part.
        seed: makes the place reproducible.
    """

    def __init__(self, height: int, width: int, seed: int | None = None, **kwargs: Any) -> None:
        super().__init__(seed=seed, **kwargs)
        self.height = check_size(height, "height", self.name)
        self.width = check_size(width, "width", self.name)

    def call(self, inputs: Tensor, training: bool = True) -> Tensor:
        return self._on_batch(inputs, bool(training))

    def _changed(self, images: Tensor, training: bool) -> Tensor:
        spare_height, spare_width = images.shape[1] - self.height, images.shape[2] - self.width
        if not training or spare_height < 0 or spare_width < 0:
            return resize_keeping_aspect(images, (self.height, self.width), "bilinear")
        rows = self._range(spare_height, self.height, images)
        columns = self._range(spare_width, self.width, images)
        return images.index_select(1, rows).index_select(2, columns)

    def _range(self, spare: int, size: int, like: Tensor) -> Tensor:
        """So many places in a row from a random one on; on the device, so that nothing waits for them."""
        start = torch.randint(0, spare + 1, (1,), generator=self._generator(like.device), device=like.device)
        return start + torch.arange(size, device=like.device)

    def compute_output_shape(self, input_shape: Any) -> Any:
        return self._with_size(input_shape, self.height, self.width)

    def get_config(self) -> dict[str, Any]:
        own = {"height": self.height, "width": self.width, "seed": self.seed}
        return super().get_config() | own
