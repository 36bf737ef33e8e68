"""Control flow: conditions, loops and functions mapped over tensors. They run as Python does, at once."""

from torchkeras.tensorflow.control.conditions import case, cond, switch_case
from torchkeras.tensorflow.control.loops import while_loop
from torchkeras.tensorflow.control.mapping import foldl, foldr, map_fn, scan, vectorized_map
from torchkeras.tensorflow.control.order import control_dependencies, group, no_op, tuple
from torchkeras.tensorflow.control.python_calls import numpy_function, py_function

__all__ = [
    "case", "cond", "control_dependencies", "foldl", "foldr", "group", "map_fn", "no_op", "numpy_function",
    "py_function", "scan", "switch_case", "tuple", "vectorized_map", "while_loop",
]  # fmt: skip
