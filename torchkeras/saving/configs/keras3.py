"""Our configs in the form that Keras 3 loads."""

from __future__ import annotations

from typing import Any

from torchkeras.saving.configs import changed_meanings
from torchkeras.saving.configs.functions import as_operation, named_arguments
from torchkeras.saving.configs.graphs import is_graph, is_reference
from torchkeras.saving.configs.operations import GETITEM, LAMBDAS

#: Settings that Keras 3 does not have: where they have one of these values nothing is lost. None goes for any value.
_NOT_THERE: dict[str, tuple[Any, ...] | None] = {
    "batch_input_shape": None,
    "implementation": None,
    "time_major": (False,),
    "rng_type": None,
    "noise_shape": (None,),
    "input_length": None,
    "vocabulary_size": None,
    "query_shape": None,
    "key_shape": None,
    "value_shape": None,
    "softmax_robust_masking": None,
}
_OF_CLASS: dict[str, tuple[str, ...]] = {
    "Conv1DTranspose": ("groups",),
    "Conv2DTranspose": ("groups",),
    "Conv3DTranspose": ("groups",),
    "DepthwiseConv1D": ("groups",),
    "DepthwiseConv2D": ("groups",),
    "SeparableConv1D": ("groups", "kernel_initializer", "kernel_regularizer", "kernel_constraint"),
    "SeparableConv2D": ("groups", "kernel_initializer", "kernel_regularizer", "kernel_constraint"),
    "SpatialDropout1D": ("trainable",),
    "SpatialDropout2D": ("trainable",),
    "SpatialDropout3D": ("trainable",),
    "Discretization": ("trainable",),
}
_RENAMED: dict[str, dict[str, str]] = {
    "LeakyReLU": {"alpha": "negative_slope"},
    "InputLayer": {"batch_input_shape": "batch_shape"},
    "ThresholdedReLU": {"theta": "threshold"},
}
_CLASSES = {"ThresholdedReLU": "ReLU"}
_INITIALIZERS = {"Orthogonal": "OrthogonalInitializer", "Identity": "IdentityInitializer"}
_RECURRENT = ("LSTM", "GRU", "SimpleRNN", "RNN", "ConvLSTM1D", "ConvLSTM2D", "ConvLSTM3D", "Bidirectional")
_FUNCTIONS = ("function", "output_shape", "mask")


def to_keras3(config: Any) -> Any:
    """A saved object of ours, with all that is in it, in the form that Keras 3 loads."""
    if isinstance(config, list):
        return [to_keras3(one) for one in config]
    if not isinstance(config, dict):
        return config
    if not isinstance(config.get("class_name"), str) or not isinstance(config.get("config"), dict):
        return {key: to_keras3(value) for key, value in config.items()}
    name, settings = config["class_name"], config["config"]
    if config.get("module") == "keras.layers" and config.get("registered_name") is None:
        if is_graph(settings):
            return _model(config, "keras.src.models.functional", _graph(settings), "Functional")
        if name == "Sequential":
            return _model(config, "keras", {key: to_keras3(value) for key, value in settings.items()}, None)
        return _layer(config, name, settings)
    if config.get("module") == "keras.initializers":  # names that every Keras 3 knows
        config = config | {"class_name": _INITIALIZERS.get(name, name)}
    inner = _graph(settings) if is_graph(settings) else {key: to_keras3(value) for key, value in settings.items()}
    return _without_build(config) | {"config": inner}


def _without_build(config: dict[str, Any]) -> dict[str, Any]:
    """Keras builds layers by calling them; what ours were built with would be another call to some."""
    return {key: value for key, value in config.items() if key != "build_config"}


def _model(config: dict[str, Any], module: str, settings: dict[str, Any], registered: str | None) -> dict[str, Any]:
    return _without_build(config) | {"module": module, "config": settings, "registered_name": registered}


def _layer(config: dict[str, Any], name: str, settings: dict[str, Any]) -> dict[str, Any]:
    renamed = _RENAMED.get(name, {})
    kept: dict[str, Any] = {}
    for key, value in changed_meanings.to_keras3(settings).items():
        if key in renamed:
            kept[renamed[key]] = to_keras3(value)
        elif key in _NOT_THERE:
            fine = _NOT_THERE[key]
            if fine is not None and value not in fine:
                raise NotImplementedError(
                    f"Keras 3 has no `{key}` in {name}: layer {settings.get('name')!r}, which has {key}={value!r}, "
                    f"cannot be saved in its form."
                )
        elif key not in _OF_CLASS.get(name, ()) and not (key == "ragged" and name == "InputLayer" and not value):
            kept[key] = to_keras3(value)
    if name == "Lambda":
        kept = _lambda(kept)
    if name == "BatchNormalization" and isinstance(kept.get("axis"), (list, tuple)):
        kept["axis"] = _only(kept["axis"], settings.get("name"))
    return _without_build(config) | {"class_name": _CLASSES.get(name, name), "config": kept}


def _only(axes: Any, layer: Any) -> Any:
    if len(axes) != 1:
        raise NotImplementedError(
            f"Keras 3 normalizes along one axis: layer {layer!r}, which has {list(axes)}, cannot be saved in its form."
        )
    return axes[0]


def _lambda(settings: dict[str, Any]) -> dict[str, Any]:
    """Functions as Keras 3 has them: each in one entry, bytecode marked as such."""
    made = {key: value for key, value in settings.items() if not key.endswith(("_type", "module"))}
    for key in _FUNCTIONS:
        kind, value = settings.get(f"{key}_type"), settings.get(key)
        if kind == "lambda":
            content = dict(zip(("code", "defaults", "closure"), settings[key], strict=True))
            made[key] = {"class_name": "__lambda__", "config": content}
        elif kind == "function":
            made[key] = {"module": "builtins", "class_name": "function", "config": value, "registered_name": value}
    return {key: value for key, value in made.items() if value is not None or key not in ("output_shape", "mask")}


# --- graphs -------------------------------------------------------------------------------------------------


def _graph(settings: dict[str, Any]) -> dict[str, Any]:
    graphs = {one["name"] for one in settings["layers"] if is_graph(one.get("config"))}
    return {key: to_keras3(value) for key, value in settings.items()} | {
        "layers": [_in_graph(one) for one in settings["layers"]],
        "input_layers": _outer(settings["input_layers"], graphs),
        "output_layers": _outer(settings["output_layers"], graphs),
    }


def _outer(value: Any, graphs: set[str]) -> Any:
    """References to inputs or outputs; calls of an inner functional model count from 1 here, and here alone."""
    if is_reference(value):
        return [value[0], value[1] + (value[0] in graphs), value[2]]
    if isinstance(value, dict):
        return {key: _outer(one, graphs) for key, one in value.items()}
    return [_outer(one, graphs) for one in value]


def _in_graph(saved: dict[str, Any]) -> dict[str, Any]:
    if saved["class_name"] in LAMBDAS:
        return _operation(saved)
    calls = [_call(call) for call in saved["inbound_nodes"]]
    if saved["class_name"] in _RECURRENT:
        calls = [_with_states(call) for call in calls]
    return to_keras3({key: value for key, value in saved.items() if key != "inbound_nodes"}) | {"inbound_nodes": calls}


def _with_states(call: dict[str, Any]) -> dict[str, Any]:
    """Keras 3 takes the first states by their name alone, Keras 2 after the inputs too."""
    first = call["args"][0]
    if len(call["args"]) != 1 or not isinstance(first, list) or len(first) < 2:
        return call
    return {"args": [first[0]], "kwargs": call["kwargs"] | {"initial_state": first[1:]}}


def _call(call: Any) -> dict[str, Any]:
    if is_reference(call) and call[0] == "_FUNCTION":
        return {"args": unmarked(call[3]["args"]), "kwargs": unmarked(call[3]["kwargs"])}
    extra = _extra(call)
    return {"args": [_tensors(call)], "kwargs": {key: _value(value) for key, value in extra.items()}}


def _extra(call: Any) -> dict[str, Any]:
    if is_reference(call):
        return call[3] if len(call) > 3 else {}
    values = call.values() if isinstance(call, dict) else call
    return next((found for one in values if (found := _extra(one))), {})


def _tensors(call: Any) -> Any:
    """The inputs of a call: a single one alone, as it was called."""
    if is_reference(call):
        return tensor(call)
    if isinstance(call, dict):
        return {key: _tensors(value) for key, value in call.items()}
    found = [_tensors(value) for value in call]
    return found[0] if len(found) == 1 else found


def _value(value: Any) -> Any:
    if is_reference(value):
        return tensor(value)
    return [_value(one) for one in value] if isinstance(value, list) else to_keras3(value)


def tensor(reference: Any) -> dict[str, Any]:
    """Keras 3's form of a tensor in a call: it is found by its history; shape and dtype are those it then has."""
    content = {"shape": [None], "dtype": "float32", "keras_history": list(reference[:3])}
    return {"class_name": "__keras_tensor__", "config": content}


def unmarked(value: Any) -> Any:
    """An argument of a recorded function in Keras 3's form."""
    if isinstance(value, list):
        return [unmarked(one) for one in value]
    if not isinstance(value, dict):
        return value
    (kind, content), *_ = value.items()
    if kind == "tensor":
        return tensor(content)
    if kind == "array":
        name = "__tensor__" if value.get("torch") else "__numpy__"
        return content if not isinstance(content, list) else _typed(name, content, value["dtype"])
    if kind == "slice":
        return {
            "class_name": "__slice__",
            "config": dict(zip(("start", "stop", "step"), map(unmarked, content), strict=True)),
        }
    if kind == "ellipsis":
        return {"class_name": "__ellipsis__", "config": {}}
    if kind == "torch_dtype":
        return content
    if kind == "tuple":
        return [unmarked(one) for one in content]
    return {key: unmarked(one) for key, one in content.items()}


def _typed(name: str, value: list[Any], dtype: str) -> dict[str, Any]:
    return {"class_name": name, "config": {"value": value, "dtype": dtype}}


def _operation(saved: dict[str, Any]) -> dict[str, Any]:
    label, name = saved["config"]["label"], saved["name"]
    if label == GETITEM:
        calls = [_call(call) for call in saved["inbound_nodes"]]
        return _operation_layer(name, "numpy", "GetItem", {}, calls)
    settings: dict[str, Any] = {}
    calls = []
    for call in saved["inbound_nodes"]:
        args, kwargs = unmarked(call[3]["args"]), unmarked(call[3]["kwargs"])
        if label == "ops.einsum":
            module, class_name, settings, inputs = "numpy", "Einsum", {"subscripts": args[0]}, args[1:]
        else:
            operation, arguments = as_operation(label, named_arguments(label, args, kwargs))
            module, class_name = operation.module, operation.class_name
            settings = {key: value for key, value in arguments.items() if key in operation.settings}
            inputs = [arguments[key] for key in operation.inputs if key in arguments]
        calls.append({"args": inputs, "kwargs": {}})
    return _operation_layer(name, module, class_name, settings, calls)


def _operation_layer(name: str, module: str, class_name: str, settings: Any, calls: list[Any]) -> dict[str, Any]:
    return {
        "module": f"keras.src.ops.{module}",
        "class_name": class_name,
        "config": {"name": name} | settings,
        "registered_name": class_name,
        "name": name,
        "inbound_nodes": calls,
    }
