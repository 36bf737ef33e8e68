"""Reshape: the values of each sample in another shape."""

from __future__ import annotations

import math
import operator
from typing import Any

from torch import Tensor

from torchkeras.layers.base import Layer


class Reshape(Layer):
    """Gives each sample another shape with as many values.

    Args:
        target_shape: the shape, batch aside; one axis may be -1 and takes what is left.

    Example: `Reshape((7, 7, -1))` makes (batch, 49 * channels) images again.
    """

    keeps_dtype = True

    def __init__(self, target_shape: Any, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        try:
            self.target_shape = tuple(operator.index(size) for size in target_shape)
        except TypeError:
            raise TypeError(
                f"The `target_shape` of layer {self.name!r} must be a tuple of integers without the batch axis, "
                f"with -1 for an axis to be worked out. Received: target_shape={target_shape!r}"
            ) from None
        if min(self.target_shape, default=0) < -1 or self.target_shape.count(-1) > 1:
            raise ValueError(
                f"There must be at most one unknown dimension in the `target_shape` of layer {self.name!r}, given as "
                f"-1. Received: target_shape={self.target_shape}"
            )

    def call(self, inputs: Tensor) -> Tensor:
        try:
            return inputs.reshape(inputs.shape[0], *self.target_shape)
        except RuntimeError:
            # An empty batch does not tell torch what -1 is, and wrong sizes deserve a ValueError: the rule does both.
            return inputs.reshape(self.compute_output_shape(inputs.shape))

    def compute_output_shape(self, input_shape: Any) -> Any:
        batch, *sizes = input_shape
        if None in sizes:
            return (batch, *(None if size == -1 else size for size in self.target_shape))
        total, known = math.prod(sizes), math.prod(size for size in self.target_shape if size != -1)
        fits = known != 0 and total % known == 0 if -1 in self.target_shape else total == known
        if not fits:
            raise ValueError(
                f"Layer {self.name!r} cannot reshape: total size of new array must be unchanged, input_shape = {sizes} "
                f"({total} values), output_shape = {list(self.target_shape)} ({known} values, -1 aside)."
            )
        return (batch, *(total // known if size == -1 else size for size in self.target_shape))

    def get_config(self) -> dict[str, Any]:
        return super().get_config() | {"target_shape": self.target_shape}
