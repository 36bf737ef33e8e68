"""torchkeras: Keras, on PyTorch."""

import gc as _gc

import torch as _torch  # noqa: F401  before what follows

# What torch has loaded is not gone through for garbage while the rest is: that took a third of the time.
_frozen = _gc.get_freeze_count() == 0
if _frozen:
    _gc.freeze()

from torchkeras import (
    activations,
    backend,
    callbacks,
    config,
    constraints,
    datasets,
    dtype_policies,
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
    tree,
    utils,
    wrappers,
)
from torchkeras.backend.session import device, name_scope
from torchkeras.core.dtypes import DTypePolicy
from torchkeras.core.dtypes import DTypePolicy as FloatDTypePolicy
from torchkeras.core.variable import Variable
from torchkeras.graph.keras_tensor import KerasTensor
from torchkeras.graph.operation import Operation
from torchkeras.initializers import Initializer
from torchkeras.layers import Input, InputSpec, Layer
from torchkeras.losses import Loss
from torchkeras.metrics import Metric
from torchkeras.models import Function, Model, Sequential
from torchkeras.optimizers import Optimizer
from torchkeras.regularizers import Regularizer
from torchkeras.shim import install, load_ipython_extension, uninstall, unload_ipython_extension
from torchkeras.shim.hook import install_if_inherited as _install_if_inherited
from torchkeras.utils.rematerialize import remat

if _frozen:
    _gc.unfreeze()

__version__ = "0.1.0"


def version() -> str:
    """torchkeras's version."""
    return __version__


__all__ = [
    "DTypePolicy",
    "FloatDTypePolicy",
    "Function",
    "Initializer",
    "Input",
    "InputSpec",
    "KerasTensor",
    "Layer",
    "Loss",
    "Metric",
    "Model",
    "Operation",
    "Optimizer",
    "Regularizer",
    "Sequential",
    "Variable",
    "activations",
    "backend",
    "callbacks",
    "config",
    "constraints",
    "datasets",
    "device",
    "dtype_policies",
    "initializers",
    "install",
    "layers",
    "load_ipython_extension",
    "losses",
    "metrics",
    "mixed_precision",
    "models",
    "name_scope",
    "ops",
    "optimizers",
    "preprocessing",
    "random",
    "regularizers",
    "remat",
    "saving",
    "tree",
    "uninstall",
    "unload_ipython_extension",
    "utils",
    "version",
    "wrappers",
]

_install_if_inherited()
