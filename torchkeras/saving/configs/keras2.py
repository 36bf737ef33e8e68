"""Our configs in the form that Keras 2 loads: the old one, which all its versions read."""

from __future__ import annotations

from typing import Any

from torchkeras.saving.configs.functions import as_tensorflow, named_arguments
from torchkeras.saving.configs.graphs import is_graph, is_reference
from torchkeras.saving.configs.operations import GETITEM, LAMBDAS

#: Settings that older ones, or Keras 3, do not know: they are written where they say something.
_AS_ALWAYS = {"softmax_robust_masking": False, "time_major": False, "rng_type": "stateful"}
_OF_NO_GROUPS = {
    "groups": 1,
    "kernel_initializer": {"class_name": "GlorotUniform", "config": {"seed": None}},
    "kernel_regularizer": None,
    "kernel_constraint": None,
}


def to_keras2(config: Any) -> Any:
    """A saved object of ours, with all that is in it, in the form that Keras 2 loads."""
    if isinstance(config, list):
        return [to_keras2(one) for one in config]
    if not isinstance(config, dict):
        return config
    if not isinstance(config.get("class_name"), str) or "config" not in config:
        return {key: to_keras2(value) for key, value in config.items()}
    name, settings = config["class_name"], config["config"]
    if name == "function":  # by its name alone
        registered = config.get("registered_name")
        return registered if registered not in (None, "function") else settings
    made = {"class_name": config.get("registered_name") or name, "config": _settings(name, settings)}
    return made | {key: config[key] for key in ("name",) if key in config}


def _settings(name: str, settings: Any) -> Any:
    if not isinstance(settings, dict):
        return settings
    if is_graph(settings):
        return _graph(settings)
    inner = to_keras2 if name == "Sequential" else _within_layer
    made = {key: inner(value) for key, value in settings.items()}
    unneeded = _AS_ALWAYS | (
        _OF_NO_GROUPS if name.startswith(("Depthwise", "Separable")) or "Transpose" in name else {}
    )
    return {key: value for key, value in made.items() if key not in unneeded or value != unneeded[key]}


def _within_layer(value: Any) -> Any:
    """A setting of a layer. Layers in it say where they come from, as since Keras 2.13: Keras 3 finds them by that."""
    if isinstance(value, list):
        return [_within_layer(one) for one in value]
    if not isinstance(value, dict) or value.get("module") != "keras.layers" or value.get("registered_name"):
        return to_keras2(value)
    made = to_keras2(value)
    if is_graph(made["config"]):
        return made | {"class_name": "Model", "module": "keras", "registered_name": None}  # as all Keras know it
    module = "keras" if made["class_name"] == "Sequential" else "keras.layers"
    return made | {"module": module, "registered_name": None}


# --- graphs -------------------------------------------------------------------------------------------------


def _graph(settings: dict[str, Any]) -> dict[str, Any]:
    counted = {one["name"] for one in settings["layers"] if _counts_itself(one.get("config"))}
    return {key: to_keras2(value) for key, value in settings.items()} | {
        "layers": [_in_graph(one, counted) for one in settings["layers"]],
        "input_layers": _moved(settings["input_layers"], counted),
        "output_layers": _moved(settings["output_layers"], counted),
    }


def _counts_itself(config: Any) -> bool:
    """Whether Keras 2 numbers the calls of an inner model from 1: its own graph is call 0."""
    if not isinstance(config, dict):
        return False
    layers = config.get("layers")
    first = layers[0] if isinstance(layers, list) and layers and isinstance(layers[0], dict) else {}
    return is_graph(config) or first.get("class_name") == "InputLayer"


def _moved(value: Any, counted: set[str]) -> Any:
    """References with Keras 2's numbers, in calls and among their arguments."""
    if is_reference(value):
        moved = [value[0], value[1] + (value[0] in counted), value[2]]
        return [*moved, {key: _moved(one, counted) for key, one in value[3].items()}] if len(value) > 3 else moved
    if isinstance(value, dict):
        return {key: _moved(one, counted) for key, one in value.items()}
    return [_moved(one, counted) for one in value] if isinstance(value, (list, tuple)) else value


def _in_graph(saved: dict[str, Any], counted: set[str]) -> dict[str, Any]:
    if saved["class_name"] in LAMBDAS:
        return _function(saved, counted)
    made = to_keras2({key: value for key, value in saved.items() if key != "inbound_nodes"})
    calls = [_layer_call(saved["name"], call) for call in saved["inbound_nodes"]]
    return made | {"name": saved["name"], "inbound_nodes": [_moved(call, counted) for call in calls]}


def _layer_call(layer: str, call: Any) -> Any:
    if is_reference(call) and call[0] == "_FUNCTION":
        raise NotImplementedError(f"A call of layer {layer!r} with constants cannot be put into Keras 2's form.")
    return call


def _function(saved: dict[str, Any], counted: set[str]) -> dict[str, Any]:
    label, calls = saved["config"]["label"], []
    function = label.removeprefix("tf.")
    for call in saved["inbound_nodes"]:
        args, kwargs = unmarked(call[3]["args"]), unmarked(call[3]["kwargs"])
        if label == GETITEM:
            first, rest = args[0], {"slice_spec": args[1]}
        else:
            function, arguments = as_tensorflow(label, named_arguments(label, args, kwargs))
            (_, first), *others = arguments.items()
            rest = dict(others)
        calls.append(_moved(_head(first, rest), counted))
    config = {"name": saved["name"], "trainable": True, "dtype": "float32", "function": function}
    kind = "SlicingOpLambda" if label == GETITEM else "TFOpLambda"
    return {"class_name": kind, "config": config, "name": saved["name"], "inbound_nodes": calls}


def _head(first: Any, rest: dict[str, Any]) -> Any:
    """A call in Keras 2's form: the tensors of the first argument, each with the other arguments."""
    if is_reference(first):
        return [*first[:3], rest]
    if isinstance(first, list) and any(map(_has_tensor, first)):
        return [_head(one, rest) for one in first]
    return ["_CONSTANT_VALUE", -1, first, rest]


def _has_tensor(value: Any) -> bool:
    return is_reference(value) or (isinstance(value, list) and any(map(_has_tensor, value)))


def unmarked(value: Any) -> Any:
    """An argument of a recorded function in Keras 2's form."""
    if isinstance(value, list):
        return [unmarked(one) for one in value]
    if not isinstance(value, dict):
        return value
    (kind, content), *_ = value.items()
    if kind in ("array", "torch_dtype"):
        return content
    if kind == "tensor":
        return list(content[:3])
    if kind == "slice":
        return dict(zip(("start", "stop", "step"), map(unmarked, content), strict=True))
    if kind == "ellipsis":
        return {"class_name": "__ellipsis__"}
    if kind == "tuple":
        return [unmarked(one) for one in content]
    return {key: unmarked(one) for key, one in content.items()}
