"""What the activation layers that look at each value by itself share."""

from __future__ import annotations

import math
from typing import Any

from torch import Tensor

from torchkeras.layers.base import Layer


class ElementwiseActivation(Layer):
    """A layer whose output has its input's shape and mask; a subclass says what to do with the values in `activate`."""

    supports_masking = True

    def activate(self, x: Tensor) -> Tensor:
        raise NotImplementedError

    def call(self, inputs: Tensor) -> Tensor:
        compute = self._dtype_policy.compute
        return self.activate(inputs if inputs.dtype is compute else inputs.to(compute))

    def compute_output_shape(self, input_shape: Any) -> Any:
        return input_shape

    def _number(self, value: Any, what: str, least: float = -math.inf) -> float:
        """An argument as a float, or a ValueError that says what is wrong with it."""
        try:
            number = float(value)
        except (TypeError, ValueError):
            number = math.nan
        if not number >= least:
            limits = "" if least == -math.inf else f" that is {least:g} or greater"
            raise ValueError(
                f"The {what} of layer {self.name!r} ({type(self).__name__}) must be a number{limits}. "
                f"Received: {what}={value!r}"
            )
        return number
