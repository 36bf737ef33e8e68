"""Identity: nothing at all, as a layer."""

from __future__ import annotations

from typing import Any

from torchkeras.core.nest import map_structure
from torchkeras.graph.keras_tensor import KerasTensor
from torchkeras.layers.base import Layer


class Identity(Layer):
    """Gives its input back: a placeholder for a layer. As in Keras 2, a mask does not pass it."""

    takes_texts = True
    keeps_dtype = True

    def call(self, inputs: Any) -> Any:
        return inputs

    def compute_output_shape(self, input_shape: Any) -> Any:
        return input_shape

    def compute_output_spec(self, inputs: Any) -> Any:
        # Of several inputs, each has a dtype of its own.
        return map_structure(lambda t: KerasTensor(t.shape, self._output_dtype(t)), inputs)
