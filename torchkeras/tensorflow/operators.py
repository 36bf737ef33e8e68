"""The operators of tf.Tensor: TensorFlow's rules on dtypes, in as few steps as can be."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import torch

from torchkeras.core.variable import Variable
from torchkeras.graph.keras_tensor import KerasTensor
from torchkeras.tensorflow.convert import fresh, from_python, made, mismatch, operand_like, read
from torchkeras.tensorflow.errors import InvalidArgumentError, from_torch
from torchkeras.tensorflow.state import state
from torchkeras.tensorflow.tensor import Tensor, plain_dtype

_Kernel = Callable[[Any, Any], torch.Tensor]
_NUMBERS = (int, float, bool)


# --- kernels ---


def true_divide(a: Any, b: Any) -> torch.Tensor:
    """a / b; of integers in float64, of small ones in float32."""
    dtype = plain_dtype(a if isinstance(a, torch.Tensor) else b)
    if dtype.is_floating_point or dtype.is_complex:
        return torch.true_divide(a, b)
    wide = torch.float32 if dtype.itemsize < 4 else torch.float64
    return torch.true_divide(*(torch.as_tensor(x).to(wide) for x in (a, b)))


def matmul(a: Any, b: Any) -> torch.Tensor:
    if a.dim() < 2 or b.dim() < 2:
        raise InvalidArgumentError(None, None, "In[0] and In[1] ndims must be >= 2 [Op:MatMul]")
    return torch.matmul(a, b)


# --- binary operators ---


def _partner(self: Tensor, other: Any, name: str) -> Any:
    """The other operand in a form torch takes; NotImplemented for types that have reflected operators of their own."""
    kind = type(other)
    if kind in _NUMBERS:
        dtype = plain_dtype(self)
        if dtype.is_floating_point or dtype.is_complex or (kind is int and dtype is not torch.bool):
            return other
        if kind is bool:
            return from_python(other, dtype)
        return operand_like(other, self, name)
    if isinstance(other, Variable) or kind is torch.Tensor or isinstance(other, torch.Tensor):
        found = operand_like(other, self, name)
        if isinstance(other, Variable) and plain_dtype(found) is not plain_dtype(self):
            mismatch(name, self, found)
        return found
    if isinstance(other, (np.ndarray, np.generic, list, tuple, complex)):
        return operand_like(other, self, name)
    return NotImplemented


def _recorded(function: _Kernel, a: Any, b: Any, result: torch.Tensor) -> torch.Tensor:
    """A result that takes gradients, made of operands as the present recording takes them."""
    x = fresh(a) if type(a) is Tensor else a
    y = fresh(b) if type(b) is Tensor else b
    if x is not a or y is not b:
        result = function(x, y)
        if not result.requires_grad:
            return result
    if state.session:
        result._session = state.session  # type: ignore[attr-defined]
    return result


def _binary(name: str, function: _Kernel) -> Callable[..., Any]:
    def apply(self: Tensor, other: Any) -> Any:
        kind = type(other)
        if kind is Tensor or kind is Variable:
            if kind is Variable:
                other = read(other)
            if plain_dtype(self) is not plain_dtype(other):
                mismatch(name, self, other)
        elif kind is not float or not plain_dtype(self).is_floating_point:
            other = _partner(self, other, name)
            if other is NotImplemented:
                return other
        try:
            result = function(self, other)
        except RuntimeError as error:
            raise from_torch(error, name) from error
        if result.requires_grad:
            session = state.session
            now = session and self.__dict__.get("_session", session) == session
            if now and (kind is not Tensor or other.__dict__.get("_session", session) == session):
                result._session = session  # type: ignore[attr-defined]
            else:
                result = _recorded(function, self, other, result)
        result.__class__ = Tensor
        return result

    return apply


def _reflected(name: str, function: _Kernel) -> Callable[..., Any]:
    def apply(self: Tensor, other: Any) -> Any:
        other = _partner(self, other, name)
        if other is NotImplemented:
            return other
        if not isinstance(other, torch.Tensor):
            other = from_python(other, plain_dtype(self))
        try:
            result = function(other, self)
        except RuntimeError as error:
            raise from_torch(error, name) from error
        if result.requires_grad:
            result = _recorded(function, other, self, result)
        result.__class__ = Tensor
        return result

    return apply


_BINARY: dict[str, tuple[str, _Kernel]] = {
    "add": ("AddV2", torch.add),
    "sub": ("Sub", torch.sub),
    "mul": ("Mul", torch.mul),
    "truediv": ("RealDiv", true_divide),
    "floordiv": ("FloorDiv", torch.floor_divide),
    "mod": ("FloorMod", torch.remainder),
    "pow": ("Pow", torch.pow),
    "matmul": ("MatMul", matmul),
    "and": ("LogicalAnd", torch.bitwise_and),
    "or": ("LogicalOr", torch.bitwise_or),
    "xor": ("LogicalXor", torch.bitwise_xor),
}
_COMPARISONS: dict[str, tuple[str, _Kernel]] = {
    "lt": ("Less", torch.lt),
    "le": ("LessEqual", torch.le),
    "gt": ("Greater", torch.gt),
    "ge": ("GreaterEqual", torch.ge),
}
for _name, (_kernel, _function) in _BINARY.items():
    setattr(Tensor, f"__{_name}__", _binary(_kernel, _function))
    setattr(Tensor, f"__r{_name}__", _reflected(_kernel, _function))
for _name, (_kernel, _function) in _COMPARISONS.items():
    setattr(Tensor, f"__{_name}__", _binary(_kernel, _function))


# `x += y` makes a new tensor: none is ever changed in place.
for _name in _BINARY:
    setattr(Tensor, f"__i{_name}__", getattr(Tensor, f"__{_name}__"))


# --- equality ---


def _equality(name: str, function: _Kernel, otherwise: bool) -> Callable[..., Any]:
    def apply(self: Tensor, other: Any) -> Any:
        if type(other) is not Tensor:
            if other is None or isinstance(other, KerasTensor):
                return NotImplemented if other is not None else otherwise
            try:
                other = _partner(self, other, name)
            except (TypeError, ValueError):
                return otherwise
            if other is NotImplemented:
                return otherwise
        elif plain_dtype(self) is not plain_dtype(other):
            mismatch(name, self, other)
        if isinstance(other, torch.Tensor) and not _fit(self, other):
            return made(torch.tensor(otherwise))
        return made(function(self, other))

    return apply


def _fit(a: torch.Tensor, b: torch.Tensor) -> bool:
    return all(x == y or x == 1 or y == 1 for x, y in zip(reversed(a.size()), reversed(b.size())))


Tensor.__eq__ = _equality("Equal", torch.eq, False)  # type: ignore[method-assign]
Tensor.__ne__ = _equality("NotEqual", torch.ne, True)  # type: ignore[method-assign]


# --- unary operators ---


def _unary(name: str, function: Callable[[Any], torch.Tensor]) -> Callable[..., Any]:
    def apply(self: Tensor) -> Any:
        try:
            return made(function(fresh(self) if self.requires_grad else self))
        except RuntimeError as error:
            raise from_torch(error, name) from error

    return apply


Tensor.__neg__ = _unary("Neg", torch.neg)
Tensor.__abs__ = _unary("Abs", torch.abs)
Tensor.__invert__ = _unary("Invert", torch.bitwise_not)  # type: ignore[method-assign]
Tensor.__pos__ = lambda self: self  # type: ignore[assignment,return-value]

__all__ = ["matmul", "true_divide"]
