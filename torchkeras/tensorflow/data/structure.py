"""Elements of data sets: tuples and dicts of tensors. A list is no structure here but a tensor, as in tf.data."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import torch

from torchkeras.core.tensor_shape import TensorShape
from torchkeras.core.variable import Variable
from torchkeras.tensorflow.convert import any_tensor
from torchkeras.tensorflow.dispatch import CompositeTensor
from torchkeras.tensorflow.string_tensor import StringTensor
from torchkeras.tensorflow.tensor import Tensor, as_tf
from torchkeras.tensorflow.type_specs import TypeSpec, type_spec_from_value


def _keys(structure: dict[Any, Any]) -> list[Any]:
    try:
        return sorted(structure)
    except TypeError:
        return list(structure)


def is_nested(value: Any) -> bool:
    return isinstance(value, (tuple, dict)) and not isinstance(value, TensorShape)


def leaves_of(structure: Any) -> Iterator[Any]:
    """The leaves in order; dicts by their sorted keys."""
    if isinstance(structure, dict):
        for key in _keys(structure):
            yield from leaves_of(structure[key])
    elif is_nested(structure):
        for item in structure:
            yield from leaves_of(item)
    else:
        yield structure


def flatten(structure: Any) -> list[Any]:
    """The leaves in a list."""
    return list(leaves_of(structure))


def map_structure(function: Callable[..., Any], structure: Any, *others: Any) -> Any:
    """A structure of the same form, `function` applied to each leaf, and to those of other structures at its place."""
    if isinstance(structure, dict):
        _same_form(structure, others)
        mapped = {k: map_structure(function, structure[k], *(o[k] for o in others)) for k in _keys(structure)}
        made = {key: mapped[key] for key in structure}
        return made if type(structure) is dict else _as_kind(structure, made)
    if is_nested(structure):
        _same_form(structure, others)
        items = [map_structure(function, *parts) for parts in zip(structure, *others)]
        return type(structure)(*items) if hasattr(structure, "_fields") else tuple(items)
    return function(structure, *others)


def _as_kind(structure: dict[Any, Any], made: dict[Any, Any]) -> Any:
    try:
        return type(structure)(made)
    except TypeError:  # a defaultdict, whose first argument is another
        return made


def _same_form(structure: Any, others: tuple[Any, ...]) -> None:
    for other in others:
        if (
            not isinstance(other, dict if isinstance(structure, dict) else (tuple, list))
            or len(other) != len(structure)
            or (isinstance(structure, dict) and set(other) != set(structure))
        ):
            raise TypeError(
                f"The two structures don't have the same nested structure.\n\nFirst structure: {structure}\n\n"
                f"Second structure: {other}"
            )


def pack_as(structure: Any, leaves: Any) -> Any:
    """A structure of the same form with these leaves."""
    remaining = iter(leaves)
    return map_structure(lambda _: next(remaining), structure)


# --- elements ---


def element_of(value: Any) -> Any:
    """What a user gave as an element: each leaf a tensor, or of a kind with a `_type_spec` of its own."""
    kind = type(value)
    if kind is Tensor or kind is StringTensor:
        return leaf_of(value) if kind is Tensor and value.requires_grad else value
    if kind is tuple:
        return tuple([element_of(item) for item in value])
    if is_nested(value):
        return map_structure(leaf_of, value)
    return leaf_of(value)


def leaf_of(value: Any) -> Any:
    """A value as a leaf of an element."""
    if value is None or isinstance(value, CompositeTensor) or hasattr(value, "_type_spec"):
        return value
    if hasattr(value, "__array__") and not isinstance(value, (torch.Tensor, Variable, StringTensor, np.ndarray)):
        value = np.asarray(value)  # pandas, of numbers or of texts
    found = any_tensor(value)
    return as_tf(found.detach()) if isinstance(found, torch.Tensor) and found.requires_grad else found


def spec_of(element: Any) -> Any:
    """The specs of an element, in its form."""
    return map_structure(type_spec_from_value, element)


def relaxed(first: Any, second: Any) -> Any:
    """The specs that both of two elements' specs fit."""

    def both(a: TypeSpec, b: TypeSpec) -> Any:
        return a if a == b else a.most_specific_compatible_type(b)

    return map_structure(both, first, second)


__all__ = [
    "element_of", "flatten", "is_nested", "leaf_of", "leaves_of", "map_structure", "pack_as", "relaxed", "spec_of",
]  # fmt: skip
