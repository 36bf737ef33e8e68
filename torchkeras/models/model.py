"""Model: layers grouped into an object that can be called, summarised and saved."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable, Iterator
from typing import Any

import torch
from torch import Tensor

from torchkeras.core import replicas as scopes
from torchkeras.core.context import call_context, seen
from torchkeras.core.machinery import global_machinery, is_lean, unmasked
from torchkeras.core.nest import flatten, map_structure
from torchkeras.core.variable import Variable
from torchkeras.graph.keras_tensor import KerasTensor, shapes_of, torch_dtype_of
from torchkeras.graph.operation import Operation
from torchkeras.layers.base import Layer
from torchkeras.layers.building import map_shapes
from torchkeras.layers.input_spec import InputSpec, check_input_spec
from torchkeras.layers.weights import add_trainable, distinct
from torchkeras.models import functional_config
from torchkeras.models.functional import FunctionalGraph
from torchkeras.models.summary import Summary
from torchkeras.saving.methods import SavingMethods
from torchkeras.training.model_api import TrainingMethods


def _described(value: Any) -> Any:
    """Shape and dtype of an argument of a call; the batch may be of any size."""
    shape = getattr(value, "shape", None)
    return value if shape is None else InputSpec(torch_dtype_of(value), (None, *tuple(shape)[1:]))


class Model(TrainingMethods, SavingMethods, Layer):
    """A model: functional, `Model(inputs, outputs)`, or a subclass with its own `call`.

    Args:
        inputs: the Input tensor, or a list or dict of them.
        outputs: the tensors it computes, in any structure.
        name: its name.

    Example:
        inputs = keras.Input(shape=(784,))
        hidden = keras.layers.Dense(64, activation="relu")(inputs)
        model = keras.Model(inputs, keras.layers.Dense(10)(hidden))
    """

    _functional_graph: FunctionalGraph | None = None

    takes_texts = True

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        given = dict(zip(("inputs", "outputs", "name", "trainable"), args, strict=False)) | kwargs
        inputs, outputs = given.pop("inputs", None), given.pop("outputs", None)
        super().__init__(**given)
        if (replicas := scopes.present()) is not None:
            self.__dict__["_replicas"] = replicas
        if inputs is not None or outputs is not None:
            if inputs is None or outputs is None:
                raise TypeError("A functional Model needs both `inputs` and `outputs`.")
            self._set_graph(FunctionalGraph(inputs, outputs))

    def _automatic_name(self) -> str:
        return "model" if type(self) is Model else super()._automatic_name()

    def _set_graph(self, graph: FunctionalGraph) -> None:
        self.__dict__["_functional_graph"] = graph
        for key, operation in graph.children().items():
            self._modules[key] = operation
        self.built = True
        self.__dict__["_runs_graph"] = (
            type(self).call is Model.call and type(self).forward.__code__ is Layer.forward.__code__
        )
        if not self._trainable:
            self.trainable = False

    # --- calling ---

    def _call_one(self, x: Tensor, kwargs: dict[str, Any]) -> Any:
        graph = self._functional_graph
        if (
            graph is None
            or not self._runs_graph
            or not self._quiet(graph)
            or not graph.fits(x)
            or self._masked(graph, (x,))
        ):
            return super()._call_one(x, kwargs)
        training = kwargs.get("training") if kwargs else None
        outer = call_context.training, call_context.root
        if training is None and (outer[1] is not None or torch.compiler.is_exporting()):
            return graph.program.run(self._modules, [x], outer[0])
        if training is not None:
            call_context.training = training
        if outer[1] is None:
            call_context.root = self  # losses that layers add are of this call, of a layer used twice as well
        try:
            return graph.program.run(self._modules, [x], call_context.training)
        finally:
            call_context.training, call_context.root = outer

    def _masked(self, graph: FunctionalGraph, values: Any) -> bool:
        """Whether masks take part in a call: made within the model, or come with its inputs."""
        return graph.program.masked or (seen.masks and not all(unmasked(value) for value in values))

    def _quiet(self, graph: FunctionalGraph) -> bool:
        """Whether a call has nothing to do but run the program."""
        state = self.__dict__
        return (
            is_lean(self) and self._activity_regularizer is None and not state.get("_loss_holders") and not graph.heads
        )

    def _has_call(self) -> bool:
        """Whether there is anything to call: models whose steps call only their parts need not have it."""
        return self._functional_graph is not None or "call" in self.__dict__ or type(self).call is not Model.call

    def call(self, inputs: Any, training: Any = None, mask: Any = None) -> Any:
        """Computes the outputs: of a functional model by its program; a subclass writes its own."""
        graph = self._functional_graph
        if graph is None:
            raise NotImplementedError(
                f"Model {self.name!r} ({type(self).__name__}) has no `call()`: override it in the subclass, or give "
                f"the model `inputs` and `outputs` to make it functional."
            )
        values = graph.conform(inputs)
        check_input_spec(graph.spec, values, self.name)
        if mask is not None:
            for value, one in zip(values, flatten(mask), strict=False):
                if one is not None:
                    value._keras_mask = one
        outer = call_context.training
        if training is not None and training is not outer:
            call_context.training = training
        try:
            if self._masked(graph, values) or global_machinery():
                results = graph.program.run_fully(self._modules, values)
            else:
                results = graph.program.run(self._modules, values, call_context.training)
            if not graph.heads:
                return results
            outputs, losses = results
            for loss in losses:
                self._keep_loss(loss)
            return outputs
        finally:
            if call_context.training is not outer:
                call_context.training = outer

    def _default_training(self, around: bool | None) -> Any:
        # A functional model leaves the mode of each layer alone: `model.train(); model.bn.eval()` means what it says.
        if around is not None or (self._functional_graph is not None and self._runs_graph):
            return around
        found = super()._default_training(around)
        return found if self._call_info.own_call else found or None  # a Sequential's layers decide, too

    def _converted(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[tuple[Any, ...], dict[str, Any]]:
        # A functional model casts to its Inputs' own dtypes in `call`.
        return (
            (args, kwargs)
            if self._functional_graph is not None and self._runs_graph
            else super()._converted(args, kwargs)
        )

    def compute_output_spec(self, *args: Any, **kwargs: Any) -> Any:
        graph = self._functional_graph
        if graph is None or not self._runs_graph:
            return super().compute_output_spec(*args, **kwargs)
        inputs = graph.ordered(args[0])
        check_input_spec(graph.spec, inputs, self.name)
        fresh = [
            KerasTensor(t.shape, ref.torch_dtype, mask=t._keras_mask)
            for t, ref in zip(inputs, graph.leaves, strict=True)
        ]
        results = graph.program.trace(fresh, lambda op, a, k: op.compute_output_spec(*a, **k))
        return results[0] if graph.heads else results

    def compute_output_shape(self, input_shape: Any) -> Any:
        """The output's shape for an input's."""
        inputs = map_shapes(lambda shape: KerasTensor(shape, self._dtype_policy.compute), input_shape)
        return shapes_of(self.compute_output_spec(inputs))

    def compute_mask(self, inputs: Any, mask: Any = None) -> Any:
        return None

    compute_mask._is_default = True  # type: ignore[attr-defined]

    # --- building ---

    def build(self, input_shape: Any) -> None:
        """Makes the weights of a subclassed model for inputs of this shape, by a symbolic run of its `call`."""
        if self._functional_graph is not None or type(self).call is Model.call:
            return
        inputs = map_shapes(lambda shape: KerasTensor(shape, self._dtype_policy.compute), input_shape)
        outer = call_context.scope
        call_context.scope = (self.name,)
        try:
            super().compute_output_spec(inputs)
        finally:
            call_context.scope = outer

    def _ensure_built(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        # A call on data builds the layers as it meets them; only a user's own `build` runs beforehand.
        if not self.built and type(self).build is not Model.build:
            super()._ensure_built(args, kwargs)
        if args and "_called_with" not in self.__dict__:
            self.__dict__["_called_with"] = tuple(map_structure(_described, arg) for arg in args)
        self.built = True

    def _finish_build(self) -> None:
        self.built = True

    # --- layers and weights ---

    @property
    def layers(self) -> list[Any]:
        """The layers, in Keras's order."""
        return (
            list(self._children())
            if self._functional_graph is None
            else [self._modules[key] for key in self._functional_graph.children()]
        )

    def get_layer(self, name: str | None = None, index: int | None = None) -> Any:
        """The layer of this name, or at this index."""
        if (name is None) == (index is None):
            raise ValueError(f"Provide either a layer name or a layer index. Received: name={name!r}, index={index}")
        layers = self.layers
        if index is not None:
            if not -len(layers) <= index < len(layers):
                raise ValueError(
                    f"Was asked to retrieve layer at index {index} but model only has {len(layers)} layers."
                )
            return layers[index]
        for layer in layers:
            if layer.name == name:
                return layer
        raise ValueError(f"No such layer: {name}. Existing layers are: {[layer.name for layer in layers]}.")

    def reset_states(self) -> None:
        """Sets the states that stateful recurrent layers keep from batch to batch to zeros."""
        for layer in self._flatten_layers(include_self=False):
            if getattr(layer, "stateful", False) and hasattr(layer, "reset_states"):
                layer.reset_states()

    def _children(self) -> Iterator[Operation]:
        if self._functional_graph is None:
            return super()._children()
        modules = self._modules
        # A replaced child counts, not the one the graph was drawn with.
        listed = [
            child for key in self._functional_graph.child_keys if isinstance(child := modules.get(key), Operation)
        ]
        if len(listed) == len(modules):
            return iter(listed)
        known = set(map(id, listed))
        return itertools.chain(listed, (child for child in super()._children() if id(child) not in known))

    def _find_trainable(self, found: dict[int, Variable]) -> None:
        self._need_weights()
        if self.trainable:
            self._find_trainable_below(found)
            add_trainable(self._own_variables(), found)

    @property
    def non_trainable_weights(self) -> list[Variable]:
        self._need_weights()
        if not self.trainable:
            return self.weights
        below = [w for child in self._children() for w in getattr(child, "non_trainable_weights", ())]
        return distinct([*below, *(v for v in self._own_variables() if not v.trainable)])

    @property
    def weights(self) -> list[Variable]:
        """All weights, layer by layer."""
        self._need_weights()
        return distinct([*(w for child in self._children() for w in child.weights), *self._own_variables()])

    def _need_weights(self) -> None:
        # Keras asks only classes with a `build` of their own, such as Sequential; others give what their parts have.
        if not self.built and "build" in type(self).__dict__:
            raise ValueError(
                f"Weights for model '{self.name}' have not yet been created. Weights are created when the model is "
                f"first called on inputs or `build()` is called with an `input_shape`."
            )

    @property
    def inputs(self) -> list[KerasTensor] | None:
        return None if self._functional_graph is None else list(self._functional_graph.leaves)

    @property
    def outputs(self) -> list[KerasTensor] | None:
        return None if self._functional_graph is None else flatten(self._functional_graph.outputs)

    @property
    def input_names(self) -> list[str]:
        return [] if self._functional_graph is None else list(self._functional_graph.input_names)

    @property
    def output_names(self) -> list[str]:
        return [] if self._functional_graph is None else list(self._functional_graph.output_names)

    @property
    def input(self) -> Any:
        return self._structure("inputs")

    @property
    def output(self) -> Any:
        return self._structure("outputs")

    @property
    def input_shape(self) -> Any:
        return shapes_of(self.input)

    @property
    def output_shape(self) -> Any:
        return shapes_of(self.output)

    def _structure(self, what: str) -> Any:
        if self._functional_graph is None:
            raise AttributeError(
                f"Model {self.name!r} has never been called on symbolic inputs: it has no defined {what}."
            )
        structure = getattr(self._functional_graph, what)
        leaves = flatten(structure)
        return leaves[0] if len(leaves) == 1 and not isinstance(structure, dict) else structure

    def _add_symbolic_loss(self, loss: KerasTensor) -> None:
        """`model.add_loss(tensor)` with a tensor of the model's own graph: computed along with the outputs."""
        if self._functional_graph is None:
            super()._add_symbolic_loss(loss)
        else:
            self._functional_graph.add_head(loss)
            self._modules.update(self._functional_graph.children())

    # --- description ---

    def summary(
        self,
        line_length: int | None = None,
        positions: list[float] | None = None,
        print_fn: Callable[[str], Any] | None = None,
        expand_nested: bool = False,
        show_trainable: bool = False,
        layer_range: list[str] | None = None,
    ) -> None:
        """Prints the table of layers, output shapes and parameter counts."""
        if not self.built:
            raise ValueError(
                "This model has not yet been built. Build the model first by calling `build()` or by calling "
                "the model on a batch of data."
            )
        Summary(self, line_length, positions, print_fn, expand_nested, show_trainable, layer_range).print()

    def get_config(self) -> dict[str, Any]:
        if self._functional_graph is not None and self._runs_graph:
            return functional_config.graph_config(self)
        return super().get_config()

    @classmethod
    def from_config(cls, config: dict[str, Any], custom_objects: dict[str, Any] | None = None) -> Any:
        if "layers" in config and "input_layers" in config:
            return functional_config.model_from_graph_config(cls, config, custom_objects)
        return super().from_config(config)

    def to_json(self, **kwargs: Any) -> str:
        """The configuration as JSON text, without weights."""
        return json.dumps(functional_config.whole_config(self), **kwargs)

    def to_yaml(self, **kwargs: Any) -> str:
        raise RuntimeError("`to_yaml` was removed from Keras because loading YAML can run code. Use `to_json()`.")

    def __getstate__(self) -> dict[str, Any]:
        state = super().__getstate__()
        graph = state.get("_functional_graph")
        # The graph first: it lists its nodes so that copying goes from the inputs on, however deep the model is.
        return state if graph is None else {"_functional_graph": graph, **state}

    def __setstate__(self, state: dict[str, Any]) -> None:
        super().__setstate__(state)
        if self._functional_graph is not None:
            for node in self._functional_graph.program.nodes:
                node.operation._inbound_nodes.append(node)
