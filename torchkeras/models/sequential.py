"""Sequential: a stack of layers, each fed by the one before."""

from __future__ import annotations

from typing import Any

from torch import nn

from torchkeras.core import reading
from torchkeras.core.naming import module_key
from torchkeras.core.nest import flatten, map_structure
from torchkeras.core.tensors import as_tensor
from torchkeras.graph.keras_tensor import KerasTensor, as_shape, symbolic_leaves, torch_dtype_of
from torchkeras.graph.operation import Node, Operation
from torchkeras.layers import FAMILY
from torchkeras.layers.base import Layer
from torchkeras.layers.input_layer import InputLayer
from torchkeras.layers.torch_module import TorchModuleWrapper
from torchkeras.models import functional_config
from torchkeras.models.functional import FunctionalGraph
from torchkeras.models.model import Model


class Sequential(Model):
    """A linear stack of layers.

    Its weights exist from the start when the input's shape is known (an `Input` first, or `input_shape=` on the first
    layer), else from the first call on.

    Args:
        layers: the layers, to which `add` appends.
        name: its name.

    Example:
        model = keras.Sequential([keras.layers.Dense(8, activation="relu", input_shape=(4,)), keras.layers.Dense(1)])
    """

    _leaves_casts = True

    def __init__(self, layers: Any = None, name: str | None = None, trainable: bool = True) -> None:
        super().__init__(name=name, trainable=trainable)
        self.__dict__.update(
            _stack_keys=[],  # the keys of the layers among the children, an InputLayer's first if there is one
            _layer_keys={},  # the same by the identity of the layer that was added: a child may be replaced later
            _stack_end=None,  # the symbolic output so far, where the input's shape is known
            _shape_inferred=False,  # whether that shape was taken from data
        )
        for layer in layers if isinstance(layers, (list, tuple)) else [] if layers is None else [layers]:
            self.add(layer)

    def _automatic_name(self) -> str:
        return "sequential" if type(self) is Sequential else super()._automatic_name()

    # --- the stack ---

    def _stacked(self) -> list[Any]:
        return [self._modules[key] for key in self._stack_keys]

    def _first(self) -> Any:
        return self._modules[self._stack_keys[0]]

    @property
    def layers(self) -> list[Any]:
        """The layers, without the InputLayer."""
        return [layer for layer in self._stacked() if not isinstance(layer, InputLayer)]

    def add(self, layer: Any) -> None:
        """Puts a layer on top of the stack."""
        layer = _as_layer(layer)
        # Layers are kept by name. One that was renamed since is met by its new name when the graph is drawn.
        if getattr(self._modules.get(module_key(layer.name)), "name", None) == layer.name:
            raise ValueError(
                f'All layers added to a Sequential model should have unique names. Name "{layer.name}" is already '
                f"the name of a layer in this model. Update the `name` argument to pass a unique name."
            )
        if not self._stack_keys and not isinstance(layer, InputLayer):
            self._begin(layer)
        self._push(layer, len(self._stack_keys))
        if self._shape_inferred:
            self._forget_graph()
        elif isinstance(layer, InputLayer):
            self._set_end(layer.output)
        elif self._stack_end is not None:
            self._set_end(_single(layer(self._stack_end)))
        self._drop_graph()

    def _push(self, layer: Any, place: int) -> None:
        key = module_key(layer.name)
        while key in self._modules:  # of a layer that had this name when it was added, or that has one much like it
            key += "_"
        self._stack_keys.insert(place, key)
        self._layer_keys[id(layer)] = key
        self._modules[key] = layer

    def pop(self) -> None:
        """Takes the last layer off the stack."""
        if not self.layers:
            raise TypeError("There are no layers in the model.")
        layer: Any = self._modules.pop(self._stack_keys.pop())
        if self._shape_inferred:
            self._forget_graph()
        elif self._stack_end is not None:
            self._set_end(flatten(self._stack_end.node.args)[0])
            layer._inbound_nodes.pop()
        self._drop_graph()

    def _begin(self, first: Any) -> None:
        """An InputLayer below the first layer, where that tells the input's shape."""
        shape, dtype = first.__dict__.get("_batch_input_shape"), first.__dict__.get("_input_dtype")
        if (
            shape is None
            and isinstance(first, Model)
            and first._functional_graph is not None
            and len(first._functional_graph.leaves) == 1
        ):
            shape, dtype = first._functional_graph.leaves[0].shape, first._functional_graph.leaves[0].torch_dtype
        if shape is not None:
            self.add(InputLayer(batch_input_shape=shape, dtype=dtype, name=f"{first.name}_input"))

    # --- the graph, made when it is first needed ---

    @property
    def _functional_graph(self) -> FunctionalGraph | None:  # type: ignore[override]
        graph = self.__dict__.get("_stack_graph")
        if graph is None and self.__dict__.get("_stack_end") is not None:
            graph = FunctionalGraph(self._entry(), self._stack_end, self._layer_keys)
            self.__dict__["_stack_graph"] = graph
            if not self._trainable:
                self.trainable = False
        return graph

    def _entry(self) -> KerasTensor:
        found: KerasTensor = self._first().output
        return found

    def _drop_graph(self) -> None:
        self.__dict__["_stack_graph"] = None
        self.built = self._stack_end is not None
        self.__dict__["_runs_graph"] = (
            type(self).call is Sequential.call and type(self).forward.__code__ is Layer.forward.__code__
        )

    def _set_end(self, tensor: Any, inferred: bool = False) -> None:
        self.__dict__.update(_stack_end=tensor, _shape_inferred=inferred)

    def _forget_graph(self) -> None:
        """Back to waiting for data: the InputLayer that was made from its shape goes."""
        self._modules.pop(self._stack_keys.pop(0))
        for layer in self._stacked():
            layer._inbound_nodes.clear()
        self._set_end(None)

    def _infer_graph(self, shape: Any, dtype: Any) -> None:
        """The graph for inputs of this shape; where an earlier batch had another, axes that differ are left open."""
        if self._shape_inferred:
            known = self._entry().shape
            if len(known) == len(shape):
                shape = [a if a == b else None for a, b in zip(known, shape, strict=True)]
            self._forget_graph()
        first = InputLayer(batch_input_shape=shape, dtype=dtype, name=f"{self.layers[0].name}_input")
        end = first.output
        for layer in self.layers:
            end = _single(layer(end))
        self._push(first, 0)
        self._set_end(end, inferred=True)
        self._drop_graph()

    def build(self, input_shape: Any = None) -> None:
        """Makes the weights for inputs of this shape."""
        if self._functional_graph is None and input_shape is not None:
            if not self.layers:
                raise ValueError(f"Sequential model {self.name!r} cannot be built: it has no layers.")
            takes = self.layers[0].__dict__.get("_input_dtype")
            self._infer_graph(as_shape(input_shape), takes if takes == "string" else None)

    def get_build_config(self) -> dict[str, Any] | None:
        return {"input_shape": self._entry().shape} if self._shape_inferred else super().get_build_config()

    # --- calling ---

    def call(self, inputs: Any, training: Any = None, mask: Any = None) -> Any:
        """Computes the output of the last layer."""
        inputs = map_structure(lambda value: as_tensor(value, self._dtype_policy.variable), inputs)
        if self._functional_graph is None or (self._shape_inferred and not self._takes(inputs)):
            if not self.layers:
                return inputs
            tensor = _single(inputs)
            self._infer_graph(tuple(tensor.shape), _unless_floating(tensor.dtype))
        return super().call(inputs, training=training, mask=mask)

    def _takes(self, inputs: Any) -> bool:
        known = self._entry().shape
        shape = tuple(_single(inputs).shape)
        return len(known) == len(shape) and all(a is None or a == b for a, b in zip(known, shape, strict=True))

    def compute_output_spec(self, *args: Any, **kwargs: Any) -> Any:
        if self._functional_graph is None or (self._shape_inferred and not self._takes(args[0])):
            self._infer_graph(args[0].shape, _unless_floating(torch_dtype_of(args[0])))
        return super().compute_output_spec(*args, **kwargs)

    def _ensure_built(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        """`call` builds, knowing the data."""

    # --- description ---

    def get_config(self) -> dict[str, Any]:
        kept = self.layers if self._shape_inferred else self._stacked()
        config: dict[str, Any] = {
            "name": self.name,
            "layers": [functional_config.serialize_layer(layer) for layer in kept],
        }
        if self._shape_inferred:
            config["build_input_shape"] = list(self._entry().shape)
        return config

    @classmethod
    def from_config(cls, config: Any, custom_objects: dict[str, Any] | None = None) -> Any:
        if isinstance(config, list):  # as Keras wrote it before 2.2.3
            config = {"layers": config}
        if "layers" not in config:
            return cls(**config)
        made = cls(name=config.get("name"))
        with reading.level(FAMILY, {"class_name": cls.__name__, "config": config}, custom_objects):
            for saved in config["layers"][_has_inferred_input(config) :]:
                made.add(FAMILY.deserialize(saved, custom_objects))
        if config.get("build_input_shape") is not None and made._functional_graph is None:
            made.build(config["build_input_shape"])
        if config.get("trainable") is False:
            made.trainable = False
        return made

    def __getstate__(self) -> dict[str, Any]:
        # Layers of a stack copy without their nodes; the copy draws its own graph.
        drawn = self._stack_end is not None
        return super().__getstate__() | {"_stack_graph": None, "_stack_end": None, "_layer_keys": {}, "_drawn": drawn}

    def __setstate__(self, state: dict[str, Any]) -> None:
        drawn = state.pop("_drawn")
        super().__setstate__(state)
        self._layer_keys.update({id(layer): key for key, layer in self._modules.items()})
        if not drawn:
            return
        first = self._first()
        Node(first, (), {}, KerasTensor(first._batch_input_shape, first.input_dtype, name=first.name))
        end = first.output
        for layer in self.layers:
            end = _single(layer(end))
        self._set_end(end, self._shape_inferred)
        self._drop_graph()


def _as_layer(layer: Any) -> Any:
    if isinstance(layer, KerasTensor):  # keras.Input(...) as an element
        layer = layer.node.operation
    if isinstance(layer, Operation):
        return layer
    if isinstance(layer, nn.Module):
        return TorchModuleWrapper(layer)
    raise TypeError(
        f"The added layer must be an instance of class Layer. Received: layer={layer!r} of type {type(layer).__name__}."
    )


def _unless_floating(dtype: Any) -> Any:
    """The dtype of an Input for such data: its own; floatx for any kind of floats."""
    return None if dtype.is_floating_point else dtype


def _single(tensors: Any) -> Any:
    leaves = symbolic_leaves(tensors) or flatten(tensors)
    if len(leaves) != 1:
        raise ValueError(
            "All layers in a Sequential model should have a single input and output tensor. For multi-input or "
            "multi-output layers, use the functional API."
        )
    return leaves[0]


def _has_inferred_input(config: dict[str, Any]) -> bool:
    """Whether the first layer is an InputLayer that Keras 3 made from a batch of data, of whatever size that had."""
    shape, layers = config.get("build_input_shape"), config["layers"]
    if not isinstance(shape, (list, tuple)) or not shape or not isinstance(shape[0], int) or len(layers) < 2:
        return False
    settings = layers[0].get("config") or {} if layers[0].get("class_name") == "InputLayer" else {}
    own = settings.get("batch_shape") or settings.get("batch_input_shape")
    return own is not None and list(own) == list(shape) and str(settings.get("dtype")).startswith("float")
