"""The values of symbolic sizes: integers that a model computes from the shapes of its tensors (`tf.shape(x)[0] * 2`).

When a shape is inferred every unknown size has a stand-in; what follows from sizes alone can then be computed as well,
where other tensors are but zeros.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import torch

from torchkeras.core.nest import flatten, map_structure
from torchkeras.graph.keras_tensor import KerasTensor

#: Functions that look at their argument's shape only.
_OF_SHAPES = ("tf.compat.v1.shape", "tf.compat.v1.size", "tf.rank", "tf.shape_n", "keras.ops.shape")
_MOST = 64  # sizes are few


def computed(tensor: KerasTensor, stand_in: Callable[[KerasTensor], Any]) -> torch.Tensor | None:
    """The value of a tensor that depends on nothing but shapes, or None.

    Args:
        tensor: what is asked for.
        stand_in: gives a real tensor in place of a symbolic one.
    """
    operation: Any = getattr(tensor.node, "operation", None)
    if (
        getattr(operation, "function", None) is None
        or tensor.torch_dtype not in (torch.int32, torch.int64)
        or None in tensor.shape
    ):
        return None
    if math.prod(tensor.shape) > _MOST:
        return None
    replace = _any(stand_in) if operation.label in _OF_SHAPES else _required(stand_in)
    node = tensor.node
    try:
        found = operation.call(*map_structure(replace, tuple(node.args)), **map_structure(replace, node.kwargs))
    except _Unknown:
        return None
    value: torch.Tensor = flatten(found)[tensor.index]
    return value


class _Unknown(Exception):
    """Something depends on more than shapes."""


def _any(stand_in: Callable[[KerasTensor], Any]) -> Callable[[Any], Any]:
    return lambda value: stand_in(value) if isinstance(value, KerasTensor) else value


def _required(stand_in: Callable[[KerasTensor], Any]) -> Callable[[Any], Any]:
    def replace(value: Any) -> Any:
        if not isinstance(value, KerasTensor):
            return value
        found = computed(value, stand_in)
        if found is None:
            raise _Unknown
        return found

    return replace


__all__ = ["computed"]
