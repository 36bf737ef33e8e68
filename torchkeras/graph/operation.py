"""Operation: what a node of the graph calls. Layers are operations; so is a recorded function."""

from __future__ import annotations

import functools
import importlib
import sys
from typing import Any

import torch
import torch.overrides
from torch import nn

from torchkeras.core.kinds import call_user
from torchkeras.core.naming import to_snake_case, unique_name
from torchkeras.core.nest import flatten, map_structure
from torchkeras.core.registry import FAMILIES
from torchkeras.graph.inference import infer
from torchkeras.graph.keras_tensor import KerasTensor, is_keras_tensor, set_recorder, shapes_of, symbolic_leaves
from torchkeras.graph.operators import OPERATORS, getitem


class Node:
    """One call of an operation on symbolic tensors: arguments in, outputs out.

    Each output knows its node, which gives the graph its edges.
    """

    def __init__(self, operation: Operation, args: tuple[Any, ...], kwargs: dict[str, Any], outputs: Any) -> None:
        self.operation, self.args, self.kwargs, self.outputs = operation, args, kwargs, outputs
        self.index = len(operation._inbound_nodes)
        operation._inbound_nodes.append(self)
        for i, tensor in enumerate(symbolic_leaves(outputs)):
            tensor.node, tensor.node_index, tensor.index = self, self.index, i

    @property
    def inputs(self) -> list[KerasTensor]:
        return symbolic_leaves((self.args, self.kwargs))

    @property
    def input_tensors(self) -> Any:
        """The first argument's tensors, or all of them where there are several."""
        first = self.args[0] if self.args else self.inputs
        return first if len(symbolic_leaves(first)) == len(self.inputs) else self.inputs

    @property
    def parents(self) -> list[Node]:
        return [tensor.node for tensor in self.inputs]


class Operation(nn.Module):
    """A named thing that can be called on symbolic tensors and remembers each such call as a Node."""

    _inbound_nodes: list[Node]

    def __getattr__(self, name: str) -> Any:
        try:
            return super().__getattr__(name)
        except AttributeError:
            # A property that raised AttributeError ends up here: say what it said, not that there is no such attribute.
            if isinstance(known := getattr(type(self), name, None), property) and known.fget is not None:
                return known.fget(self)
            raise

    def __init__(self, name: str | None = None) -> None:
        super().__init__()
        self._name = name or unique_name(self._automatic_name())
        object.__setattr__(self, "_inbound_nodes", [])

    def _automatic_name(self) -> str:
        return to_snake_case(type(self).__name__)

    @property
    def name(self) -> str:
        return self._name

    def symbolic_call(self, *args: Any, **kwargs: Any) -> Any:
        """Record a call on KerasTensors and give its symbolic outputs."""
        outputs = self.compute_output_spec(*args, **kwargs)
        # A tensor passed through unchanged is a new tensor of this node all the same.
        taken = {id(tensor) for tensor in symbolic_leaves((args, kwargs))}
        outputs = map_structure(lambda t: _renewed(t) if id(t) in taken else t, outputs)
        node = Node(self, args, kwargs, outputs)
        for i, tensor in enumerate(symbolic_leaves(outputs)):
            tensor.name = f"{self.name}/output_{node.index}_{i}"
        return outputs

    def compute_output_spec(self, *args: Any, **kwargs: Any) -> Any:
        return infer(self.call, args, kwargs, owner=self)

    def call(self, *args: Any, **kwargs: Any) -> Any:
        raise NotImplementedError(f"Layer {self.name!r} ({type(self).__name__}) does not have a `call()` method.")

    # --- the tensors of the recorded calls ---

    def _node(self, index: int, what: str) -> Node:
        if not self._inbound_nodes:
            raise AttributeError(
                f'The layer "{self.name}" has never been called on symbolic inputs and thus has no defined {what}.'
            )
        if index >= len(self._inbound_nodes):
            raise ValueError(f"Asked to get {what} at node {index}, but the layer has only {len(self._inbound_nodes)}.")
        return self._inbound_nodes[index]

    def _only_node(self, what: str) -> Node:
        if len(self._inbound_nodes) > 1 and len({str(shapes_of(getattr(n, what))) for n in self._inbound_nodes}) > 1:
            raise AttributeError(
                f'The layer "{self.name}" has multiple inbound nodes with different shapes: use '
                f"`get_input_at(node_index)`, `get_output_at(node_index)` instead."
            )
        return self._node(0, what.split("_")[0])

    @property
    def input(self) -> Any:
        if len(self._inbound_nodes) > 1:
            raise AttributeError(
                f"Layer {self.name} has multiple inbound nodes: use `get_input_at(node_index)` instead."
            )
        return self._node(0, "input").input_tensors

    @property
    def output(self) -> Any:
        if len(self._inbound_nodes) > 1:
            raise AttributeError(
                f"Layer {self.name} has multiple inbound nodes: use `get_output_at(node_index)` instead."
            )
        return self._node(0, "output").outputs

    @property
    def input_shape(self) -> Any:
        return shapes_of(self._only_node("input_tensors").input_tensors)

    @property
    def output_shape(self) -> Any:
        return shapes_of(self._only_node("outputs").outputs)

    def get_input_at(self, node_index: int) -> Any:
        return self._node(node_index, "input").input_tensors

    def get_output_at(self, node_index: int) -> Any:
        return self._node(node_index, "output").outputs

    def get_input_shape_at(self, node_index: int) -> Any:
        return shapes_of(self.get_input_at(node_index))

    def get_output_shape_at(self, node_index: int) -> Any:
        return shapes_of(self.get_output_at(node_index))

    def __getstate__(self) -> dict[str, Any]:
        # A copy of a layer does not take the graph it was used in along; a functional model ties its own nodes again.
        return self.__dict__ | {"_inbound_nodes": []}


def _renewed(tensor: Any) -> Any:
    return KerasTensor(tensor.shape, tensor.torch_dtype, mask=tensor._keras_mask) if is_keras_tensor(tensor) else tensor


# --- recorded functions -------------------------------------------------------------------------------------


class OpLambda(Operation):
    """A function recorded on symbolic tensors: the layer that `x + 1` or `torch.relu(x)` puts into a functional model.

    Parameters among its constants become its own, so that they reach the model.
    """

    trainable = True

    def __init__(self, function: Any, name: str | None = None, label: str | None = None) -> None:
        self.label = label or _label(function)
        super().__init__(name or unique_name(self.label))
        self.function = function

    @property
    def display_name(self) -> str:
        if self.label == "tf.__operators__.getitem":
            return "SlicingOpLambda"
        return "TFOpLambda" if self.label.startswith("tf.") else "OpLambda"

    def call(self, *args: Any, **kwargs: Any) -> Any:
        return call_user(self.function, *args, **kwargs)

    forward = call

    def own_parameters(self, args: Any, kwargs: Any) -> None:
        for i, value in enumerate(leaf for leaf in flatten((args, kwargs)) if isinstance(leaf, nn.Parameter)):
            self.register_parameter(f"constant_{i}", value)

    built = True

    @property
    def weights(self) -> list[Any]:
        return []

    def count_params(self) -> int:
        return sum(p.numel() for p in self.parameters())


def _label(function: Any) -> str:
    name = getattr(function, "__name__", type(function).__name__)
    module = getattr(function, "__module__", None) or "torch"
    if module.startswith("torch._C") or name in dir(torch.Tensor):
        module = "torch"
    return f"{module.removeprefix('torchkeras.')}.{name}"


#: Functions by the label they are recorded under, where neither torch nor a family knows them: keras.backend's.
LABELLED: dict[str, Any] = {}


class OperatorOrFunction:
    """What a label stands for that an operator (`x @ y`) and a function (`tf.matmul(x, y, transpose_b=True)`) share."""

    def __init__(self, operator: Any, label: str) -> None:
        self.operator, self.label = operator, label
        self.__module__ = operator.__module__

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        if not kwargs and len(args) <= 2:
            return self.operator(*args)
        importlib.import_module("torchkeras.tensorflow")  # which registers its functions
        return LABELLED[self.label](*args, **kwargs)


def function_of_label(label: str) -> Any:
    """The function that a recorded operation of this label computes: an operator, or a function of torch on tensors."""
    if label == "tf.__operators__.getitem":
        return getitem
    for known, function, _ in OPERATORS.values():
        if known == label:
            return OperatorOrFunction(function, label)
    family, _, name = label.rpartition(".")
    if f"keras.{family}" in FAMILIES:  # a loss or an activation
        found = FAMILIES[f"keras.{family}"].objects.get(name)
    else:
        if label.startswith("tf."):
            importlib.import_module("torchkeras.tensorflow")  # which registers its functions
        found = LABELLED.get(label) or _torch_functions().get(label)
    if found is None:
        raise ValueError(
            f"The function {label!r} in this model cannot be put into a config and found again. Put it into a layer "
            f"of its own, with a `call` and a `get_config`."
        )
    return found


@functools.cache
def _torch_functions() -> dict[str, Any]:
    """Functions of torch that take tensors, by label: those that `__torch_function__` can see, nothing that loads."""
    table: dict[str, Any] = {}
    for functions in torch.overrides.get_overridable_functions().values():
        for function in functions:
            if callable(function) and not getattr(function, "__name__", "_").startswith("_"):
                table.setdefault(_label(function), function)
    return table


def record_function(function: Any, args: tuple[Any, ...], kwargs: dict[str, Any], label: str | None = None) -> Any:
    """Record one call of a function on KerasTensors as an OpLambda."""
    _refuse_raw_module(args, kwargs)
    operation = OpLambda(function, label=label)
    operation.own_parameters(args, kwargs)
    return operation.symbolic_call(*args, **kwargs)


def _refuse_raw_module(args: Any, kwargs: Any) -> None:
    """A plain nn.Module called on a KerasTensor would leave its weights out of the model: say what to do instead."""
    frame = sys._getframe(2)
    while frame is not None:
        if frame.f_code is nn.Module._call_impl.__code__:
            module = frame.f_locals["self"]
            stateful = any(True for _ in (*module.parameters(), *module.buffers()))
            if not isinstance(module, Operation) and (stateful or isinstance(module, nn.modules.dropout._DropoutNd)):
                raise TypeError(
                    f"A plain torch module, {type(module).__name__}, was called on a symbolic KerasTensor; its weights "
                    f"and its training mode would not reach the model. Wrap it: "
                    f"`keras.layers.TorchModuleWrapper(module)(x)`. In a Sequential, or as an attribute of a layer "
                    f"whose `call` uses it, it needs no wrapping."
                )
        frame = frame.f_back  # type: ignore[assignment]


set_recorder(record_function)
