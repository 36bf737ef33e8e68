"""What tf.keras is told of each layer: a dict that becomes JSON in `keras_metadata.pb`."""

from __future__ import annotations

from typing import Any

import numpy as np

from torchkeras.core.dtypes import dtype_name
from torchkeras.core.nest import map_structure
from torchkeras.core.registry import serialize
from torchkeras.graph.operation import Operation
from torchkeras.layers import RNN, IntegerLookup, Layer, StringLookup, TextVectorization
from torchkeras.layers.building import map_shapes
from torchkeras.layers.input_layer import InputLayer
from torchkeras.saving import configs
from torchkeras.saving.saved_model.metadata import INPUT, LAYER, MODEL_KIND, NETWORK, SEQUENTIAL
from torchkeras.saving.saved_model.metadata import RNN as RNN_LAYER
from torchkeras.saving.saved_model.specs import spec_of

#: What `keras_version` says: the last Keras whose own format this was.
KERAS_VERSION = "2.15.0"


class Descriptions:
    """The dicts of a model's layers; those of a graph's layers are parts of its own config."""

    def __init__(self) -> None:
        self._saved: dict[int, dict[str, Any] | None] = {}

    def _of_config(self, layer: Any) -> dict[str, Any] | None:
        if id(layer) not in self._saved:
            saved = self._saved[id(layer)] = _keras2(layer)
            if saved is not None:
                self._go_through(layer, saved)
        return self._saved[id(layer)]

    def _go_through(self, model: Any, saved: dict[str, Any]) -> None:
        """Takes the configs of a model's layers out of its own: they are the same objects there."""
        listed = saved["config"].get("layers") if isinstance(saved.get("config"), dict) else None
        if not isinstance(listed, list) or not is_graph(model):
            return
        by_name = {one.get("name") or one["config"].get("name"): one for one in listed}
        if "_stack_keys" in model.__dict__:
            _put_input(saved["config"], model)
        for layer in model.layers:
            own = by_name.get(layer.name)
            if own is not None:
                _put_vocabulary(own, layer)
                self._saved[id(layer)] = own
                self._go_through(layer, own)

    def of(self, layer: Any) -> dict[str, Any] | None:
        """The dict of a layer or recorded function; None for what is neither."""
        if not isinstance(layer, Operation):
            return None
        saved = self._of_config(layer)
        plain = not isinstance(layer, Layer)
        described: dict[str, Any] = {
            "name": layer.name,
            "trainable": bool(layer.trainable),
            "expects_training_arg": False if plain else bool(layer._call_info.training),
            "dtype": None,  # the config says it, policies and all
            "batch_input_shape": None,
            "stateful": bool(getattr(layer, "stateful", False)),
            # tf.keras else goes on with a layer that cannot be called, where it cannot make one of the config.
            "must_restore_from_config": saved is not None and kind_of(layer) != MODEL_KIND,
            "preserve_input_structure_in_config": False,
            "autocast": True if plain else bool(layer._autocast),
        }
        if saved is None:
            described["class_name"] = type(layer).__name__
        else:
            described |= {"class_name": saved["class_name"], "config": saved["config"]}
        shape = (layer.get_build_config() or {}).get("input_shape") if not plain else None
        if shape is None and kind_of(layer) == MODEL_KIND:
            called_with = layer.__dict__.get("_called_with")
            shape = map_structure(lambda one: tuple(one.shape), called_with[0]) if called_with else None
        if shape is not None:
            described["build_input_shape"] = map_shapes(_tensor_shape, shape)
        if hasattr(type(layer), "_functional_graph"):
            described |= self._of_model(layer, saved)
        return described

    def _of_model(self, model: Any, saved: dict[str, Any] | None) -> dict[str, Any]:
        found: dict[str, Any] = {"is_graph_network": is_graph(model)}
        spec = spec_of(model)
        if spec is not None:
            found |= {"save_spec": spec, "full_save_spec": _tuple([spec], {})}
        found |= {"keras_version": KERAS_VERSION, "backend": "tensorflow"}
        if saved is not None:
            found["model_config"] = {"class_name": saved["class_name"], "config": saved["config"]}
        return found


def kind_of(layer: Any) -> str:
    """The name that TensorFlow has for this kind of layer."""
    if hasattr(type(layer), "_functional_graph"):
        if "_stack_keys" in layer.__dict__:
            return SEQUENTIAL
        return NETWORK if is_graph(layer) else MODEL_KIND
    if isinstance(layer, InputLayer):
        return INPUT
    return RNN_LAYER if isinstance(layer, RNN) else LAYER


def is_graph(layer: Any) -> bool:
    """Whether a layer is a functional model or a Sequential one."""
    own = layer.__dict__
    return own.get("_functional_graph") is not None or "_stack_keys" in own


def _keras2(layer: Any) -> dict[str, Any] | None:
    """The saved form of a layer for Keras 2; None where it has none, as subclassed models often."""
    if not isinstance(layer, Layer):
        return None  # a function that Keras 2 has not, or by another name: the config of the whole model has it
    try:
        saved = configs.to_keras2(serialize(layer))
    except NotImplementedError:
        if is_graph(layer):
            raise  # a function in it that Keras 2 has not
        return None
    _put_vocabulary(saved, layer)
    return saved


def _put_input(config: dict[str, Any], model: Any) -> None:
    """The input of a Sequential model that learned it from its first data: tf.keras looks for it in a graph else."""
    first = config["layers"][0] if config["layers"] else {"class_name": "InputLayer"}
    if first["class_name"] == "InputLayer" or not model.inputs:
        return
    (tensor,) = model.inputs
    settings = {
        "batch_input_shape": list(tensor.shape),
        "dtype": dtype_name(tensor.dtype),
        "sparse": False,
        "ragged": False,
        "name": f"{model.layers[0].name}_input",
    }
    config["layers"].insert(0, {"class_name": "InputLayer", "config": settings})
    config.pop("build_input_shape", None)


def _put_vocabulary(saved: dict[str, Any], layer: Any) -> None:
    """What a lookup layer has learned goes into its config: tf.keras keeps it in a graph, of which there is none."""
    lookup = layer.lookup if isinstance(layer, TextVectorization) else layer
    if not isinstance(lookup, (StringLookup, IntegerLookup)) or not lookup._count():
        return
    config = saved["config"]
    if config.get("vocabulary") is None:
        config["vocabulary"] = serialize(lookup.get_vocabulary(include_special_tokens=False))
        if lookup.output_mode == "tf_idf":
            config["idf_weights"] = serialize(np.asarray(lookup._weights_of_values()))


def _tensor_shape(shape: Any) -> dict[str, Any]:
    return {"class_name": "TensorShape", "items": list(shape)}


def _tuple(*items: Any) -> dict[str, Any]:
    return {"class_name": "__tuple__", "items": list(items)}


__all__ = ["Descriptions", "is_graph", "kind_of"]
