"""tf.raw_ops: TensorFlow's kernels by name, as far as a function of the tf namespace does the same."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import Any

#: A kernel's name: the function, and the kernel's names of arguments that differ from the function's.
_KERNELS: dict[str, tuple[str, dict[str, str]]] = {
    "Abs": ("math.abs", {}), "Add": ("math.add", {}), "AddV2": ("math.add", {}), "AddN": ("math.add_n", {}),
    "All": ("math.reduce_all", {"input": "input_tensor", "keep_dims": "keepdims"}),
    "Any": ("math.reduce_any", {"input": "input_tensor", "keep_dims": "keepdims"}),
    "ArgMax": ("math.argmax", {"dimension": "axis"}), "ArgMin": ("math.argmin", {"dimension": "axis"}),
    "BroadcastTo": ("broadcast_to", {}), "Cast": ("cast", {"DstT": "dtype"}), "Ceil": ("math.ceil", {}),
    "CheckNumerics": ("debugging.check_numerics", {}), "Concat": ("concat", {"concat_dim": "axis"}),
    "ConcatV2": ("concat", {}), "Cos": ("math.cos", {}),
    "Cumsum": ("math.cumsum", {}), "Diag": ("linalg.tensor_diag", {}),
    "Div": ("math.divide", {}), "DivNoNan": ("math.divide_no_nan", {}), "Elu": ("nn.elu", {}),
    "Equal": ("math.equal", {}), "Erf": ("math.erf", {}), "Exp": ("math.exp", {}), "ExpandDims": ("expand_dims", {}),
    "Fill": ("fill", {}),
    "Floor": ("math.floor", {}), "FloorDiv": ("math.floordiv", {}),
    "FloorMod": ("math.floormod", {}), "GatherNd": ("gather_nd", {}), "GatherV2": ("gather", {}),
    "Greater": ("math.greater", {}), "GreaterEqual": ("math.greater_equal", {}), "Identity": ("identity", {}),
    "Inv": ("math.reciprocal", {}), "IsFinite": ("math.is_finite", {}), "IsNan": ("math.is_nan", {}),
    "L2Loss": ("nn.l2_loss", {}), "Less": ("math.less", {}), "LessEqual": ("math.less_equal", {}),
    "Log": ("math.log", {}), "Log1p": ("math.log1p", {}), "LogicalAnd": ("math.logical_and", {}),
    "LogicalNot": ("math.logical_not", {}), "LogicalOr": ("math.logical_or", {}), "MatMul": ("linalg.matmul", {}),
    "BatchMatMulV2": ("linalg.matmul", {"x": "a", "y": "b", "adj_x": "adjoint_a", "adj_y": "adjoint_b"}),
    "Max": ("math.reduce_max", {"input": "input_tensor", "keep_dims": "keepdims"}),
    "Maximum": ("math.maximum", {}), "Mean": ("math.reduce_mean", {"input": "input_tensor", "keep_dims": "keepdims"}),
    "Min": ("math.reduce_min", {"input": "input_tensor", "keep_dims": "keepdims"}), "Minimum": ("math.minimum", {}),
    "Mul": ("math.multiply", {}), "Neg": ("math.negative", {}), "NotEqual": ("math.not_equal", {}),
    "OneHot": ("one_hot", {}), "OnesLike": ("ones_like", {"x": "input"}),
    "Pack": ("stack", {}), "Pad": ("pad", {"input": "tensor"}),
    "Pow": ("math.pow", {}), "Prod": ("math.reduce_prod", {"input": "input_tensor", "keep_dims": "keepdims"}),
    "Range": ("range", {}), "Rank": ("rank", {}), "RealDiv": ("math.divide", {}), "Reciprocal": ("math.reciprocal", {}),
    "Relu": ("nn.relu", {}), "Relu6": ("nn.relu6", {}), "Reshape": ("reshape", {}), "ReverseV2": ("reverse", {}),
    "Rint": ("math.rint", {}), "Round": ("math.round", {}), "Rsqrt": ("math.rsqrt", {}),
    "ScatterNd": ("scatter_nd", {}),
    "Selu": ("nn.selu", {}), "Shape": ("shape", {}), "Sigmoid": ("math.sigmoid", {}), "Sign": ("math.sign", {}),
    "Sin": ("math.sin", {}), "Size": ("size", {}), "Softmax": ("nn.softmax", {}), "Softplus": ("math.softplus", {}),
    "Softsign": ("nn.softsign", {}), "Sqrt": ("math.sqrt", {}), "Square": ("math.square", {}),
    "SquaredDifference": ("math.squared_difference", {}), "Squeeze": ("squeeze", {"squeeze_dims": "axis"}),
    "Sub": ("math.subtract", {}), "Sum": ("math.reduce_sum", {"input": "input_tensor", "keep_dims": "keepdims"}),
    "Tan": ("math.tan", {}), "Tanh": ("math.tanh", {}), "Tile": ("tile", {}), "Transpose": ("transpose", {"x": "a"}),
    "Where": ("where", {}), "ZerosLike": ("zeros_like", {"x": "input"}),
}  # fmt: skip


def __getattr__(name: str) -> Any:
    if name not in _KERNELS:
        raise AttributeError(
            f"tf.raw_ops.{name} is not there: use the function of the tf namespace that does the same."
        )
    path, renamed = _KERNELS[name]
    found: Any = importlib.import_module("torchkeras.tensorflow")
    for part in path.split("."):
        found = getattr(found, part)
    return _kernel(name, found, renamed)


def _kernel(name: str, function: Callable[..., Any], renamed: dict[str, str]) -> Callable[..., Any]:
    def kernel(*args: Any, **kwargs: Any) -> Any:
        if args:
            raise TypeError(f"{name} only takes keyword args (possible keys: {sorted(renamed) or '...'}).")
        return function(**{renamed.get(key, key): value for key, value in kwargs.items()})

    kernel.__name__ = name
    return kernel


def __dir__() -> list[str]:
    return sorted(_KERNELS)


__all__ = sorted(_KERNELS)
