"""What a checkpoint finds in an object: its variables and the objects within it, by the names that Keras 2 has."""

from __future__ import annotations

from typing import Any

from torchkeras.core.variable import Variable
from torchkeras.layers import Layer, MultiHeadAttention, TextVectorization
from torchkeras.layers.input_layer import InputLayer
from torchkeras.metrics import Metric
from torchkeras.optimizers import Optimizer
from torchkeras.saving.checkpoint import lookups, optimizers
from torchkeras.saving.checkpoint.lookups import State, Table

#: Inner layers that Keras 2 has as attributes of another name.
_OTHER_NAMES: dict[type, dict[str, str]] = {
    MultiHeadAttention: {
        "query_dense": "_query_dense", "key_dense": "_key_dense", "value_dense": "_value_dense",
        "output_dense": "_output_dense",
    },
    TextVectorization: {"lookup": "_lookup_layer"},
}  # fmt: skip


class Mark:
    """An object that TensorFlow keeps without any values, such as a compiled step: only its name counts."""


def has_state(value: Any) -> bool:
    """Whether a checkpoint can keep something of this object.

    Other objects than Keras's take part by the methods `_checkpoint_children()`, which gives parts by name, and
    `_checkpoint_texts()` with `_restore_texts(texts)`, which give and take byte strings by name.
    """
    if isinstance(value, (Variable, Layer, Metric, Optimizer, list, tuple, dict, Mark, State, Table)):
        return True
    return not isinstance(value, type) and (
        hasattr(value, "_checkpoint_texts") or hasattr(value, "_checkpoint_children")
    )


def children(value: Any, written: bool = False) -> dict[str, Any]:
    """The parts of an object, by the names they have in a checkpoint.

    Args:
        value: the object.
        written: whether to give what Keras's files have of it, which may be more than what is kept of it here.
    """
    if isinstance(value, (Variable, Mark, State, Table)):
        return {}
    if (own := getattr(value, "_checkpoint_children", None)) is not None:
        return {name: part for name, part in own().items() if has_state(part)}
    if isinstance(value, Optimizer):
        return optimizers.written_parts(value) if written else optimizers.parts(value)
    if isinstance(value, Metric):
        return _of_metric(value)
    if isinstance(value, Layer):
        return _of_layer(value)
    if isinstance(value, (list, tuple)):
        return {str(i): item for i, item in enumerate(value) if has_state(item)}
    if isinstance(value, dict):
        return _of_dict(value)
    return {}


def _of_dict(table: dict[Any, Any]) -> dict[str, Any]:
    kept = {key: item for key, item in table.items() if has_state(item)}
    found = {str(key): item for key, item in kept.items()}
    if len(found) < len(kept):
        raise ValueError(
            f"A checkpoint cannot keep a dict with the keys {list(kept)}: some are the same as texts, by which it has "
            f"them. Use texts as keys."
        )
    return found


def identity(value: Any) -> int:
    """What tells objects apart: a Variable may be seen through several objects, and what it stands for is one."""
    return id(value.parameter) if isinstance(value, Variable) else id(value)


def variables_of(value: Any) -> list[Variable]:
    """All variables in an object, at any depth, each once."""
    found: dict[int, Variable] = {}
    seen, waiting = {identity(value): value}, [value]
    for one in waiting:
        if isinstance(one, Variable):
            found.setdefault(identity(one), one)
        for part in children(one).values():
            if identity(part) not in seen:
                seen[identity(part)] = part
                waiting.append(part)
    return list(found.values())


# --- layers ---


def _of_layer(layer: Layer) -> dict[str, Any]:
    """Layers of a stack by their places; weights by the names they were made with; then all by its attribute."""
    found: dict[str, Any] = {}
    inner = _stacked(layer)
    numbered = (one for one in inner if _weights(one) or lookups.is_weighted(one))
    places = {id(one): i for i, one in enumerate(numbered)}
    for i, one in enumerate(inner):
        if id(one) in places:
            found[f"layer_with_weights-{places[id(one)]}"] = one
        found[f"layer-{i}"] = one
    _add_made(found, layer)
    names = next((names for kind, names in _OTHER_NAMES.items() if isinstance(layer, kind)), {})
    attributes = layer.__dict__
    tracked = attributes.get("_tracked_names", {})
    for name, value in attributes.items():
        if name in tracked or isinstance(value, (Variable, Metric, Optimizer)) or _is_holder(value):
            found[name] = value
    of_containers = {key for keys in tracked.values() for key in keys}
    stacked = {id(one) for one in inner}
    for name, module in layer._modules.items():
        if isinstance(module, InputLayer):
            continue  # that of a Sequential, which is no part of it in Keras
        if isinstance(module, Layer) and name not in of_containers and id(module) not in stacked:
            found[names.get(name, name)] = module
    found |= lookups.parts(layer)
    _add_rest(found, layer)
    return found | _of_training(layer)


def _is_holder(value: Any) -> bool:
    if isinstance(value, (type, Layer)):
        return False
    return hasattr(value, "_checkpoint_children") or hasattr(value, "_checkpoint_texts")


def _stacked(layer: Any) -> list[Layer]:
    """The layers of a Sequential or functional model, which go by their places."""
    graph = getattr(layer, "_functional_graph", None)
    if graph is None and not hasattr(layer, "_stack_graph"):
        return []
    return list(layer.layers)


def _weights(layer: Any) -> list[Variable]:
    """The weights that are there; a model that is not built yet says so by an error."""
    try:
        return list(layer.weights)
    except ValueError:
        return []


def _add_made(found: dict[str, Any], layer: Layer) -> None:
    """Weights by the names they were made with."""
    for variable in layer._own_weights:
        if variable._bound:
            found.setdefault(_short(variable), variable)


def _add_rest(found: dict[str, Any], layer: Layer) -> None:
    """Weights that no attribute leads to, by their names."""
    covered = {identity(v) for part in found.values() for v in variables_of(part)}
    states = {name for name, part in found.items() if isinstance(part, State)}
    for variable in _weights(layer):
        if identity(variable) not in covered and _short(variable) not in states:
            base = name = _short(variable)
            number = 0
            while name in found:
                number += 1
                name = f"{base}_{number}"
            found[name] = variable


def _short(variable: Variable) -> str:
    return variable.path.rpartition("/")[2]


def _of_training(layer: Any) -> dict[str, Any]:
    if not getattr(layer, "compiled", False):
        return {}
    found: dict[str, Any] = {}
    if isinstance(getattr(layer, "optimizer", None), Optimizer):
        found["optimizer"] = layer.optimizer
    # A model that was trained has these in Keras 2, and `assert_consumed()` there misses them in a file without.
    found["train_function"] = found["train_tf_function"] = Mark()
    return found | {"test_function": Mark(), "predict_function": Mark()}


def _of_metric(metric: Metric) -> dict[str, Any]:
    """State by its names, then by its attributes; metrics within it by theirs."""
    found: dict[str, Any] = {}
    for variable in metric._variables:
        found.setdefault(_short(variable), variable)
    for name, value in metric.__dict__.items():
        held = isinstance(value, (list, tuple, dict)) and variables_of(value)
        if name != "_variables" and (held or isinstance(value, (Variable, Metric))):
            found[name] = value
    return found


__all__ = ["Mark", "children", "has_state", "identity", "variables_of"]
