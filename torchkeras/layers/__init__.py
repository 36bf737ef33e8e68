"""Keras's layers, each around the torch module that does its work."""

from torchkeras.core.registry import Family
from torchkeras.layers.base import Layer
from torchkeras.layers.core.activation import Activation
from torchkeras.layers.core.dense import Dense
from torchkeras.layers.input_layer import Input, InputLayer
from torchkeras.layers.input_spec import InputSpec
from torchkeras.layers.reshaping.flatten import Flatten
from torchkeras.layers.torch_module import TorchModuleWrapper

__all__ = ["Activation", "Dense", "Flatten", "Input", "InputLayer", "InputSpec", "Layer", "TorchModuleWrapper"]

FAMILY = Family("layer", "keras.layers", {n: globals()[n] for n in __all__ if n not in ("Input", "InputSpec", "Layer")})
