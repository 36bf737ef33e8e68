"""What there is to a run besides weights and the optimizer: random numbers, figures so far, what callbacks remember.

All of it as plain data and tensors, so that a file of it can be read with `weights_only=True`.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from torch import Tensor

from torchkeras.callbacks.every import Every
from torchkeras.core.seeds import random_state, set_random_state
from torchkeras.layers.regularization.random_layer import RandomLayer
from torchkeras.ops.seed_generator import SeedGenerator


def random_numbers(model: Any) -> dict[str, Any]:
    """Where the random numbers of the process are, of layers with a seed of their own, and of generators they hold."""
    return {
        "process": random_state(),
        "layers": [layer.generator_states() for layer in _random_layers(model)],
        "generators": [one.state.parameter.detach().clone() for one in _generators(model)],
    }


def set_random_numbers(model: Any, state: dict[str, Any]) -> None:
    set_random_state(state["process"])
    for layer, saved in zip(_random_layers(model), state["layers"], strict=False):
        layer.set_generator_states(saved)
    for one, value in zip(_generators(model), state["generators"], strict=False):
        one.state.assign(value)


def _random_layers(model: Any) -> list[RandomLayer]:
    return [module for module in model.modules() if isinstance(module, RandomLayer)]


def _generators(model: Any) -> list[SeedGenerator]:
    return [value for m in model.modules() for value in m.__dict__.values() if isinstance(value, SeedGenerator)]


def figures(model: Any) -> list[list[Tensor]]:
    """The state of each metric."""
    return [[v.parameter.detach().cpu().clone() for v in metric.variables] for metric in model.metrics]


def set_figures(model: Any, saved: list[list[Tensor]]) -> None:
    for metric, values in zip(model.metrics, saved, strict=True):
        for variable, value in zip(metric.variables, values, strict=True):
            variable.assign(value)


def memories(callbacks: list[Any]) -> list[tuple[str, dict[str, Any]]]:
    """For each callback the name of its class and the attributes it wants to be kept."""
    return [
        (type(one).__name__, {name: _saved(getattr(one, name)) for name in getattr(one, "progress_attributes", ())})
        for one in callbacks
    ]


def set_memories(callbacks: list[Any], saved: list[tuple[str, dict[str, Any]]]) -> None:
    """Gives callbacks their attributes back; of several of one class each gets its own, by their order."""
    left = list(saved)
    for one in callbacks:
        place = next((i for i, (name, _) in enumerate(left) if name == type(one).__name__), None)
        if place is None:
            continue
        for name, value in left.pop(place)[1].items():
            present = getattr(one, name, None)
            if isinstance(present, Every):
                present.set_progress(value)
            else:
                setattr(one, name, _restored(value))


def _saved(value: Any) -> Any:
    if isinstance(value, Every):
        return value.progress()
    if isinstance(value, np.ndarray):
        return torch.from_numpy(value.copy())
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, (list, tuple)):
        return [_saved(item) for item in value]
    if isinstance(value, dict):
        return {key: _saved(item) for key, item in value.items()}
    return value


def _restored(value: Any) -> Any:
    if isinstance(value, Tensor):
        return value.numpy()
    if isinstance(value, list):
        return [_restored(item) for item in value]
    if isinstance(value, dict):
        return {key: _restored(item) for key, item in value.items()}
    return value
