"""What there is to a run besides weights and the optimizer: random numbers, figures so far, what callbacks remember.

All of it as plain data and tensors, so that a file of it can be read with `weights_only=True`.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from torch import Tensor

from torchkeras.callbacks.every import Every
from torchkeras.core.replicas import ALONE, Replicas
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


def figures(model: Any, replicas: Replicas = ALONE) -> list[list[Tensor]]:
    """The state of each metric, of the samples of all processes. What they have themselves stays as it is."""
    variables = [variable for metric in model.metrics for variable in metric.variables]
    values = [variable.parameter.detach().clone() for variable in variables]
    ways = [_way(variable) for variable in variables]
    replicas.spread([value for value, way in zip(values, ways, strict=True) if way == _FIRST])
    replicas.add_up([value for value, way in zip(values, ways, strict=True) if way != _FIRST])
    for value, way in zip(values, ways, strict=True):
        if way == _MEAN and replicas.size > 1:
            value.div_(replicas.size)
    left = iter(value.cpu() for value in values)
    return [[next(left) for _ in metric.variables] for metric in model.metrics]


def set_figures(model: Any, saved: list[list[Tensor]], replicas: Replicas = ALONE) -> None:
    """The first process has seen what was seen before, the others nothing yet: the sum over all is the same."""
    for metric, values in zip(model.metrics, saved, strict=True):
        for variable, value in zip(metric.variables, values, strict=True):
            counts_here = replicas.is_first or _way(variable) in (_MEAN, _FIRST)
            variable.assign(value if counts_here else torch.zeros_like(value))


_MEAN, _FIRST = "mean", "only_first_replica"


def _way(variable: Any) -> str:
    """How the values of several processes become one."""
    return str(getattr(variable, "aggregation", "sum")).lower().rpartition(".")[2]


def weights(model: Any, replicas: Replicas = ALONE) -> dict[str, Any]:
    """The model's weights; moving averages, of which each process has its own within an epoch, as their mean."""
    state: dict[str, Any] = model.state_dict()
    if replicas.size == 1:
        return state
    own = {id(parameter) for parameter in model.parameters()}
    own |= {id(variable._tensor) for metric in model.metrics for variable in metric.variables}  # `figures` has those
    buffers = [name for name, value in model.state_dict(keep_vars=True).items() if id(value) not in own]
    averages = {name: state[name].clone() for name in buffers if _is_average(state[name])}
    most, least = [one.clone() for one in averages.values()], [one.neg() for one in averages.values()]
    replicas.take_largest([*most, *least])
    extremes = zip(averages.items(), most, least, strict=True)
    differing = {name: value for (name, value), high, low in extremes if not torch.equal(high, -low)}
    replicas.add_up(differing.values())
    for value in differing.values():
        value.div_(replicas.size)
    return {**state, **differing}


def _is_average(value: Any) -> bool:
    return isinstance(value, Tensor) and value.is_floating_point() and value.numel() > 0


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
