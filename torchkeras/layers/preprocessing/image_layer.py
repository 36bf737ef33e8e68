"""ImageLayer: what layers that change images share."""

from __future__ import annotations

from typing import Any

from torch import Tensor

from torchkeras.core.config import check_data_format
from torchkeras.layers.base import Layer
from torchkeras.ops.image_resize import METHODS


class ImageLayer(Layer):
    """A layer over images (height, width, channels) or batches of them.

    A subclass changes batches with the channels last in `_changed`; single images and `data_format` are seen to here.

    Args:
        data_format: 'channels_last' (also where it is None) or 'channels_first'.
    """

    def __init__(self, data_format: str | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.data_format = check_data_format(data_format or "channels_last")

    def _changed(self, images: Tensor, training: bool) -> Tensor:
        """A batch of images (batch, height, width, channels) of the layer's dtype, changed."""
        raise NotImplementedError(f"{type(self).__name__} says how images change in `_changed`.")

    def _on_batch(self, inputs: Tensor, training: bool) -> Tensor:
        if inputs.dim() not in (3, 4):
            raise ValueError(
                f"Layer {self.name!r} expects an image (height, width, channels) or a batch of them. Received an "
                f"input of shape {tuple(inputs.shape)}"
            )
        images = inputs.to(self._dtype_policy.compute)
        single, first = images.dim() == 3, self.data_format == "channels_first"
        images = images[None] if single else images
        images = images.permute(0, 2, 3, 1) if first else images
        images = self._changed(images, training).to(self._dtype_policy.compute)
        images = images.permute(0, 3, 1, 2) if first else images
        return images[0] if single else images

    def _with_size(self, input_shape: Any, height: int | None, width: int | None) -> tuple[int | None, ...]:
        """A shape of images with another height and width."""
        shape = list(input_shape)
        at = len(shape) - (2 if self.data_format == "channels_first" else 3)
        shape[at : at + 2] = height, width
        return tuple(shape)

    def _format_config(self) -> dict[str, Any]:
        # Keras 2 has no `data_format` here: only what differs from it is written.
        return {} if self.data_format == "channels_last" else {"data_format": self.data_format}


def check_interpolation(value: str, layer: str) -> str:
    """A way of resizing, in small letters; NotImplementedError for an unknown one."""
    if str(value).lower() not in METHODS:
        raise NotImplementedError(
            f"Value not recognized for `interpolation` of layer {layer!r}: {value!r}. Supported values are: {METHODS}"
        )
    return str(value).lower()


def check_size(value: Any, what: str, layer: str) -> int:
    """A height or width of at least 1."""
    if isinstance(value, bool) or not hasattr(value, "__index__") or value < 1:
        raise ValueError(f"Expected `{what}` of layer {layer!r} to be a positive integer. Received: {what}={value!r}")
    return int(value)
