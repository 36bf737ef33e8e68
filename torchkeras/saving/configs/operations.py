"""Functions in functional models: the operation layers of Keras 2 and 3 as our recorded functions, and back."""

from __future__ import annotations

import functools
from typing import Any, NamedTuple

from torchkeras.saving.configs.keras3_operations import OPERATIONS

#: Class names of Keras 2 for the layer of a recorded function; 'OpLambda' is ours.
LAMBDAS = ("TFOpLambda", "SlicingOpLambda", "OpLambda")
GETITEM = "tf.__operators__.getitem"


class Operation(NamedTuple):
    """An operation class of Keras 3.

    Args:
        module: 'numpy' and so on, within `keras.src.ops`.
        class_name: its name.
        function: of `keras.ops`.
        inputs: the names of what it is called with.
        settings: the names of what its config holds.
    """

    module: str
    class_name: str
    function: str
    inputs: tuple[str, ...]
    settings: tuple[str, ...]


@functools.cache
def by_class() -> dict[tuple[str, str], Operation]:
    """By module and class name."""
    return {(one.module, one.class_name): one for one in _listed()}


@functools.cache
def by_function() -> dict[str, Operation]:
    """By the name of the function; of aliases the first."""
    found: dict[str, Operation] = {}
    for one in _listed():
        found.setdefault(one.function, one)
    return found


def _listed() -> list[Operation]:
    found = []
    for line in OPERATIONS.split("\n")[1:-1]:
        path, function, inputs, settings = line.split(" ")
        module, class_name = path.split(".")
        parts = [tuple(names.split(",")) if names != "-" else () for names in (inputs, settings)]
        found.append(Operation(module, class_name, function, *parts))
    return found


def operation_of(saved: dict[str, Any]) -> Operation | None:
    """The operation that a layer of Keras 3 is, if it is one and not a layer of the same name."""
    module, name = saved.get("module"), saved.get("class_name")
    if isinstance(module, str) and isinstance(name, str):
        if not module.startswith(("keras.src.ops.", "keras_core.src.ops.")):
            return None
        return by_class().get((module.split(".")[3], name))
    return None


def operation_by_call(saved: dict[str, Any]) -> Operation | None:
    """The operation of an .h5 file of Keras 3, which does not tell the module: such a layer has no `trainable`."""
    config = saved.get("config")
    if saved.get("module") is not None or not isinstance(config, dict) or "trainable" in config:
        return None
    calls = saved.get("inbound_nodes")
    if not (isinstance(calls, list) and calls and isinstance(calls[0], dict) and "args" in calls[0]):
        return None
    return next((one for one in _listed() if one.class_name == saved.get("class_name")), None)


# --- TensorFlow's functions as those of keras.ops ------------------------------------------------------------


class Counterpart(NamedTuple):
    """A function of TensorFlow and one of `keras.ops` that does the same.

    Args:
        label: TensorFlow's, after 'tf.'.
        function: of `keras.ops`.
        names: the names of the arguments there and here, where they differ, in order of position.
    """

    label: str
    function: str
    names: dict[str, str]


_XY = {"x": "x1", "y": "x2"}
_X = {"x": "x"}
_REDUCED = {"input_tensor": "x", "axis": "axis", "keepdims": "keepdims"}
_FEATURES = {"features": "x"}

COUNTERPARTS = [
    Counterpart("__operators__.add", "add", _XY),
    Counterpart("math.add", "add", _XY),
    Counterpart("math.subtract", "subtract", _XY),
    Counterpart("math.multiply", "multiply", _XY),
    Counterpart("math.truediv", "true_divide", _XY),
    Counterpart("math.floordiv", "floor_divide", _XY),
    Counterpart("math.floormod", "mod", _XY),
    Counterpart("math.pow", "power", _XY),
    Counterpart("math.maximum", "maximum", _XY),
    Counterpart("math.minimum", "minimum", _XY),
    Counterpart("linalg.matmul", "matmul", {"a": "x1", "b": "x2"}),
    Counterpart("math.negative", "negative", _X),
    Counterpart("math.abs", "absolute", _X),
    Counterpart("math.exp", "exp", _X),
    Counterpart("math.log", "log", _X),
    Counterpart("math.log1p", "log1p", _X),
    Counterpart("math.sqrt", "sqrt", _X),
    Counterpart("math.rsqrt", "rsqrt", _X),
    Counterpart("math.square", "square", _X),
    Counterpart("math.sin", "sin", _X),
    Counterpart("math.cos", "cos", _X),
    Counterpart("math.tan", "tan", _X),
    Counterpart("math.tanh", "tanh", _X),
    Counterpart("math.sigmoid", "sigmoid", _X),
    Counterpart("math.sign", "sign", _X),
    Counterpart("math.floor", "floor", _X),
    Counterpart("math.ceil", "ceil", _X),
    Counterpart("math.round", "round", _X),
    Counterpart("math.reduce_mean", "mean", _REDUCED),
    Counterpart("math.reduce_sum", "sum", _REDUCED),
    Counterpart("math.reduce_max", "max", _REDUCED),
    Counterpart("math.reduce_min", "min", _REDUCED),
    Counterpart("math.reduce_prod", "prod", _REDUCED),
    Counterpart("math.reduce_variance", "var", _REDUCED),
    Counterpart("math.reduce_std", "std", _REDUCED),
    Counterpart("math.reduce_all", "all", _REDUCED),
    Counterpart("math.reduce_any", "any", _REDUCED),
    Counterpart("math.argmax", "argmax", {"input": "x", "axis": "axis"}),
    Counterpart("math.argmin", "argmin", {"input": "x", "axis": "axis"}),
    Counterpart("math.cumsum", "cumsum", {"x": "x", "axis": "axis"}),
    Counterpart("math.logical_and", "logical_and", _XY),
    Counterpart("math.logical_or", "logical_or", _XY),
    Counterpart("math.logical_not", "logical_not", _X),
    Counterpart("math.equal", "equal", _XY),
    Counterpart("math.not_equal", "not_equal", _XY),
    Counterpart("math.less", "less", _XY),
    Counterpart("math.less_equal", "less_equal", _XY),
    Counterpart("math.greater", "greater", _XY),
    Counterpart("math.greater_equal", "greater_equal", _XY),
    Counterpart("math.softplus", "softplus", _FEATURES),
    Counterpart("math.l2_normalize", "normalize", {"x": "x", "axis": "axis"}),
    Counterpart("nn.relu", "relu", _FEATURES),
    Counterpart("nn.relu6", "relu6", _FEATURES),
    Counterpart("nn.elu", "elu", _FEATURES),
    Counterpart("nn.selu", "selu", _FEATURES),
    Counterpart("nn.gelu", "gelu", {"features": "x", "approximate": "approximate"}),
    Counterpart("nn.leaky_relu", "leaky_relu", {"features": "x", "alpha": "negative_slope"}),
    Counterpart("nn.softmax", "softmax", {"logits": "x", "axis": "axis"}),
    Counterpart("nn.log_softmax", "log_softmax", {"logits": "x", "axis": "axis"}),
    Counterpart("nn.silu", "silu", _FEATURES),
    Counterpart("concat", "concatenate", {"values": "xs", "axis": "axis"}),
    Counterpart("stack", "stack", {"values": "x", "axis": "axis"}),
    Counterpart("reshape", "reshape", {"tensor": "x", "shape": "newshape"}),
    Counterpart("compat.v1.transpose", "transpose", {"a": "x", "perm": "axes"}),
    Counterpart("expand_dims", "expand_dims", {"input": "x", "axis": "axis"}),
    Counterpart("squeeze", "squeeze", {"input": "x", "axis": "axis"}),
    Counterpart("tile", "tile", {"input": "x", "multiples": "repeats"}),
    Counterpart("repeat", "repeat", {"input": "x", "repeats": "repeats", "axis": "axis"}),
    Counterpart("reverse", "flip", {"tensor": "x", "axis": "axis"}),
    Counterpart("cast", "cast", {"x": "x", "dtype": "dtype"}),
    Counterpart("where", "where", {"condition": "condition", "x": "x1", "y": "x2"}),
    Counterpart("zeros_like", "zeros_like", {"input": "x"}),
    Counterpart("ones_like", "ones_like", {"input": "x"}),
    Counterpart("clip_by_value", "clip", {"t": "x", "clip_value_min": "x_min", "clip_value_max": "x_max"}),
    Counterpart("compat.v1.gather", "take", {"params": "x", "indices": "indices", "axis": "axis"}),
    Counterpart("one_hot", "one_hot", {"indices": "x", "depth": "num_classes"}),
    Counterpart("split", "split", {"value": "x", "num_or_size_splits": "indices_or_sections", "axis": "axis"}),
    Counterpart("compat.v1.norm", "norm", {"tensor": "x", "ord": "ord", "axis": "axis", "keepdims": "keepdims"}),
]  # fmt: skip


@functools.cache
def of_tensorflow() -> dict[str, Counterpart]:
    """By TensorFlow's label."""
    return {one.label: one for one in COUNTERPARTS}


@functools.cache
def in_tensorflow() -> dict[str, Counterpart]:
    """By the function of `keras.ops`; of several the first."""
    found: dict[str, Counterpart] = {}
    for one in COUNTERPARTS:
        found.setdefault(one.function, one)
    return found
