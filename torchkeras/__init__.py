"""torchkeras: Keras, on PyTorch."""

from torchkeras import (
    activations,
    backend,
    callbacks,
    constraints,
    initializers,
    layers,
    losses,
    metrics,
    models,
    optimizers,
    regularizers,
    utils,
)
from torchkeras.core.dtypes import DTypePolicy
from torchkeras.core.variable import Variable
from torchkeras.layers import Input, InputSpec, Layer
from torchkeras.models import Model, Sequential

__version__ = "0.1.0"

__all__ = [
    "DTypePolicy",
    "Input",
    "InputSpec",
    "Layer",
    "Model",
    "Sequential",
    "Variable",
    "activations",
    "backend",
    "callbacks",
    "constraints",
    "initializers",
    "layers",
    "losses",
    "metrics",
    "models",
    "optimizers",
    "regularizers",
    "utils",
]
