"""Resizing: images of another size."""

from __future__ import annotations

from typing import Any

import torch.nn.functional as F
from torch import Tensor

from torchkeras.layers.preprocessing.image_layer import ImageLayer, check_interpolation, check_size
from torchkeras.ops.aspect_crop import resize_keeping_aspect
from torchkeras.ops.image_resize import resize


class Resizing(ImageLayer):
    """Resizes images, with the values of `tf.image.resize`.

    Args:
        height, width: the new size.
        interpolation: 'bilinear', 'nearest', 'bicubic', 'area', 'lanczos3', 'lanczos5', 'gaussian' or 'mitchellcubic'.
        crop_to_aspect_ratio: cut off what does not fit the new proportions, instead of distorting.
        pad_to_aspect_ratio: add borders of `fill_value` instead of distorting.
        antialias: when shrinking, let each pixel be a mean over all it covers.
    """

    def __init__(
        self,
        height: int,
        width: int,
        interpolation: str = "bilinear",
        crop_to_aspect_ratio: bool = False,
        pad_to_aspect_ratio: bool = False,
        fill_mode: str = "constant",
        fill_value: float = 0.0,
        antialias: bool = False,
        data_format: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(data_format=data_format, **kwargs)
        self.height = check_size(height, "height", self.name)
        self.width = check_size(width, "width", self.name)
        check_interpolation(interpolation, self.name)
        self.interpolation = interpolation
        self.crop_to_aspect_ratio, self.pad_to_aspect_ratio = crop_to_aspect_ratio, pad_to_aspect_ratio
        if crop_to_aspect_ratio and pad_to_aspect_ratio:
            raise ValueError("Only one of `pad_to_aspect_ratio` & `crop_to_aspect_ratio` can be set to `True`.")
        if fill_mode != "constant":
            raise ValueError(f"`fill_mode` of layer {self.name!r} can only be 'constant'. Received: {fill_mode!r}")
        self.fill_mode, self.fill_value, self.antialias = fill_mode, fill_value, antialias

    def call(self, inputs: Tensor) -> Tensor:
        return self._on_batch(inputs, False)

    def _changed(self, images: Tensor, training: bool) -> Tensor:
        size, method = (self.height, self.width), self.interpolation.lower()
        if self.crop_to_aspect_ratio:
            return resize_keeping_aspect(images, size, method, self.antialias)
        if self.pad_to_aspect_ratio:
            images = self._padded(images)
        return resize(images, size, method, self.antialias)

    def _padded(self, images: Tensor) -> Tensor:
        height, width = images.shape[1:3]
        tall = max(height, int(width * self.height / self.width)) - height
        wide = max(width, int(height * self.width / self.height)) - width
        borders = (0, 0, wide // 2, wide - wide // 2, tall // 2, tall - tall // 2)
        return F.pad(images, borders, value=self.fill_value)

    def compute_output_shape(self, input_shape: Any) -> Any:
        return self._with_size(input_shape, self.height, self.width)

    def get_config(self) -> dict[str, Any]:
        config = {
            "height": self.height,
            "width": self.width,
            "interpolation": self.interpolation,
            "crop_to_aspect_ratio": self.crop_to_aspect_ratio,
        }
        if self.pad_to_aspect_ratio:
            config |= {"pad_to_aspect_ratio": True, "fill_value": self.fill_value}
        if self.antialias:
            config["antialias"] = True
        return super().get_config() | config | self._format_config()
