"""Writing the weights of a model and the state of its optimizer."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import torch

from torchkeras.core.variable import Variable
from torchkeras.optimizers import SGD, LossScaleOptimizer
from torchkeras.saving.containers.hdf5 import GroupWriter
from torchkeras.saving.keras2 import weights
from torchkeras.saving.keras3.optimizer_values import values_of
from torchkeras.saving.values import write_value

#: Whose form the files have.
KERAS_VERSION = "2.15.0"


def write_weights(group: GroupWriter, model: Any) -> None:
    """Writes the weights layer by layer. Keras reads them by the order of `layer_names` and `weight_names`."""
    layers = model.layers
    taken = {weights.TOP_LEVEL}
    labels = [_label(layer.name, taken) for layer in layers]
    group.attribute("layer_names", labels)
    group.attribute("backend", "tensorflow")
    group.attribute("keras_version", KERAS_VERSION)
    for label, layer in zip(labels, layers):
        _write_variables(group.group(label), weights.of_layer(layer))
    _write_variables(group.group(weights.TOP_LEVEL), weights.of_model_itself(model))


def _label(name: str, taken: set[str]) -> str:
    """The name of a layer's group: two layers of one name, as a subclass may have, get two groups."""
    name = weights.as_path(name)
    found, count = name, 0
    while found in taken:
        count += 1
        found = f"{name}_{count}"
    taken.add(found)
    return found


def _write_variables(group: GroupWriter, variables: list[Variable]) -> None:
    names = weights.names_of(variables)
    group.attribute("weight_names", names)
    for name, variable in zip(names, variables):
        _write(group, name, variable)


def _write(group: GroupWriter, name: str, value: Any) -> None:
    """bfloat16 goes as float32, which has all its values: Keras 2 cannot read back what it would write."""
    if isinstance(value, Variable) and value.parameter.dtype is torch.bfloat16:
        value = value.numpy()
    write_value(group, name, value)


def write_optimizer(root: GroupWriter, model: Any) -> None:
    """Writes what the optimizer keeps, in the order of tf_keras's optimizers."""
    optimizer = model.optimizer
    values = _state(optimizer, list(model.trainable_variables))
    group = root.group("optimizer_weights")
    taken = weights.Names()
    names = [taken.unique(_name(optimizer, value)) for value in values]
    group.attribute("weight_names", names)
    for name, value in zip(names, values):
        _write(group, name, value)


def _state(optimizer: Any, trained: list[Variable]) -> list[Any]:
    found = values_of(optimizer, trained, False)
    inner = optimizer.inner_optimizer if isinstance(optimizer, LossScaleOptimizer) else optimizer
    if isinstance(inner, SGD) and not inner.momentum and inner.built:
        # tf_keras keeps the last move of each weight all the same, and takes no state without.
        found += [_NoMove(variable) for variable in _in_order(inner._trainable_variables, trained)]
    return found


class _NoMove(np.ndarray):
    """Zeros that take no memory, in the shape of a weight, with a name."""

    path: str

    def __new__(cls, variable: Variable) -> _NoMove:
        zero = np.zeros((), torch.empty(0, dtype=variable.parameter.dtype).float().numpy().dtype)
        made = np.broadcast_to(zero, tuple(variable.shape)).view(cls)
        made.path = f"m/{variable.path}"
        return made


def _in_order(known: Iterable[Variable], trained: list[Variable]) -> list[Variable]:
    own = {id(variable.parameter) for variable in known}
    return [variable for variable in trained if id(variable.parameter) in own]


def _name(optimizer: Any, value: Any) -> str:
    path = getattr(value, "path", "value")
    return f"{path}:0" if path in ("iteration", "learning_rate") else f"{optimizer.name}/{path}:0"
