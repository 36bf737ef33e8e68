"""The table of `model.summary()`, as TensorFlow 2.2 to 2.6 printed it."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from torchkeras.graph.operation import Node
from torchkeras.layers.weights import count_weights
from torchkeras.models.functional_config import node_numbers

# Line length, and where each column ends as a share of it: without and with the column of connections.
_PLAIN = (65, [0.45, 0.85, 1.0])
_CONNECTED = (98, [0.33, 0.55, 0.67, 1.0])
_TRAINABLE_WIDTH = 11


class Summary:
    """One table while it is printed: name and class, output shape, parameters, and what feeds each layer."""

    def __init__(
        self,
        model: Any,
        line_length: int | None = None,
        positions: list[float] | None = None,
        print_fn: Callable[[str], Any] | None = None,
        expand_nested: bool = False,
        show_trainable: bool = False,
        layer_range: list[str] | None = None,
    ) -> None:
        self.model, self.print_fn = model, print_fn or print
        self.expand_nested, self.show_trainable = expand_nested, show_trainable
        self.layers = _chosen(model.layers, layer_range)
        self.connected = not _is_line(model)
        self.numbers = node_numbers(model._functional_graph.program.nodes) if self.connected else {}
        width, shares = _CONNECTED if self.connected else _PLAIN
        self.width = line_length or width
        ends = positions or shares
        self.columns = [int(self.width * end) for end in ends] if ends[-1] <= 1 else [int(end) for end in ends]
        if show_trainable and not positions:
            self.width += _TRAINABLE_WIDTH
            self.columns.append(self.width)

    def print(self) -> None:
        header = ["Layer (type)", "Output Shape", "Param #"]
        header += ["Connected to"] * self.connected + ["Trainable"] * self.show_trainable
        self.print_fn(f'Model: "{self.model.name}"')
        self.print_fn("_" * self.width)
        self._row(header)
        self.print_fn("=" * self.width)
        for layer in self.layers:
            self._layer(layer)
            self.print_fn(("=" if layer is self.layers[-1] else "_") * self.width)
        self._totals()

    def _row(self, fields: list[Any], depth: int = 0) -> None:
        line = "|" * depth
        for i, (text, end) in enumerate(zip(fields, self.columns, strict=False)):
            if i:
                line = line[:-1] + " "
            last = i == len(self.columns) - 1
            end = end - depth if last else end
            line = (line + str(text))[:end].ljust(end)
        self.print_fn(line + "|" * depth)

    def _layer(self, layer: Any, depth: int = 0) -> None:
        sources = self._sources(layer)
        fields = [f"{layer.name} ({class_label(layer)})", _shape_text(layer), _count_text(layer)]
        if self.connected:
            fields.append(sources[0] if sources else "")
        if self.show_trainable:
            fields.append("Y" if layer.trainable else "N")
        self._row(fields, depth)
        for source in sources[1:] if self.connected else []:
            self._row(["", "", "", source, *[""] * self.show_trainable], depth)
        nested = getattr(layer, "layers", None)
        if self.expand_nested and nested:
            self._nested(nested, depth)

    def _nested(self, layers: list[Any], depth: int) -> None:
        bar, inner = "|" * (depth + 1), self.width - 2 * depth - 2
        self.print_fn(bar + "¯" * inner + bar)
        for layer in layers:
            self._layer(layer, depth + 1)
            if layer is not layers[-1]:
                self.print_fn(bar + "_" * inner + bar)
        self.print_fn("|" * depth + "¯" * (self.width - 2 * depth) + "|" * depth)

    def _sources(self, layer: Any) -> list[str]:
        if not self.connected:
            return []
        return [
            f"{tensor.node.operation.name}[{self._number(tensor.node)}][{tensor.index}]"
            for node in layer._inbound_nodes
            if id(node) in self.numbers
            for tensor in node.inputs
        ]

    def _number(self, node: Node) -> int:
        return self.numbers.get(id(node), node.index)

    def _totals(self) -> None:
        trainable = count_weights(self.model.trainable_weights)
        frozen = count_weights(self.model.non_trainable_weights)
        self.print_fn(f"Total params: {trainable + frozen:,}")
        self.print_fn(f"Trainable params: {trainable:,}")
        self.print_fn(f"Non-trainable params: {frozen:,}")
        self.print_fn("_" * self.width)


def class_label(layer: Any) -> str:
    """The class name that tables and saved files show."""
    if getattr(layer, "display_name", None):
        return str(layer.display_name)
    name = type(layer).__name__
    return "Functional" if name == "Model" and layer._functional_graph is not None else name


def _shape_text(layer: Any) -> str:
    try:
        return str(layer.output_shape)
    except AttributeError:
        return "multiple"


def _count_text(layer: Any) -> str:
    return str(layer.count_params()) if layer.built else "0 (unused)"


def _is_line(model: Any) -> bool:
    """Whether the layers form a plain line, so that a column of connections would say nothing."""
    if model._functional_graph is None or not hasattr(model, "_runs_graph") or type(model).__name__ == "Sequential":
        return True
    program = model._functional_graph.program
    feeds = [tensor.node for node in program.nodes for tensor in node.inputs[:1]]
    merges = any(len(node.inputs) > 1 for node in program.nodes)
    branches = len(program.inputs) > 1 or len(set(map(id, feeds))) < len(feeds)
    operations = {id(node.operation) for node in program.nodes}
    return not merges and not branches and len(operations) == len(program.nodes)


def _chosen(layers: list[Any], layer_range: list[str] | None) -> list[Any]:
    """From the first layer whose name matches the first pattern to the last that matches the second."""
    if not layer_range:
        return layers
    if len(layer_range) != 2 or not all(isinstance(pattern, str) for pattern in layer_range):
        raise ValueError(f"`layer_range` must be a list of two layer names or patterns. Received: {layer_range!r}")
    starts = [i for i, layer in enumerate(layers) if re.match(layer_range[0], layer.name)]
    ends = [i for i, layer in enumerate(layers) if re.match(layer_range[1], layer.name)]
    if not starts or not ends:
        raise ValueError(f"Passed layer_names do not match the layer names in the model. Received: {layer_range}")
    first, last = min(starts[0], ends[-1]), max(starts[0], ends[-1])
    return layers[first : last + 1]
