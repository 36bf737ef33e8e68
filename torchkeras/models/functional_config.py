"""A functional model as a config and back, in the form Keras 2 writes: layers, and for each the calls that feed it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from torch import Tensor

from torchkeras.core import reading
from torchkeras.core.dtypes import dtype_name, torch_dtype
from torchkeras.core.nest import flatten, map_structure
from torchkeras.core.registry import custom_object_scope, serialize
from torchkeras.graph.keras_tensor import KerasTensor, as_shape
from torchkeras.graph.operation import Node, Operation, OpLambda, function_of_label
from torchkeras.layers import FAMILY
from torchkeras.layers.building import map_shapes
from torchkeras.layers.input_layer import InputLayer
from torchkeras.saving.configs import graphs
from torchkeras.saving.configs.operations import LAMBDAS

KERAS_VERSION = "2.9.0"


def serialize_layer(layer: Any) -> dict[str, Any]:
    """One layer as its model's config holds it; the input shape goes along so that it can be built again."""
    saved: dict[str, Any] = serialize(layer)
    build_config = layer.get_build_config() if hasattr(layer, "get_build_config") else None
    if build_config and layer.built and not isinstance(layer, InputLayer):
        saved["build_config"] = build_config
    return saved


def whole_config(model: Any) -> dict[str, Any]:
    """What `to_json` writes: class, config, versions."""
    name = (
        "Functional"
        if type(model).__name__ == "Model" and model._functional_graph is not None
        else type(model).__name__
    )
    return {
        "class_name": name,
        "config": serialize(model.get_config()),
        "keras_version": KERAS_VERSION,
        "backend": "torch",
    }


# --- writing ------------------------------------------------------------------------------------------------


def graph_config(model: Any) -> dict[str, Any]:
    """Name, layers with their calls, and which tensors are the inputs and outputs."""
    graph = model._functional_graph
    numbers = node_numbers(graph.program.nodes)

    def reference(tensor: KerasTensor) -> list[Any]:
        return [tensor.node.operation.name, numbers[id(tensor.node)], tensor.index]

    layers = []
    for operation in graph.operations:
        calls = [n for n in operation._inbound_nodes if id(n) in numbers and n.inputs]
        saved = _serialize_function(operation) if isinstance(operation, OpLambda) else serialize_layer(operation)
        layers.append(saved | {"name": operation.name, "inbound_nodes": [_call(node, reference) for node in calls]})
    return {
        "name": model.name,
        "trainable": model.trainable,
        "layers": layers,
        "input_layers": _tensors(graph.inputs, reference),
        "output_layers": _tensors(graph.outputs, reference),
    }


def node_numbers(nodes: list[Node]) -> dict[int, int]:
    """Each node's number among the calls of its layer that belong to this model."""
    of_layer: dict[int, list[Node]] = {}
    for node in nodes:
        of_layer.setdefault(id(node.operation), []).append(node)
    return {id(n): i for group in of_layer.values() for i, n in enumerate(sorted(group, key=lambda n: n.index))}


def _tensors(structure: Any, reference: Callable[[KerasTensor], list[Any]]) -> Any:
    if isinstance(structure, KerasTensor):
        return [reference(structure)]
    return (
        map_structure(reference, structure) if not isinstance(structure, tuple) else [reference(t) for t in structure]
    )


def _call(node: Node, reference: Callable[[KerasTensor], list[Any]]) -> Any:
    if isinstance(node.operation, OpLambda):
        encoded = {"args": _encode(node.args, reference), "kwargs": _encode(node.kwargs, reference)}
        return ["_FUNCTION", 0, 0, encoded]
    names = node.operation._call_info.arguments
    extra = dict(zip(names[1:], node.args[1:], strict=False)) | node.kwargs
    extra = {
        k: map_structure(lambda v: reference(v) if isinstance(v, KerasTensor) else serialize(v), e)
        for k, e in extra.items()
    }
    first = node.args[0]
    if isinstance(first, KerasTensor):
        return [[*reference(first), extra]]
    return map_structure(lambda t: [*reference(t), extra], list(first) if isinstance(first, tuple) else first)


def _serialize_function(operation: OpLambda) -> dict[str, Any]:
    function_of_label(operation.label)  # raises for one that could not be found again
    config = {
        "name": operation.name,
        "trainable": True,
        "dtype": "float32",
        "function": operation.label.removeprefix("tf."),
    }
    return {
        "module": None,
        "class_name": operation.display_name,
        "config": config | {"label": operation.label},
        "registered_name": None,
    }


def _encode(value: Any, reference: Callable[[KerasTensor], list[Any]]) -> Any:
    """Arguments of a recorded function, constants and all, as JSON."""
    if isinstance(value, KerasTensor):
        return {"tensor": reference(value)}
    if isinstance(value, (Tensor, np.ndarray)):
        array = value.detach().cpu().numpy() if isinstance(value, Tensor) else value
        return {"array": array.tolist(), "dtype": str(array.dtype), "torch": isinstance(value, Tensor)}
    if isinstance(value, slice):
        return {"slice": [_encode(v, reference) for v in (value.start, value.stop, value.step)]}
    if value is Ellipsis:
        return {"ellipsis": True}
    if isinstance(value, torch.dtype):
        return {"torch_dtype": dtype_name(value)}
    if isinstance(value, tuple):
        return {"tuple": [_encode(v, reference) for v in value]}
    if isinstance(value, list):
        return [_encode(v, reference) for v in value]
    if isinstance(value, dict):
        return {"dict": {k: _encode(v, reference) for k, v in value.items()}}
    return serialize(value)


# --- reading ------------------------------------------------------------------------------------------------


def model_from_graph_config(cls: Any, config: dict[str, Any], custom_objects: dict[str, Any] | None) -> Any:
    """A functional model from its config: layers first, then their calls, each as soon as its inputs exist."""
    config = graphs.from_any(config)
    with reading.level(FAMILY, {"class_name": cls.__name__, "config": config}, custom_objects):
        return _from_our_form(cls, config, custom_objects)


def _from_our_form(cls: Any, config: dict[str, Any], custom_objects: dict[str, Any] | None) -> Any:
    with custom_object_scope(custom_objects):
        graph = _Drawn({saved["name"]: _layer(saved) for saved in config["layers"]})
        waiting = [(saved["name"], call) for saved in config["layers"] for call in saved["inbound_nodes"]]
        while waiting:
            later: list[tuple[str, Any]] = []
            held: set[str] = set()
            for name, call in waiting:
                # The calls of one layer keep their order, so that their numbers mean what they meant.
                if name in held or not all(graph.has(reference) for reference in _references(call)):
                    held.add(name)
                    later.append((name, call))
                else:
                    graph.call(name, call)
            if len(later) == len(waiting):
                names = sorted({name for name, _ in later})
                raise ValueError(f"The config does not describe a graph: nothing ever feeds the layers {names}.")
            waiting = later
        inputs, outputs = (_structure(config[key], graph.find) for key in ("input_layers", "output_layers"))
        made = cls(inputs=inputs, outputs=outputs, name=config.get("name"))
    if config.get("trainable") is False:
        made.trainable = False
    return made


class _Drawn:
    """The layers of a graph that is being drawn, and the calls of each within it; some are shared with other graphs."""

    def __init__(self, layers: dict[str, Operation]) -> None:
        self.layers = layers
        self.nodes: dict[str, list[Node]] = {
            name: list(layer._inbound_nodes) if isinstance(layer, InputLayer) else [] for name, layer in layers.items()
        }

    def has(self, reference: Any) -> bool:
        if reference[0] not in self.layers:
            raise ValueError(f"The config refers to a layer {reference[0]!r} that it does not contain.")
        return len(self.nodes[reference[0]]) > reference[1] >= 0

    def find(self, reference: Any) -> KerasTensor:
        name, node, index = reference[:3]
        outputs = flatten(self.nodes[name][node].outputs) if self.has(reference) else []
        if not 0 <= index < len(outputs):
            raise ValueError(f"The config refers to output {index} of call {node} of layer {name!r}, which has none.")
        found: KerasTensor = outputs[index]
        return found

    def call(self, name: str, call: Any) -> None:
        layer: Any = self.layers[name]
        if _is_reference(call) and call[0] == "_FUNCTION":
            args, kwargs = (_decode(call[3][key], self.find) for key in ("args", "kwargs"))
            (layer.symbolic_call if isinstance(layer, OpLambda) else layer)(*args, **kwargs)
        else:
            extra: dict[str, Any] = next((r[3] for r in _references(call) if len(r) > 3), {})
            layer(_inputs_of(self.find, call), **{key: self.resolved(value) for key, value in extra.items()})
        self.nodes[name].append(layer._inbound_nodes[-1])

    def resolved(self, value: Any) -> Any:
        if _is_reference(value) and value[0] in self.layers:
            return self.find(value)
        if isinstance(value, list):
            return [self.resolved(v) for v in value]
        return value


def _layer(saved: dict[str, Any]) -> Operation:
    config = dict(saved["config"])
    if saved["class_name"] in LAMBDAS:
        label = config["label"]
        return OpLambda(function_of_label(label), name=config["name"], label=label)
    config.setdefault("name", saved["name"])
    made: Operation = FAMILY.deserialize(saved | {"config": config})
    return made


def _structure(saved: Any, tensor: Callable[[Any], KerasTensor]) -> Any:
    if _is_reference(saved):
        return tensor(saved)
    if isinstance(saved, dict):
        return {key: _structure(value, tensor) for key, value in saved.items()}
    found = [_structure(value, tensor) for value in saved]
    return found[0] if len(found) == 1 else found


def _is_reference(value: Any) -> bool:
    return (
        isinstance(value, (list, tuple)) and len(value) >= 3 and isinstance(value[0], str) and isinstance(value[1], int)
    )


def _inputs_of(function: Callable[[Any], Any], call: Any) -> Any:
    """The inputs of a call: one tensor for a single reference, else the structure it had."""
    if _is_reference(call):
        return function(call)
    if isinstance(call, dict):
        return {key: _inputs_of(function, value) for key, value in call.items()}
    found = [_inputs_of(function, value) for value in call]
    return found[0] if len(found) == 1 else found


def _references(call: Any) -> list[Any]:
    if _is_reference(call):
        if call[0] == "_FUNCTION":
            return _encoded_references(call[3])
        return [call]
    values = call.values() if isinstance(call, dict) else call
    return [reference for value in values for reference in _references(value)]


def _encoded_references(value: Any) -> list[Any]:
    if isinstance(value, dict):
        if "tensor" in value and _is_reference(value["tensor"]):
            return [value["tensor"]]
        return [r for v in value.values() for r in _encoded_references(v)]
    return [r for v in value for r in _encoded_references(v)] if isinstance(value, list) else []


def _decode(value: Any, find: Callable[[Any], KerasTensor]) -> Any:
    if isinstance(value, list):
        return [_decode(v, find) for v in value]
    if not isinstance(value, dict):
        return value
    (kind, content), *_ = value.items()
    if kind == "tensor":
        return find(content)
    if kind == "array":
        array = np.array(content, dtype=value["dtype"])
        return torch.tensor(array) if value.get("torch") else array
    if kind == "slice":
        return slice(*[_decode(v, find) for v in content])
    if kind == "ellipsis":
        return Ellipsis
    if kind == "torch_dtype":
        return torch_dtype(content)
    if kind == "tuple":
        return tuple(_decode(v, find) for v in content)
    return {k: _decode(v, find) for k, v in content.items()}


def build_from_saved(layer: Any, saved: dict[str, Any]) -> None:
    """Builds a layer of a model that has no graph from the shape its config recorded."""
    shape = (saved.get("build_config") or {}).get("input_shape")
    if shape is not None and not layer.built:
        layer.build(map_shapes(as_shape, shape))
