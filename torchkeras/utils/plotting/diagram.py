"""What a model's picture shows: a box for each layer, with fields in it, and the edges between them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

# A field is a text, or a list of fields that runs the other way, as in graphviz's record labels.
Fields = list[Any]


@dataclass
class Box:
    """A layer, or a nested model with a diagram of its own inside."""

    key: str
    fields: Fields
    inner: Diagram | None = None


@dataclass
class Diagram:
    """Boxes in the order the layers run, and edges between their places."""

    name: str
    boxes: list[Box] = field(default_factory=list)
    edges: list[tuple[int, int]] = field(default_factory=list)


@dataclass(frozen=True)
class Shown:
    """What to show of each layer; the arguments of `plot_model` of the same names."""

    show_shapes: bool = False
    show_dtype: bool = False
    show_layer_names: bool = True
    show_layer_activations: bool = False
    show_trainable: bool = False
    expand_nested: bool = False


def diagram_of(model: Any, shown: Shown, layer_range: list[str] | None = None) -> Diagram:
    """The diagram of a built model; a subclassed one is a single box."""
    diagram = Diagram(model.name)
    graph = getattr(model, "_functional_graph", None)
    if graph is None:
        diagram.boxes.append(Box(str(id(model)), [model.name]))
        return diagram
    operations = _chosen(list(graph.operations), layer_range)
    places = {id(operation): place for place, operation in enumerate(operations)}
    for operation in operations:
        inner = diagram_of(operation, shown) if shown.expand_nested and _is_nested(operation) else None
        diagram.boxes.append(Box(str(id(operation)), fields_of(operation, shown), inner))
    found: dict[tuple[int, int], None] = {}  # in order, each once
    for node in graph.program.nodes:
        for parent in node.parents:
            edge = places.get(id(parent.operation)), places.get(id(node.operation))
            if edge[0] is not None and edge[1] is not None:
                found[edge[0], edge[1]] = None
    diagram.edges = list(found)
    return diagram


def _is_nested(operation: Any) -> bool:
    return getattr(operation, "_functional_graph", None) is not None


def _chosen(operations: list[Any], layer_range: list[str] | None) -> list[Any]:
    """From the first layer whose name matches the first pattern to the last that matches the second."""
    if layer_range is None:
        return operations
    if len(layer_range) != 2 or not all(isinstance(pattern, str) for pattern in layer_range):
        raise ValueError(f"`layer_range` must be a list of two layer names or patterns. Received: {layer_range!r}")
    starts = [i for i, operation in enumerate(operations) if re.match(layer_range[0], operation.name)]
    ends = [i for i, operation in enumerate(operations) if re.match(layer_range[1], operation.name)]
    if not starts or not ends:
        raise ValueError(f"Passed layer_names do not match the layer names in the model. Received: {layer_range}")
    first, last = min(starts[0], ends[-1]), max(starts[0], ends[-1])
    return operations[first : last + 1]


def fields_of(layer: Any, shown: Shown) -> Fields:
    """The fields of a layer's box, arranged as Keras 2 does."""
    name, kind = layer.name, _kind(layer)
    wrapped = getattr(layer, "layer", None)
    if wrapped is not None and hasattr(wrapped, "name"):
        name, kind = f"{name}({wrapped.name})", f"{kind}({_kind(wrapped)})"
    label: Any = kind
    activation = getattr(layer, "activation", None)
    if shown.show_layer_activations and activation is not None:
        label = [kind, _activation_name(activation)]
    fields: Fields = [name, label] if shown.show_layer_names else [label]
    if shown.show_dtype:
        fields.append(str(getattr(layer, "dtype", None) or "?"))
    if shown.show_shapes:
        shapes = [[_shape(layer, "input_shape")], [_shape(layer, "output_shape")]]
        fields = [fields, ["input:", "output:"], shapes]
    if shown.show_trainable:
        fields = ["T" if layer.trainable else "NT", *fields]
    return fields


def _kind(layer: Any) -> str:
    if getattr(layer, "display_name", None):  # a recorded function
        return str(layer.display_name)
    kind = type(layer).__name__
    return "Functional" if kind == "Model" and _is_nested(layer) else kind


def _activation_name(activation: Any) -> str:
    for attribute in ("name", "__name__"):
        if hasattr(activation, attribute):
            return str(getattr(activation, attribute))
    return str(activation)


def _shape(layer: Any, which: str) -> str:
    try:
        return str(getattr(layer, which))
    except AttributeError:  # called on several shapes
        return "?"
