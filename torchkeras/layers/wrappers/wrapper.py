"""Wrapper: the base of layers around a layer."""

from __future__ import annotations

from typing import Any

import torch
from torch import nn

from torchkeras.core.registry import deserialize, serialize
from torchkeras.graph.keras_tensor import KerasTensor
from torchkeras.layers.base import Layer
from torchkeras.layers.building import map_shapes
from torchkeras.layers.torch_module import TorchModuleWrapper


class Wrapper(Layer):
    """A layer that does something with another one, `layer`. Not used by itself.

    Args:
        layer: the layer, model or torch module to wrap.

    Its state_dict keys are the inner layer's after `layer.`.
    """

    layer: Any

    def __init__(self, layer: Any, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        if isinstance(layer, nn.Module) and not isinstance(layer, Layer):
            layer = TorchModuleWrapper(layer)
        if not isinstance(layer, Layer):
            raise ValueError(
                f"Layer {layer!r} supplied to the wrapper {self.name!r} is not a supported layer type: expected a "
                f"`keras.layers.Layer` instance."
            )
        self.layer = layer

    def build(self, input_shape: Any = None) -> None:
        # By its shapes: the inner layer's weights are named after the wrapper, as in Keras.
        inputs = map_shapes(lambda shape: KerasTensor(shape, self.layer._dtype_policy.compute), input_shape)
        self.layer._ensure_built((inputs,), {})

    def _output_dtype(self, inputs: Any) -> torch.dtype:
        found: torch.dtype = self.layer._output_dtype(inputs)
        return found

    def get_config(self) -> dict[str, Any]:
        return super().get_config() | {"layer": serialize(self.layer)}

    @classmethod
    def from_config(cls, config: dict[str, Any], custom_objects: dict[str, Any] | None = None) -> Any:
        settings = dict(config)
        return cls(deserialize(settings.pop("layer"), custom_objects), **settings)
