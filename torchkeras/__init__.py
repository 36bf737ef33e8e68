"""torchkeras: Keras, on PyTorch."""

from torchkeras import (
    activations,
    backend,
    callbacks,
    constraints,
    datasets,
    initializers,
    layers,
    losses,
    metrics,
    mixed_precision,
    models,
    ops,
    optimizers,
    preprocessing,
    random,
    regularizers,
    saving,
    utils,
    wrappers,
)
from torchkeras.core.dtypes import DTypePolicy
from torchkeras.core.variable import Variable
from torchkeras.graph.keras_tensor import KerasTensor
from torchkeras.initializers import Initializer
from torchkeras.layers import Input, InputSpec, Layer
from torchkeras.losses import Loss
from torchkeras.metrics import Metric
from torchkeras.models import Model, Sequential
from torchkeras.optimizers import Optimizer
from torchkeras.regularizers import Regularizer
from torchkeras.shim import install, load_ipython_extension, uninstall, unload_ipython_extension
from torchkeras.shim.hook import install_if_inherited as _install_if_inherited

__version__ = "0.1.0"

__all__ = [
    "DTypePolicy",
    "Initializer",
    "Input",
    "InputSpec",
    "KerasTensor",
    "Layer",
    "Loss",
    "Metric",
    "Model",
    "Optimizer",
    "Regularizer",
    "Sequential",
    "Variable",
    "activations",
    "backend",
    "callbacks",
    "constraints",
    "datasets",
    "initializers",
    "install",
    "layers",
    "load_ipython_extension",
    "losses",
    "metrics",
    "mixed_precision",
    "models",
    "ops",
    "optimizers",
    "preprocessing",
    "random",
    "regularizers",
    "saving",
    "uninstall",
    "unload_ipython_extension",
    "utils",
    "wrappers",
]

_install_if_inherited()
