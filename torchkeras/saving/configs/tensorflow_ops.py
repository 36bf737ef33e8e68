"""Names of TensorFlow 1 in configs, and TensorFlowOpLayer of TensorFlow 2.0 to 2.3, which is one node of a graph."""

from __future__ import annotations

import inspect
import json
from typing import Any

from torchkeras.graph.operation import function_of_label

#: Functions whose names in configs are others than those they are called by.
_RENAMED = {
    "tf.compat.v1.squeeze": "tf.squeeze",
    "tf.__operators__.eq": "tf.math.equal",
    "tf.__operators__.ne": "tf.math.not_equal",
}
#: Arguments of TensorFlow 1, which Keras 2 records, as TensorFlow 2 has them; and those that change no value.
_ARGUMENTS = {"filter": "filters", "rate": "dilations", "keep_dims": "keepdims", "dim": "axis", "squeeze_dims": "axis"}
_WITHOUT_EFFECT = ("partition_strategy", "use_cudnn_on_gpu", "validate_indices")

#: By the op: the function, and the names of its inputs.
_FUNCTIONS: dict[str, tuple[str, tuple[str, ...]]] = {
    "Add": ("tf.math.add", ("x", "y")), "AddV2": ("tf.math.add", ("x", "y")), "Sub": ("tf.math.subtract", ("x", "y")),
    "Mul": ("tf.math.multiply", ("x", "y")), "RealDiv": ("tf.math.divide", ("x", "y")),
    "FloorDiv": ("tf.math.floordiv", ("x", "y")), "FloorMod": ("tf.math.floormod", ("x", "y")),
    "Pow": ("tf.math.pow", ("x", "y")), "Maximum": ("tf.math.maximum", ("x", "y")),
    "Minimum": ("tf.math.minimum", ("x", "y")), "SquaredDifference": ("tf.math.squared_difference", ("x", "y")),
    "Greater": ("tf.math.greater", ("x", "y")), "Less": ("tf.math.less", ("x", "y")),
    "Relu": ("tf.nn.relu", ("features",)), "Relu6": ("tf.nn.relu6", ("features",)), "Elu": ("tf.nn.elu", ("features",)),
    "Softmax": ("tf.nn.softmax", ("logits",)), "Softplus": ("tf.math.softplus", ("features",)),
    "Sigmoid": ("tf.math.sigmoid", ("x",)), "Tanh": ("tf.math.tanh", ("x",)), "Exp": ("tf.math.exp", ("x",)),
    "Log": ("tf.math.log", ("x",)), "Sqrt": ("tf.math.sqrt", ("x",)), "Rsqrt": ("tf.math.rsqrt", ("x",)),
    "Square": ("tf.math.square", ("x",)), "Neg": ("tf.math.negative", ("x",)), "Abs": ("tf.math.abs", ("x",)),
    "Sin": ("tf.math.sin", ("x",)), "Cos": ("tf.math.cos", ("x",)), "Sign": ("tf.math.sign", ("x",)),
    "Mean": ("tf.math.reduce_mean", ("input_tensor", "axis")), "Sum": ("tf.math.reduce_sum", ("input_tensor", "axis")),
    "Max": ("tf.math.reduce_max", ("input_tensor", "axis")), "Min": ("tf.math.reduce_min", ("input_tensor", "axis")),
    "Prod": ("tf.math.reduce_prod", ("input_tensor", "axis")), "Reshape": ("tf.reshape", ("tensor", "shape")),
    "Transpose": ("tf.transpose", ("a", "perm")), "ExpandDims": ("tf.expand_dims", ("input", "axis")),
    "Squeeze": ("tf.squeeze", ("input",)), "Tile": ("tf.tile", ("input", "multiples")), "Cast": ("tf.cast", ("x",)),
    "MatMul": ("tf.linalg.matmul", ("a", "b")), "BatchMatMulV2": ("tf.linalg.matmul", ("a", "b")),
    "ConcatV2": ("tf.concat", ("values", "axis")), "Pack": ("tf.stack", ("values",)),
    "GatherV2": ("tf.gather", ("params", "indices", "axis")), "Identity": ("tf.identity", ("input",)),
    "BiasAdd": ("tf.nn.bias_add", ("value", "bias")), "ArgMax": ("tf.math.argmax", ("input", "axis")),
}  # fmt: skip
_TYPES = {
    "DT_FLOAT": "float32", "DT_DOUBLE": "float64", "DT_HALF": "float16", "DT_INT32": "int32", "DT_INT64": "int64",
    "DT_BOOL": "bool", "DT_UINT8": "uint8", "DT_INT8": "int8", "DT_BFLOAT16": "bfloat16",
}  # fmt: skip


def present(label: str, kwargs: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """The label and the named arguments of a function by their present names.

    Args:
        label: as the config has it.
        kwargs: the named arguments.
    """
    label = _RENAMED.get(label, label)
    if not label.startswith("tf.compat.v1."):
        return label, kwargs
    names = inspect.signature(function_of_label(label)).parameters
    found = {}
    for key, value in kwargs.items():
        if key in names:
            found[key] = value
        elif _ARGUMENTS.get(key) in names:
            found[_ARGUMENTS[key]] = value
        elif key not in _WITHOUT_EFFECT and value is not None:
            found[key] = value  # which the function refuses
    return label, found


def from_node(name: str, settings: dict[str, Any], calls: list[Any]) -> tuple[str, list[tuple[Any, dict[str, Any]]]]:
    """The label of the function, and the arguments of each call, positional and named, in our marks.

    Args:
        name: the layer's, for error messages.
        settings: its config: `node_def`, and `constants` by the number of the input.
        calls: the tensors it is called on.
    """
    node = settings.get("node_def")
    try:
        node = json.loads(node) if isinstance(node, str) else node
    except ValueError:
        node = None
    if not isinstance(node, dict) or node.get("op") not in _FUNCTIONS:
        op = node.get("op") if isinstance(node, dict) else None
        raise ValueError(
            f"The layer {name!r} is an operation of a TensorFlow graph, {op!r}, that is not known here. Write the "
            f"model again with a layer for it, and load its weights alone."
        )
    label, inputs = _FUNCTIONS[node["op"]]
    constants = {int(place): value for place, value in (settings.get("constants") or {}).items()}
    return label, [_arguments(node, inputs, constants, call) for call in calls]


def _arguments(
    node: dict[str, Any], inputs: tuple[str, ...], constants: dict[int, Any], call: Any
) -> tuple[Any, dict[str, Any]]:
    tensors = [{"tensor": list(one[:3])} for one in (call if isinstance(call[0], list) else [call])]
    values: list[Any] = []
    remaining = iter(tensors)
    for place in range(len(tensors) + len(constants)):
        values.append(constants[place] if place in constants else next(remaining))
    if inputs[0] == "values":  # any number of them, then the others
        others = len(inputs) - 1
        values = [values[: len(values) - others], *values[len(values) - others :]]
    attributes = node.get("attr") or {}
    kwargs: dict[str, Any] = {}
    if "keep_dims" in attributes:
        kwargs["keepdims"] = bool(attributes["keep_dims"].get("b", False))
    for key, meaning in (("transpose_a", "transpose_a"), ("transpose_b", "transpose_b"), ("adj_y", "transpose_b")):
        if attributes.get(key, {}).get("b"):
            kwargs[meaning] = True
    if node["op"] == "Squeeze" and attributes.get("squeeze_dims", {}).get("list", {}).get("i"):
        kwargs["axis"] = [int(i) for i in attributes["squeeze_dims"]["list"]["i"]]
    if node["op"] == "Pack":
        kwargs["axis"] = int(attributes.get("axis", {}).get("i", 0))
    if node["op"] == "Cast":
        kwargs["dtype"] = _TYPES[attributes["DstT"]["type"]]
    return values, kwargs
