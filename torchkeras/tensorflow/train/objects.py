"""What a checkpoint finds in an object: its variables and the objects within it, by name."""

from __future__ import annotations

from typing import Any

from torchkeras.core.variable import Variable
from torchkeras.layers import Layer
from torchkeras.metrics import Metric
from torchkeras.models import Model, Sequential
from torchkeras.optimizers import Optimizer
from torchkeras.tensorflow.module import Module


def has_state(value: Any) -> bool:
    """Whether a checkpoint can keep something of this object."""
    return isinstance(value, (Variable, Layer, Metric, Optimizer, list, tuple, dict)) or _is_holder(value)


def _is_holder(value: Any) -> bool:
    if hasattr(value, "_checkpoint_state") or hasattr(value, "_checkpoint_children"):
        return True
    return type.__instancecheck__(Module, value) or hasattr(value, "_held_variables")


def children(value: Any) -> dict[str, Any]:
    """The parts of an object, by the names they have in a checkpoint."""
    if isinstance(value, Variable):
        return {}
    own = getattr(value, "_checkpoint_children", None)
    if own is not None:
        return {name: part for name, part in own().items() if has_state(part)}
    if isinstance(value, Optimizer):
        return {"_variables": list(value.variables)}
    if isinstance(value, Metric):
        return _named(value.variables)
    if isinstance(value, Layer):
        return _of_layer(value)
    if isinstance(value, (list, tuple)):
        return {str(i): item for i, item in enumerate(value) if has_state(item)}
    if isinstance(value, dict):
        return {str(key): item for key, item in value.items() if has_state(item)}
    if hasattr(value, "_held_variables"):
        return {"_variables": list(value._held_variables())}
    attributes = getattr(value, "__dict__", {})
    return {name: part for name, part in attributes.items() if not _hidden(name) and has_state(part)}


def _hidden(name: str) -> bool:
    return name in ("_name", "_module_scope", "_pending_restore")


def _named(variables: Any) -> dict[str, Any]:
    """Variables by the last parts of their names."""
    found: dict[str, Any] = {}
    for variable in variables:
        base = name = variable.path.rpartition("/")[2]
        number = 0
        while name in found:
            number += 1
            name = f"{base}_{number}"
        found[name] = variable
    return found


def _of_layer(layer: Layer) -> dict[str, Any]:
    """Weights by the attributes they are set as, inner layers by theirs; in a stack of layers by their places."""
    found: dict[str, Any] = {}
    attributes = layer.__dict__
    for name, value in attributes.items():
        if isinstance(value, (Variable, Optimizer)) or type.__instancecheck__(Module, value):
            found[name] = value
    tracked = set(attributes.get("_tracked_names", ()))
    for name in sorted(tracked):
        found[name] = attributes[name]
    if isinstance(layer, Sequential) or (isinstance(layer, Model) and layer._functional_graph is not None):
        weighted = [inner for inner in layer.layers if _weights(inner)]
        found |= {f"layer_with_weights-{i}": inner for i, inner in enumerate(weighted)}
        found |= {f"layer-{i}": inner for i, inner in enumerate(layer.layers)}
    else:
        for name, inner in layer._modules.items():
            if isinstance(inner, Layer) and not any(name.startswith(f"{t}_") for t in tracked):
                found[name] = inner
    covered = {id(v.parameter) for part in found.values() for v in _variables(part)}
    rest = [v for v in _weights(layer) if id(v.parameter) not in covered]
    return found | {name: v for name, v in _named(rest).items() if name not in found}


def _weights(layer: Any) -> list[Variable]:
    """The weights that are there; a model that is not built yet says so by an error."""
    try:
        return list(layer.weights)
    except ValueError:
        return []


def _variables(part: Any) -> list[Variable]:
    if isinstance(part, Variable):
        return [part]
    if isinstance(part, Layer):
        return _weights(part)
    if isinstance(part, (list, tuple)):
        return [v for item in part for v in _variables(item)]
    if isinstance(part, dict):
        return [v for item in part.values() for v in _variables(item)]
    return list(getattr(part, "variables", ())) if type.__instancecheck__(Module, part) else []


__all__ = ["children", "has_state"]
