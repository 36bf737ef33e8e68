"""What of a model has a place of its own in a file, and under which name: the walk over objects as Keras does it."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from enum import Enum
from typing import Any

from torch import nn

from torchkeras.graph.operation import Operation
from torchkeras.layers import (
    FAMILY,
    AdditiveAttention,
    Attention,
    Bidirectional,
    GroupQueryAttention,
    Layer,
    MultiHeadAttention,
    TextVectorization,
)
from torchkeras.losses import Loss
from torchkeras.metrics import Metric
from torchkeras.optimizers import Optimizer


class Walk(Enum):
    """Whose order and names."""

    #: Keras 3.
    KERAS3 = "Keras 3"
    #: tf_keras and Keras 2.15: the last attribute first; what was visited is not counted; metrics are kept too.
    TF_KERAS = "tf_keras"
    #: Keras 2.14: the first attribute first, the layers of functional models under another one.
    KERAS_2_14 = "Keras 2.14"
    #: Keras 2.12 and 2.13: as 2.14, and all is counted, layers with weights twice.
    KERAS_2_13 = "Keras 2.13"

    @property
    def counts_all(self) -> bool:
        """Whether items of containers that were visited already take a number, too."""
        return self in (Walk.KERAS3, Walk.KERAS_2_13)


#: Where Keras 2.12 to 2.14 have the layers of functional models.
DEPENDENCIES = "_layer_checkpoint_dependencies"
#: Names that Keras 3 and tf_keras have for inner layers, where ours differ; None for those that have no place.
_RENAMED: dict[type, dict[str, str | None]] = {
    GroupQueryAttention: {f"{part}_dense": f"_{part}_dense" for part in ("query", "key", "value", "output")},
    TextVectorization: {"lookup": "_lookup_layer"},
    Bidirectional: {"layer": None},
    Attention: {"_dropout_layer": None},
    AdditiveAttention: {"_dropout_layer": None},
}
_RENAMED_2: dict[type, dict[str, str | None]] = _RENAMED | {
    MultiHeadAttention: {f"{part}_dense": f"_{part}_dense" for part in ("query", "key", "value", "output")},
}


def is_saveable(value: Any) -> bool:
    """Whether a thing has a place of its own."""
    return isinstance(value, (Operation, Optimizer, Metric, Loss, nn.Module)) and not isinstance(value, type)


def children(thing: Any, walk: Walk) -> Iterator[tuple[str, Any]]:
    """The attributes of a saveable with what they are, in the order of the walk."""
    found = _attributes(thing, walk)
    graphical = is_model(thing) and (thing._functional_graph is not None or "_stack_keys" in thing.__dict__)
    if walk is Walk.KERAS3:
        if graphical:
            yield "layers", _layers(thing)
        order = sorted(found, key=lambda name: f"~{name}" if name.startswith("_") else name)
    elif walk is Walk.TF_KERAS:
        order = sorted(found, reverse=True)
    else:
        if graphical:
            yield DEPENDENCIES, [layer for layer in _layers(thing) for _ in range(2 if layer.weights else 1)]
        order = sorted(found)
    for name in order:
        try:
            value = _layers(thing) if name == "layers" and is_model(thing) else getattr(thing, found[name])
        except Exception:  # a property of the user's class, which may do anything
            continue
        yield name, value


def is_model(thing: Any) -> bool:
    """Whether a layer is a model."""
    return hasattr(type(thing), "_functional_graph")


def _attributes(thing: Any, walk: Walk) -> dict[str, str]:
    """The names that a file has for attributes, with those that we have."""
    if not isinstance(thing, (Operation, Optimizer, Metric)):
        return {}
    own = {*dir(type(thing)), *thing.__dict__} | _own_modules(thing)
    engine = "Model" if is_model(thing) else _engine_of(thing)
    names = {name: name for name in own - _engine_names(engine) if not name.startswith("__")}
    renamed = _RENAMED if walk is Walk.KERAS3 else _RENAMED_2
    for kind, changes in renamed.items():
        if isinstance(thing, kind):
            for ours, theirs in changes.items():
                names.pop(ours, None)
                if theirs is not None:
                    names[theirs] = ours
    return names


def _own_modules(thing: Any) -> set[str]:
    """Modules that were set as attributes: not those of a graph, nor those that stand for items of containers."""
    modules = set(getattr(thing, "_modules", ()))
    modules.difference_update(getattr(thing, "_held_modules", ()))
    for names in thing.__dict__.get("_tracked_names", {}).values():
        modules.difference_update(names)
    graph = getattr(thing, "_functional_graph", None)
    if graph is not None:
        modules.difference_update(graph.children())
    return modules - set(thing.__dict__.get("_stack_keys", ()))


def _engine_of(thing: Any) -> str:
    kinds = (Layer, Operation, Optimizer, Metric)
    return next(kind.__name__ for kind in kinds if isinstance(thing, kind))


@functools.cache
def _engine_names(kind: str) -> frozenset[str]:
    """What any object of a kind has, which is no attribute of the user's."""
    bare = _BARE[kind]()
    names = {*dir(bare), "_stack_graph", "_build_shape", "_set_order", "_tracked_names", "_plain_variables", "_trainer"}
    return frozenset(names - {"layers", "optimizer"} if kind == "Model" else names)


_BARE: dict[str, Callable[[], Any]] = {
    "Model": lambda: FAMILY.objects["Model"](name="bare"),  # the models are above this
    "Layer": lambda: Layer(name="bare"),
    "Operation": lambda: Operation("bare"),
    "Optimizer": lambda: Optimizer("bare", learning_rate=0.1),
    "Metric": lambda: Metric("bare"),
}


def _layers(model: Any) -> list[Any]:
    return [layer for layer in model.layers if isinstance(layer, Layer)]
