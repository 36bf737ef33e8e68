"""Indexing a tensor as TensorFlow does: negative steps, tf.newaxis, tensors as indices, masks of booleans."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch

from torchkeras.core.variable import Variable
from torchkeras.graph.operators import getitem as plain_getitem
from torchkeras.tensorflow.convert import fresh, from_python, viewed
from torchkeras.tensorflow.errors import InvalidArgumentError
from torchkeras.tensorflow.tensor import Tensor

_WORDS = (
    "Only integers, slices (`:`), ellipsis (`...`), tf.newaxis (`None`) and scalar tf.int32/tf.int64 tensors are "
    "valid indices, got {0!r}"
)


def getitem(self: Tensor, index: Any) -> Any:
    """`tensor[index]`."""
    source = fresh(self) if self.requires_grad else self
    plain = source.as_subclass(torch.Tensor)
    if type(index) is int or (
        type(index) is slice and index.step is None and index.start is None and index.stop is None
    ):
        return viewed(_picked(plain, index))
    mask = as_mask(index)
    if mask is not None:
        return viewed(plain[mask])
    return viewed(_picked(plain, as_index(index)))


def _picked(plain: torch.Tensor, index: Any) -> torch.Tensor:
    try:
        found: torch.Tensor = plain_getitem(plain, index)
    except IndexError as error:
        raise InvalidArgumentError(None, None, f"slice {_said(plain, index)} [Op:StridedSlice]") from error
    return found


def _said(plain: torch.Tensor, index: Any) -> str:
    parts = index if isinstance(index, tuple) else (index,)
    for axis, part in enumerate(p for p in parts if p is not None):
        if isinstance(part, int) and axis < plain.dim() and not -plain.shape[axis] <= part < plain.shape[axis]:
            return f"index {part} of dimension {axis} out of bounds."
    return f"{index!r} does not fit a tensor of shape {tuple(plain.shape)}"


def as_mask(index: Any) -> torch.Tensor | None:
    """The index as a mask, if it is one of booleans."""
    if isinstance(index, torch.Tensor):
        plain = index.as_subclass(torch.Tensor)
        return plain if plain.dtype is torch.bool and plain.dim() else None
    if isinstance(index, np.ndarray) and index.dtype == np.bool_ and index.ndim:
        return from_python(index, None)
    if isinstance(index, list) and index and all(isinstance(item, (bool, np.bool_)) for item in index):
        return from_python(index, None)
    return None


def as_index(index: Any) -> Any:
    """An index in the form torch takes: plain ints, slices, None and Ellipsis, in a tuple."""
    parts = tuple(index) if isinstance(index, (tuple, list)) else (index,)
    return tuple(_part(part) for part in parts)


def _part(given: Any) -> Any:
    part: Any = given.numpy() if isinstance(given, Variable) else given
    if part is None or part is Ellipsis or type(part) is int:
        return part
    if isinstance(part, slice):
        return slice(_bound(part.start), _bound(part.stop), _bound(part.step))
    if isinstance(part, bool) or not hasattr(part, "__index__") or getattr(part, "ndim", None):
        raise TypeError(_WORDS.format(part))
    return int(part.__index__())


def _bound(value: Any) -> int | None:
    if value is None or type(value) is int:
        return value
    if isinstance(value, float):
        raise TypeError(_WORDS.format(value))
    return int(value)


Tensor.__getitem__ = getitem  # type: ignore[method-assign,assignment]
