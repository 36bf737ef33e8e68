"""Functional models of Keras 2 and 3 in our form: which calls feed each layer.

A call in our form is what Keras 2 writes, `[[layer, call, output, arguments], ...]`; or, with any arguments in any
order, `["_FUNCTION", 0, 0, {"args": ..., "kwargs": ...}]`, in which tensors, tuples, slices and so on are marked.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from torchkeras.core.errors import UnsafeConfig
from torchkeras.graph.operators import OPERATORS
from torchkeras.saving.configs import tensorflow_ops
from torchkeras.saving.configs.gadgets import refuse_counts, refuse_reaching_out
from torchkeras.saving.configs.operations import GETITEM, LAMBDAS, Operation, operation_by_call, operation_of

_CONSTANT = "_CONSTANT_VALUE"
_OPERATOR_LABELS = {label for label, *_ in OPERATORS.values()}
_MODELS = ("Functional", "Model", "Sequential")


def is_graph(config: Any) -> bool:
    """Whether these are the settings of a functional model."""
    return isinstance(config, dict) and "layers" in config and "input_layers" in config


def from_any(config: dict[str, Any]) -> dict[str, Any]:
    """The settings of a functional model of any Keras, or of our own, in our form."""
    for key in ("layers", "input_layers", "output_layers"):
        if key not in config:
            raise ValueError(f"The config of a functional model has no {key!r}. It has: {sorted(config)}")
    if not isinstance(config["layers"], list) or not all(isinstance(one, dict) for one in config["layers"]):
        raise ValueError("The config of a functional model has no list of layers under 'layers'.")
    layers = [_layer(saved) for saved in config["layers"]]
    shifts = _Numbers(config, layers)
    return config | {
        "layers": [shifts.in_layer(layer) for layer in layers],
        "input_layers": _tensors(config["input_layers"]),
        "output_layers": shifts.in_outputs(_tensors(config["output_layers"])),
    }


def _tensors(saved: Any) -> Any:
    """Inputs or outputs: one reference becomes a list of one, as Keras 2 has it."""
    return [saved] if is_reference(saved) else saved


def is_reference(value: Any) -> bool:
    """Whether this names an output of a call: [layer, call, output] or with arguments."""
    return (
        isinstance(value, (list, tuple))
        and len(value) in (3, 4)
        and isinstance(value[0], str)
        and type(value[1]) is int
        and (type(value[2]) is int or value[0] == _CONSTANT)
    )


# --- layers -------------------------------------------------------------------------------------------------


def _layer(saved: dict[str, Any]) -> dict[str, Any]:
    settings = saved.get("config")
    name = saved.get("name") or (settings.get("name") if isinstance(settings, dict) else None)
    calls = saved.get("inbound_nodes", [])
    if not isinstance(name, str) or not isinstance(calls, list) or not isinstance(saved.get("class_name"), str):
        raise ValueError(f"A layer in the config of a functional model has no name, class or calls: {str(saved)[:200]}")
    saved = saved | {"name": name}
    operation = operation_of(saved) or operation_by_call(saved)
    if operation is not None:
        return _of_operation(saved, operation, calls)
    if saved["class_name"] == "TensorFlowOpLayer":
        label, made = tensorflow_ops.from_node(name, settings or {}, calls)
        return _recorded(saved, label, [_checked(label, _function_call(*one), name) for one in made])
    if saved["class_name"] in LAMBDAS:
        return _of_lambda(saved, calls)
    return saved | {"inbound_nodes": [_call(call) for call in calls if call]}


def _call(call: Any) -> Any:
    if isinstance(call, dict) and "args" in call and "kwargs" in call:
        args, kwargs = marked(call["args"], True), marked(_without_training(call["kwargs"]), True)
        return _function_call(args, kwargs["dict"])
    if _has_constants(call):
        extra: dict[str, Any] = next((one[3] for one in _leaves(call) if len(one) > 3), {})
        return _function_call([_first_argument(call)], {k: marked(v, False) for k, v in extra.items()})
    return call


def _without_training(kwargs: Any) -> Any:
    """Keras 3 notes a mode that was on by itself, and heeds it only where a model is called without any."""
    if not isinstance(kwargs, dict):
        raise ValueError(f"A call in the config of a functional model has no named arguments: {str(kwargs)[:200]}")
    return {key: value for key, value in kwargs.items() if not (key == "training" and not value)}


def _function_call(args: Any, kwargs: dict[str, Any]) -> list[Any]:
    args = args if isinstance(args, dict) else {"tuple": args}
    return ["_FUNCTION", 0, 0, {"args": args, "kwargs": {"dict": kwargs}}]


def _recorded(saved: dict[str, Any], label: str, calls: list[Any]) -> dict[str, Any]:
    """A layer that computes a function."""
    config = {"name": saved["name"], "trainable": True, "dtype": "float32", "function": label.removeprefix("tf.")}
    kind = "TFOpLambda" if label.startswith("tf.") else "OpLambda"
    return {
        "module": None,
        "class_name": "SlicingOpLambda" if label == GETITEM else kind,
        "config": config | {"label": label},
        "registered_name": None,
        "name": saved["name"],
        "inbound_nodes": calls,
    }


def _of_operation(saved: dict[str, Any], operation: Operation, calls: list[Any]) -> dict[str, Any]:
    settings = {k: marked(v, True) for k, v in (saved.get("config") or {}).items() if k in operation.settings}
    label = f"ops.{operation.function}"
    made = []
    for call in calls:
        if not (isinstance(call, dict) and isinstance(call.get("args"), list)):
            raise ValueError(f"A call of {saved['name']!r} is not in Keras 3's form: {str(call)[:200]}")
        args = [marked(value, True) for value in call["args"]]
        kwargs = {key: marked(value, True) for key, value in (call.get("kwargs") or {}).items()}
        if operation.class_name == "GetItem":
            label = GETITEM
            args += [kwargs.pop("key")] if "key" in kwargs else []
            args[1:] = [_as_tuple(args[1])]
            settings = {}
        elif operation.class_name == "Einsum":
            args, settings = [settings["subscripts"], *args], {}
        elif len(args) <= len(operation.inputs):  # any number of tensors stay in their order
            kwargs, args = kwargs | dict(zip(operation.inputs, args, strict=False)), []
        made.append(_checked(label, _function_call(args, settings | kwargs), saved["name"]))
    return _recorded(saved, label, made)


def _as_tuple(value: Any) -> Any:
    return {"tuple": value} if isinstance(value, list) else value


def _of_lambda(saved: dict[str, Any], calls: list[Any]) -> dict[str, Any]:
    config = saved.get("config")
    if not isinstance(config, dict) or not isinstance(config.get("label", config.get("function")), str):
        raise ValueError(f"The layer {saved['name']!r} does not say which function it computes.")
    label = config.get("label") or f"tf.{config['function']}"
    refuse_reaching_out(label, saved["name"])
    made = []
    for call in calls:
        if is_reference(call) and call[0] == "_FUNCTION":
            made.append(_checked(label, call, saved["name"]))
            continue
        extra = next((one[3] for one in _leaves(call) if len(one) > 3), None) or {}
        if not isinstance(extra, dict):
            raise ValueError(f"A call of {saved['name']!r} has no named arguments: {str(extra)[:200]}")
        args = [_first_argument(call)] if call else []
        kwargs = {key: marked(value, False) for key, value in extra.items() if key != "name"}
        label, kwargs = tensorflow_ops.present(label, kwargs)
        if label == GETITEM:
            args.append(_as_tuple(kwargs.pop("slice_spec")))
            kwargs = {}
        elif label in _OPERATOR_LABELS and set(kwargs) <= {"y", "b", "other"}:
            args += [kwargs[key] for key in ("y", "b", "other") if key in kwargs]
            kwargs = {}
        elif label.startswith("tf.keras.activations."):
            label = label.removeprefix("tf.keras.")
        made.append(_checked(label, _function_call(args, kwargs), saved["name"]))
    return _recorded(saved, label, made)


def _checked(label: str, call: Any, layer: str) -> Any:
    """A call of a function, if there is a tensor in it: without one it would be computed while the model is read."""
    content = call[3] if len(call) > 3 and isinstance(call[3], dict) else {}
    args = content.get("args")
    operands = args.get("tuple") if isinstance(args, dict) else args
    if not isinstance(operands, list) or "kwargs" not in content:
        raise ValueError(f"A call of the layer {layer!r} in the config is in an unknown form: {str(call)[:200]}")
    # Of an operator one operand is a tensor itself: Python's lists have operators of their own.
    found = any(_marked_tensors(content))
    if found and label in _OPERATOR_LABELS and not content["kwargs"].get("dict"):
        found = any(isinstance(one, dict) and "tensor" in one for one in operands)
    if not found:
        raise UnsafeConfig(f"The layer {layer!r} of the config calls its function on constants alone.")
    refuse_counts(label, content, layer)
    return call


def _marked_tensors(value: Any) -> Iterator[Any]:
    if isinstance(value, dict):
        if is_reference(value.get("tensor")):
            yield value["tensor"]
        else:
            for one in value.values():
                yield from _marked_tensors(one)
    elif isinstance(value, list):
        for one in value:
            yield from _marked_tensors(one)


def _first_argument(call: Any) -> Any:
    """The tensors at the head of a call in Keras 2's form, in their structure."""
    if is_reference(call):
        return marked(call[2], False) if call[0] == _CONSTANT else {"tensor": list(call[:3])}
    if isinstance(call, dict):
        return {"dict": {key: _first_argument(value) for key, value in call.items()}}
    if not isinstance(call, list):
        raise ValueError(f"A call in the config of a functional model names no tensors: {str(call)[:200]}")
    return [_first_argument(value) for value in call]


def _leaves(call: Any) -> list[Any]:
    if is_reference(call):
        return [call]
    values = call.values() if isinstance(call, dict) else call if isinstance(call, (list, tuple)) else ()
    return [leaf for value in values for leaf in _leaves(value)]


def _has_constants(call: Any) -> bool:
    return any(leaf[0] == _CONSTANT for leaf in _leaves(call))


# --- arguments ----------------------------------------------------------------------------------------------


def marked(value: Any, keras3: bool) -> Any:
    """A saved argument with tensors, slices, tuples and so on marked in our way.

    Args:
        value: the argument.
        keras3: whether tensors are Keras 3's `__keras_tensor__`, not references.
    """
    if not keras3 and is_reference(value):
        return {"tensor": list(value[:3])}
    if isinstance(value, list):
        return [marked(one, keras3) for one in value]
    if not isinstance(value, dict):
        return value
    name = value.get("class_name")
    inner = value.get("config")
    content: dict[str, Any] = inner if isinstance(inner, dict) else value
    if name == "__keras_tensor__":
        history: Any = content.get("keras_history")
        if not is_reference(history):
            raise ValueError(f"A tensor in the config of a functional model has no `keras_history`: {str(value)[:200]}")
        return {"tensor": list(history)}
    if name == "__slice__" or (not keras3 and set(value) == {"start", "stop", "step"}):
        return {"slice": [marked(content.get(key), keras3) for key in ("start", "stop", "step")]}
    if name == "__ellipsis__":
        return {"ellipsis": True}
    if name == "__tuple__":
        return {"tuple": [marked(one, keras3) for one in value.get("items") or value.get("config") or ()]}
    if name in ("__tensor__", "__numpy__"):
        return {"array": content.get("value"), "dtype": str(content.get("dtype")), "torch": name == "__tensor__"}
    if name == "__lambda__":
        raise UnsafeConfig("A call in the config of a functional model holds the bytecode of a function.")
    if name in ("CompositeTensor", "__typespec__"):
        raise ValueError("A call in the config of a functional model has a ragged or sparse constant.")
    if isinstance(name, str) and name.endswith("DTypePolicy"):
        return (value.get("config") or {}).get("name")
    return {"dict": {key: marked(one, keras3) for key, one in value.items()}}


# --- numbers of calls ---------------------------------------------------------------------------------------


class _Numbers:
    """Where the calls of inner models are counted from.

    Keras counts those of a model that was made functional from 1, as its own graph is call 0: Keras 2 and 3.0 do so
    everywhere, later ones where a result is an output of the outer model. We do not. As each call feeds something, the
    numbers that are used tell.
    """

    def __init__(self, config: dict[str, Any], layers: list[dict[str, Any]]) -> None:
        self.inner: set[str] = set()
        self.outer: set[str] = set()
        models = [layer for layer in layers if _is_model(layer)]
        if not models:
            return
        outputs = _leaves(config["output_layers"])
        inside = [one for layer in layers for one in _references(layer["inbound_nodes"])]
        keras3 = any(isinstance(call, dict) and "args" in call for one in config["layers"] for call in _calls(one))
        for layer in models:
            name, count = layer["name"], len(layer["inbound_nodes"])
            used = [{one[1] for one in references if one[0] == name} for references in (inside, outputs)]
            ways = [(0, 0), (1, 1)]
            if keras3 and is_graph(layer.get("config")):
                ways = [(0, 1), (1, 1), (0, 0)]
            for way in ways:
                if {n - start for numbers, start in zip(used, way, strict=True) for n in numbers} == set(range(count)):
                    self.inner |= {name} if way[0] else set()
                    self.outer |= {name} if way[1] else set()
                    break

    def in_layer(self, layer: dict[str, Any]) -> dict[str, Any]:
        return layer | {"inbound_nodes": _shifted(layer["inbound_nodes"], self.inner)} if self.inner else layer

    def in_outputs(self, outputs: Any) -> Any:
        return _shifted(outputs, self.outer) if self.outer else outputs


def _calls(saved: dict[str, Any]) -> list[Any]:
    found = saved.get("inbound_nodes")
    return found if isinstance(found, list) else []


def _is_model(layer: dict[str, Any]) -> bool:
    config = layer.get("config")
    return layer["class_name"] in _MODELS or (isinstance(config, dict) and "layers" in config)


def _references(value: Any) -> list[Any]:
    """All references in calls, those among the arguments too."""
    if is_reference(value):
        return [value, *_references(value[3])] if len(value) > 3 else [value]
    values = value.values() if isinstance(value, dict) else value if isinstance(value, (list, tuple)) else ()
    return [one for inner in values for one in _references(inner)]


def _shifted(value: Any, names: set[str]) -> Any:
    if is_reference(value):
        moved = [value[0], value[1] - (value[0] in names), value[2]]
        return [*moved, _shifted(value[3], names)] if len(value) > 3 else moved
    if isinstance(value, dict):
        return {key: _shifted(one, names) for key, one in value.items()}
    return [_shifted(one, names) for one in value] if isinstance(value, (list, tuple)) else value
