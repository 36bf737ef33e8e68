"""Model, Sequential, and what is done with whole models."""

from torchkeras.layers import FAMILY
from torchkeras.models.cloning import clone_model, model_from_config, model_from_json
from torchkeras.models.function import Function
from torchkeras.models.model import Model
from torchkeras.models.sequential import Sequential
from torchkeras.saving import load_model, save_model

Functional = Model

__all__ = [
    "Function",
    "Functional",
    "Model",
    "Sequential",
    "clone_model",
    "load_model",
    "model_from_config",
    "model_from_json",
    "save_model",
]

# A model is a layer of another.
FAMILY.objects.update({"Functional": Model, "Model": Model, "Sequential": Sequential})
FAMILY.names.update({Model: "Functional", Sequential: "Sequential"})
