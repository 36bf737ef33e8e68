"""Switching NumPy's behaviour of tf.Tensors on and off: methods, indices, and what operators make of two dtypes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import torch

from torchkeras.core.nest import flatten
from torchkeras.core.variable import Variable
from torchkeras.graph.keras_tensor import KerasTensor
from torchkeras.tensorflow import constants, convert
from torchkeras.tensorflow.experimental.numpy import creation, elementwise, linear, reductions, shaping
from torchkeras.tensorflow.experimental.numpy.indexing import getitem
from torchkeras.tensorflow.experimental.numpy.operation import given
from torchkeras.tensorflow.experimental.numpy.promotion import (
    common,
    is_literal,
    kind_of,
    lattice,
    plain,
    settings,
    together,
)
from torchkeras.tensorflow.tensor import Tensor, plain_shape

MODES = ("off", "legacy", "safe", "all")

# --- operators ---

_BINARY = {
    "add": elementwise.add, "sub": elementwise.subtract, "mul": elementwise.multiply, "truediv": elementwise.divide,
    "floordiv": elementwise.floor_divide, "mod": elementwise.mod, "pow": elementwise.power, "matmul": linear.matmul,
    "and": elementwise.bitwise_and, "or": elementwise.bitwise_or, "xor": elementwise.bitwise_xor,
}  # fmt: skip
_COMPARISONS = {
    "lt": elementwise.less, "le": elementwise.less_equal, "gt": elementwise.greater, "ge": elementwise.greater_equal,
    "eq": elementwise.equal, "ne": elementwise.not_equal,
}  # fmt: skip
_OPERANDS = (torch.Tensor, Variable, np.ndarray, np.generic, int, float, complex, list, tuple)


def _operator(function: Callable[..., Any], reflected: bool = False) -> Callable[..., Any]:
    def apply(self: Tensor, other: Any) -> Any:
        if not isinstance(other, _OPERANDS) or isinstance(other, KerasTensor):
            return NotImplemented
        if isinstance(other, (list, tuple)):
            other = _of_list(self, other)
        return function(other, self) if reflected else function(self, other)

    return apply


def _of_list(self: Tensor, other: Any) -> Any:
    """A list beside a tensor: with NumPy's rules its numbers yield to the tensor's dtype as single ones do."""
    leaves = flatten(other)
    if lattice() or not leaves or not is_literal(other):
        return other
    return plain(other, common(self, leaves[0]).dtype)


def _equality(function: Callable[..., Any], otherwise: bool) -> Callable[..., Any]:
    compare = _operator(function)

    def apply(self: Tensor, other: Any) -> Any:
        found = compare(self, other)
        return otherwise if found is NotImplemented else found

    return apply


# --- methods ---


class Size(int):
    """A tensor's number of elements. Called it says the sizes of its axes, for torch's own code."""

    _sizes: torch.Size

    def __call__(self, dim: int | None = None) -> Any:
        return self._sizes if dim is None else self._sizes[dim]


def _size(self: Tensor) -> Size:
    found = Size(self.numel())
    found._sizes = plain_shape(self)
    return found


def _dims(numbers: tuple[Any, ...]) -> Any:
    """Sizes or axes given one by one, or as one sequence."""
    return numbers[0] if len(numbers) == 1 and not isinstance(numbers[0], int) else list(numbers)


def _transposed(self: Tensor, *axes: Any) -> Any:
    return shaping.transpose(self, None if not axes or axes[0] is None else _dims(axes))


_METHODS: dict[str, Any] = {
    "T": property(lambda self: shaping.transpose(self)),
    "size": property(_size),
    "data": property(lambda self: self),
    "astype": lambda self, dtype: creation.array(self, dtype),
    "clip": lambda self, a_min=None, a_max=None: elementwise.clip(self, a_min, a_max),
    "flatten": lambda self, order="C": shaping.flatten(self, order),
    "max": lambda self, axis=None, keepdims=None: reductions.max(self, axis, keepdims),
    "mean": lambda self, axis=None, dtype=None, out=None, keepdims=None: reductions.mean(
        self, axis, dtype, out, keepdims
    ),
    "min": lambda self, axis=None, keepdims=None: reductions.min(self, axis, keepdims),
    "ravel": lambda self: shaping.ravel(self),
    "reshape": lambda self, *newshape, order="C": shaping.reshape(self, _dims(newshape), order),
    "tolist": lambda self: self.numpy().tolist(),
    "transpose": _transposed,
    "__getitem__": getitem,
    "__round__": lambda self, ndigits=0: elementwise.around(self, ndigits or 0),
}
for _name, _function in _BINARY.items():
    _METHODS[f"__{_name}__"] = _METHODS[f"__i{_name}__"] = _operator(_function)
    _METHODS[f"__r{_name}__"] = _operator(_function, reflected=True)
for _name, _function in _COMPARISONS.items():
    _METHODS[f"__{_name}__"] = _operator(_function)
_METHODS["__eq__"] = _equality(elementwise.equal, False)
_METHODS["__ne__"] = _equality(elementwise.not_equal, True)

#: What tensors had under these names before; `_ABSENT` where that is inherited.
_ABSENT = object()
_before: dict[str, Any] = {}
_UNARY = ("__neg__", "__abs__", "__pos__", "__invert__")


def _keeping_weak(original: Callable[[Tensor], Any]) -> Callable[[Tensor], Any]:
    def apply(self: Tensor) -> Any:
        result = original(self)
        if "_weak" in self.__dict__:
            result._weak = True
        return result

    return apply


def _install() -> None:
    if _before:
        return
    for name in (*_METHODS, *_UNARY):
        _before[name] = Tensor.__dict__.get(name, _ABSENT)
    for name, value in _METHODS.items():
        setattr(Tensor, name, value)
    for name in _UNARY:
        setattr(Tensor, name, _keeping_weak(_before[name]))


def _remove() -> None:
    for name, value in _before.items():
        if value is _ABSENT:
            delattr(Tensor, name)
        else:
            setattr(Tensor, name, value)
    _before.clear()


# --- tf.constant, tf.add and the like, in the lattice ---


def _marked(found: Any, value: Any, dtype: Any) -> Any:
    """What `tf.constant` gives: weak where neither the value nor anybody said the dtype."""
    if dtype is None and is_literal(value) and kind_of(value).weak:
        return given(found, True)
    return found


def _pair(x: Any, y: Any, name: str) -> tuple[torch.Tensor, torch.Tensor]:
    (a, b), _ = together(x, y)
    return a, b


def experimental_enable_numpy_behavior(prefer_float32: bool = False, dtype_conversion_mode: str = "legacy") -> None:
    """Gives tf.Tensors NumPy's methods and indices, and operators that bring two dtypes together.

    Args:
        prefer_float32: make Python's floats float32 in tf.experimental.numpy, rather than float64.
        dtype_conversion_mode: 'legacy' for NumPy's rules; 'all' for a lattice of dtypes in which Python's numbers yield
            to tensors; 'safe' for the same with an error where something could be lost; 'off' for TensorFlow's own
            behaviour, as it was.
    """
    if dtype_conversion_mode not in MODES:
        raise ValueError(
            f"The provided promotion mode {dtype_conversion_mode} does not exist. Make sure the provided dtype "
            f"conversion mode is one of the followings: 'off', 'legacy', 'safe' or 'all'."
        )
    settings.mode, settings.prefer_float32 = dtype_conversion_mode, bool(prefer_float32)
    if dtype_conversion_mode == "off":
        _remove()
    else:
        _install()
    convert.set_promotion(_pair if lattice() else None)
    constants.set_finish(_marked if lattice() else None)
