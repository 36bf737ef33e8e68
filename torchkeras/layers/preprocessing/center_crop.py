"""CenterCrop: the middle of images."""

from __future__ import annotations

from typing import Any

from torch import Tensor

from torchkeras.layers.preprocessing.image_layer import ImageLayer, check_size
from torchkeras.ops.aspect_crop import resize_keeping_aspect


class CenterCrop(ImageLayer):
    """Cuts out the middle; an image that is too small is enlarged, without distortion.

    Args:
        height, width: the size of the middle.
    """

    def __init__(self, height: int, width: int, data_format: str | None = None, **kwargs: Any) -> None:
        super().__init__(data_format=data_format, **kwargs)
        self.height = check_size(height, "height", self.name)
        self.width = check_size(width, "width", self.name)

    def call(self, inputs: Tensor) -> Tensor:
        return self._on_batch(inputs, False)

    def _changed(self, images: Tensor, training: bool) -> Tensor:
        spare_height, spare_width = images.shape[1] - self.height, images.shape[2] - self.width
        if spare_height < 0 or spare_width < 0:
            return resize_keeping_aspect(images, (self.height, self.width), "bilinear")
        top, left = spare_height // 2, spare_width // 2
        return images[:, top : top + self.height, left : left + self.width]

    def compute_output_shape(self, input_shape: Any) -> Any:
        return self._with_size(input_shape, self.height, self.width)

    def get_config(self) -> dict[str, Any]:
        return super().get_config() | {"height": self.height, "width": self.width} | self._format_config()
