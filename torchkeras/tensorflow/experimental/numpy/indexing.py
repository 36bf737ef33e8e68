"""Indices as NumPy takes them: lists, arrays and masks beside slices and numbers."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch

from torchkeras.core.variable import Variable
from torchkeras.tensorflow.convert import fresh, from_python, viewed
from torchkeras.tensorflow.errors import InvalidArgumentError
from torchkeras.tensorflow.tensor import Tensor


def getitem(self: Tensor, index: Any) -> Any:
    """`tensor[index]` where NumPy's behaviour is switched on."""
    x = (fresh(self) if self.requires_grad else self).as_subclass(torch.Tensor)
    parts = [_part(part, x) for part in (index if isinstance(index, tuple) else (index,))]
    x, parts = _forward(x, parts)
    try:
        found = x[tuple(parts)]
    except IndexError as error:
        raise InvalidArgumentError(None, None, f"{error} [Op:StridedSlice]") from error
    result = viewed(found.clone())
    if self.__dict__.get("_weak"):
        result._weak = True
    return result


def _part(part: Any, like: torch.Tensor) -> Any:
    if part is None or part is Ellipsis or type(part) is int or type(part) is bool:
        return part
    if isinstance(part, slice):
        return slice(*(None if n is None else int(n) for n in (part.start, part.stop, part.step)))
    if isinstance(part, np.integer):
        return int(part)
    if isinstance(part, Variable):
        part = part.value()
    if isinstance(part, (list, tuple, np.ndarray)):
        part = from_python(list(part) if isinstance(part, tuple) else part, None)
    if not isinstance(part, torch.Tensor):
        raise TypeError(f"Only integers, slices, ellipsis, tf.newaxis and arrays are valid indices, got {part!r}")
    found = part.as_subclass(torch.Tensor)
    if found.dtype is torch.bool:
        return found.to(like.device)
    if found.dtype.is_floating_point:
        raise TypeError(f"Arrays used as indices must be of integer or boolean type, got {found.dtype}")
    return int(found) if not found.dim() else found.to(like.device, torch.int64)


def _forward(x: torch.Tensor, parts: list[Any]) -> tuple[torch.Tensor, list[Any]]:
    """The same with slices that go forward only: torch has no others."""
    if not any(isinstance(part, slice) and part.step is not None and part.step < 0 for part in parts):
        return x, parts
    taken = sum(part.dim() if _is_mask(part) else part is not None and part is not Ellipsis for part in parts)
    axis, found = 0, []
    for part in parts:
        if isinstance(part, slice) and part.step is not None and part.step < 0:
            start, stop, step = part.indices(x.shape[axis])
            count = len(range(start, stop, step))
            x = x.flip(axis)
            first = x.shape[axis] - 1 - start
            part = slice(first, first - step * count if count else first, -step)
        found.append(part)
        if part is Ellipsis:
            axis += x.dim() - taken
        elif part is not None:
            axis += part.dim() if _is_mask(part) else 1
    return x, found


def _is_mask(part: Any) -> bool:
    return isinstance(part, torch.Tensor) and part.dtype is torch.bool
