"""Permute: the axes of each sample in another order."""

from __future__ import annotations

from typing import Any

from torch import Tensor

from torchkeras.layers.base import Layer
from torchkeras.layers.input_spec import InputSpec


class Permute(Layer):
    """Reorders the axes, as a view: nothing is copied.

    Args:
        dims: for each axis of the output which axis of the input it is, counted from 1, the batch aside.

    Example: `Permute((2, 1))` makes (batch, steps, channels) (batch, channels, steps).
    """

    keeps_dtype = True

    def __init__(self, dims: Any, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.dims = tuple(dims)
        if sorted(self.dims) != list(range(1, len(self.dims) + 1)):
            raise ValueError(
                f"Invalid permutation argument `dims` for layer {self.name!r}. The set of indices in `dims` must be "
                f"consecutive and start from 1. Received: dims={dims}"
            )
        self.input_spec = InputSpec(ndim=len(self.dims) + 1)

    def call(self, inputs: Tensor) -> Tensor:
        return inputs.permute(0, *self.dims)

    def compute_output_shape(self, input_shape: Any) -> Any:
        return (input_shape[0], *(input_shape[axis] for axis in self.dims))

    def get_config(self) -> dict[str, Any]:
        return super().get_config() | {"dims": self.dims}
