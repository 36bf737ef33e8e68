"""What functions of tf.experimental.numpy are made with."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar

import torch

from torchkeras.tensorflow import dtypes
from torchkeras.tensorflow.convert import made
from torchkeras.tensorflow.experimental.numpy.promotion import default_float, kind_of, lattice, plain
from torchkeras.tensorflow.operation import operation

P = ParamSpec("P")
R = TypeVar("R")


def numpy_function(function: Callable[P, R]) -> Callable[P, R]:
    """Decorator of a function of tf.experimental.numpy."""
    name = function.__name__
    return operation(f"experimental.numpy.{name}", name)(function)


def given(result: torch.Tensor, weak: bool = False) -> Any:
    """A tensor that was just computed, as a tf.Tensor; marked where its dtype is a weak one."""
    found = made(result)
    if weak:
        found._weak = True
    return found


def is_weak(value: Any) -> bool:
    """Whether a value's dtype yields to others."""
    return lattice() and kind_of(value).weak


def floating(value: Any) -> torch.Tensor:
    """A value in floats: integers in the default ones."""
    x = plain(value)
    return x if x.dtype.is_floating_point or x.dtype.is_complex else x.to(default_float())


def wanted(dtype: Any) -> torch.dtype | None:
    """A dtype as a function was given it: of torch, or None."""
    if dtype is None:
        return None
    return torch.float64 if dtype is float else torch.int64 if dtype is int else dtypes.torch_of(dtype)
