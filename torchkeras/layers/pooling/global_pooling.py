"""GlobalPooling: all spatial axes reduced to one value per channel."""

from __future__ import annotations

from typing import Any

from torchkeras.layers.spatial import Spatial


class GlobalPooling(Spatial):
    """The base of global max and average pooling.

    Args:
        keepdims: whether the spatial axes stay, with length 1.
    """

    def __init__(self, data_format: str | None = None, keepdims: bool = False, **kwargs: Any) -> None:
        super().__init__(data_format, **kwargs)
        self.keepdims = keepdims

    def build(self, input_shape: Any) -> None:
        shape = self._checked(input_shape)
        for axis in self._axes:
            if shape[axis] == 0:
                raise ValueError(
                    f"Layer {self.name!r} has nothing to pool. Incorrect input shape {shape} with "
                    f"dimension 0 at reduction axis {axis}."
                )

    def compute_output_shape(self, input_shape: Any) -> Any:
        shape = self._checked(input_shape)
        if self.keepdims:
            return tuple(1 if axis in self._axes else size for axis, size in enumerate(shape))
        return tuple(size for axis, size in enumerate(shape) if axis not in self._axes)

    def get_config(self) -> dict[str, Any]:
        return super().get_config() | {"data_format": self.data_format, "keepdims": self.keepdims}
