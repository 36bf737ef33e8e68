"""Activation: an activation function as a layer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from torch import Tensor

from torchkeras import activations
from torchkeras.activations.rectifiers import keeps_order
from torchkeras.core.kinds import call_user
from torchkeras.layers.base import Layer


class Activation(Layer):
    """Applies an activation function.

    Args:
        activation: a name such as 'relu', or a function of a tensor.
    """

    keeps_dtype = True  # 'relu' of integers is one of integers

    def __init__(self, activation: Any, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.activation = activations.get(activation)
        self.supports_masking = True

    def call(self, inputs: Tensor) -> Any:
        return call_user(self.activation, inputs)

    def call_around(self, inputs: Tensor, pooling: Callable[[Tensor], Tensor]) -> Tensor:
        """`pooling(self.call(inputs))` for a pooling that takes the largest values, of which there are fewer."""
        if not keeps_order(self.activation):
            return pooling(self.call(inputs))
        found: Tensor = self.activation(pooling(inputs))
        return found

    def compute_output_shape(self, input_shape: Any) -> Any:
        return input_shape

    def get_config(self) -> dict[str, Any]:
        return super().get_config() | {"activation": activations.serialize(self.activation)}
