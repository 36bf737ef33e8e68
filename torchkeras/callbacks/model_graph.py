"""A model as TensorBoard draws it: its config for the conceptual graph, and its layers as a GraphDef."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

from torchkeras.events.op_graph import graph_of, node
from torchkeras.graph.keras_tensor import symbolic_leaves
from torchkeras.records.graph_def import GraphDef, NodeDef


def conceptual_graph(model: Any) -> str | None:
    """The model's config as JSON, in the form in which TensorBoard finds the connections; None without a config."""
    try:
        saved = json.loads(model.to_json())
    except (NotImplementedError, TypeError, ValueError):
        return None  # functions that have no name, layers without get_config
    _connect(saved)
    return json.dumps(saved)


def _connect(saved: Any) -> None:
    """Writes the calls of a model's layers as Keras 3 does: TensorBoard takes no others since version 2.17."""
    config = saved.get("config")
    if not isinstance(config, dict) or not isinstance(config.get("layers"), list):
        return
    for layer in config["layers"]:
        _connect(layer)
        if layer.get("inbound_nodes") is not None:
            layer["inbound_nodes"] = [_call(list(_references(call))) for call in layer["inbound_nodes"]]
    if "input_layers" in config:
        config["input_layers"] = [reference[0] for reference in _references(config["input_layers"])]
        config["output_layers"] = list(_references(config["output_layers"]))


def _call(references: list[list[Any]]) -> dict[str, Any]:
    tensors = [{"class_name": "__keras_tensor__", "config": {"keras_history": found}} for found in references]
    return {"args": [tensors], "kwargs": {}}


def _references(structure: Any) -> Any:
    """The [layer, node, tensor] lists within a structure."""
    if isinstance(structure, dict):
        for item in structure.values():
            yield from _references(item)
    elif isinstance(structure, list):
        named = len(structure) >= 3 and isinstance(structure[0], str) and isinstance(structure[1], int)
        if named and structure[0] != "_FUNCTION":
            yield structure[:3]
        for item in structure[3:] if named else structure:
            yield from _references(item)


def layer_graph(model: Any) -> GraphDef:
    """The layers of a model as nodes, nested models as scopes.

    A functional or Sequential model has its connections; of another kind it is not known which layer feeds which.
    """
    nodes: list[NodeDef] = []
    if getattr(model, "_functional_graph", None) is not None:
        _Drawing(nodes).draw(model._functional_graph, "", {})
    else:
        _tree(model, "", nodes)
    return graph_of(nodes)


class _Drawing:
    """The nodes of a functional model, those of models within it in their place."""

    def __init__(self, nodes: list[NodeDef]) -> None:
        self._nodes = nodes
        self._uses: Counter[str] = Counter()

    def draw(self, graph: Any, scope: str, sources: dict[int, str]) -> list[str]:
        """Adds the nodes of a graph, and gives the names of those that make its outputs.

        Args:
            sources: the node that makes each tensor that is known, by the tensor's id.
        """
        for step in graph.program.nodes:
            outputs = symbolic_leaves(step.outputs)
            if all(id(tensor) in sources for tensor in outputs):
                continue  # an input of a model within another, which that one feeds
            operation = step.operation
            fed = [sources[id(tensor)] for tensor in symbolic_leaves([step.args, step.kwargs])]
            name = self._name(scope + operation.name)
            inner = getattr(operation, "_functional_graph", None)
            if inner is None:
                self._nodes.append(node(name, _kind(operation), fed, [t.shape for t in outputs], outputs[:1]))
                made = [name] * len(outputs)
            else:
                within = {id(leaf): source for leaf, source in zip(inner.leaves, fed)}
                made = self.draw(inner, f"{name}/", within)
            sources.update({id(tensor): source for tensor, source in zip(outputs, made)})
        return [sources[id(tensor)] for tensor in symbolic_leaves(graph.outputs)]

    def _name(self, wanted: str) -> str:
        number = self._uses[wanted]
        self._uses[wanted] += 1
        return f"{wanted}_{number}" if number else wanted


def _tree(layer: Any, scope: str, nodes: list[NodeDef]) -> None:
    for inner in layer._children():
        name = scope + inner.name
        before = len(nodes)
        _tree(inner, f"{name}/", nodes)
        if len(nodes) == before:
            nodes.append(node(name, _kind(inner), [], []))


def _kind(operation: Any) -> str:
    return str(getattr(operation, "label", None) or type(operation).__name__)
