"""The table of golden cases, by family. Each family is one pair of files under data/."""

from __future__ import annotations

from types import ModuleType

from . import (
    activation,
    attention,
    convolution,
    core,
    embedding,
    merging,
    normalization,
    padding,
    pooling,
    preprocessing,
    recurrent,
    regularization,
    reshaping,
    transposed,
    wrappers,
)
from .functions import ACTIVATIONS, CONSTRAINTS, INITIALIZERS, REGULARIZERS
from .losses import LOSSES, LossCase
from .metric_reports import METRIC_FUNCTIONS, REPORTS
from .metrics import METRICS
from .models import MODELS
from .optimizers import OPTIMIZERS, SCHEDULES
from .schema import (
    ActivationCase,
    InitializerCase,
    Input,
    LayerCase,
    ModelCase,
    WeightFunctionCase,
)
from .training import TRAINING

_LAYER_MODULES: tuple[ModuleType, ...] = (
    core,
    activation,
    attention,
    embedding,
    merging,
    reshaping,
    padding,
    regularization,
    normalization,
    convolution,
    transposed,
    pooling,
    wrappers,
    recurrent,
    preprocessing,
)

LAYER_FAMILIES: dict[str, list[LayerCase]] = {
    module.__name__.rsplit(".", 1)[-1]: module.CASES for module in _LAYER_MODULES
}
LAYERS: list[LayerCase] = [case for cases in LAYER_FAMILIES.values() for case in cases]

# Every file of records and the cases it must hold.
FAMILIES: dict[str, list] = {
    **{f"layers_{family}": cases for family, cases in LAYER_FAMILIES.items()},
    "models": MODELS,
    "activations": ACTIVATIONS,
    "regularizers": REGULARIZERS,
    "constraints": CONSTRAINTS,
    "initializers": INITIALIZERS,
    "optimizers": OPTIMIZERS,
    "schedules": SCHEDULES,
    "training": TRAINING,
    "losses": LOSSES,
    "metrics": METRICS,
    "metric_functions": METRIC_FUNCTIONS,
    "metric_reports": REPORTS,
}

__all__ = [
    "ACTIVATIONS",
    "CONSTRAINTS",
    "FAMILIES",
    "INITIALIZERS",
    "LAYERS",
    "LAYER_FAMILIES",
    "LOSSES",
    "METRICS",
    "METRIC_FUNCTIONS",
    "MODELS",
    "OPTIMIZERS",
    "REGULARIZERS",
    "REPORTS",
    "SCHEDULES",
    "TRAINING",
    "ActivationCase",
    "InitializerCase",
    "Input",
    "LayerCase",
    "LossCase",
    "ModelCase",
    "WeightFunctionCase",
]
