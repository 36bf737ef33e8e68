"""Functions of one tensor, element by element."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch

from torchkeras.tensorflow.arguments import (
    COMPLEX,
    CONTINUOUS,
    FLOATS,
    NUMBERS,
    REAL,
    invalid,
    of_dtypes,
    plain_dtype,
    refuse,
)
from torchkeras.tensorflow.convert import made, operand, tensor
from torchkeras.tensorflow.operation import operation

_Unary = Callable[..., Any]


def elementwise(
    name: str, kernel: str, function: Callable[[Any], torch.Tensor], allowed: frozenset[torch.dtype], says: str
) -> _Unary:
    """A public function that applies one of torch's to tensors of some dtypes."""

    @operation(f"math.{name}", kernel, says)
    def apply(x: Any, name: str | None = None) -> Any:
        t = operand(x)
        if plain_dtype(t) not in allowed:
            refuse(t, allowed, kernel)
        return made(function(t))

    return apply


def _continuous(name: str, kernel: str, function: Any, says: str) -> _Unary:
    return elementwise(name, kernel, function, CONTINUOUS, says)


exp = _continuous("exp", "Exp", torch.exp, "e to the power of each element.")
expm1 = _continuous("expm1", "Expm1", torch.expm1, "exp(x) - 1, exact near 0.")
log = _continuous("log", "Log", torch.log, "The natural logarithm of each element.")
log1p = _continuous("log1p", "Log1p", torch.log1p, "log(1 + x), exact near 0.")
sqrt = _continuous("sqrt", "Sqrt", torch.sqrt, "The square root of each element.")
rsqrt = _continuous("rsqrt", "Rsqrt", torch.rsqrt, "1 / sqrt(x).")
reciprocal = _continuous("reciprocal", "Reciprocal", torch.reciprocal, "1 / x.")
square = elementwise("square", "Square", torch.square, NUMBERS, "Each element times itself.")
negative = elementwise("negative", "Neg", torch.neg, NUMBERS, "-x.")
abs = elementwise("abs", "Abs", torch.abs, NUMBERS, "The magnitude of each element.")


def _sign(x: torch.Tensor) -> torch.Tensor:
    if x.is_complex():
        return torch.sgn(x)
    signs = torch.sign(x)
    return torch.where(torch.isnan(x), x, signs) if x.is_floating_point() else signs


sign = elementwise("sign", "Sign", _sign, NUMBERS, "-1, 0 or 1; of a complex number the one of its direction.")

sin = _continuous("sin", "Sin", torch.sin, "The sine of each element, in radians.")
cos = _continuous("cos", "Cos", torch.cos, "The cosine of each element, in radians.")
tan = _continuous("tan", "Tan", torch.tan, "The tangent of each element, in radians.")
asin = _continuous("asin", "Asin", torch.asin, "The angle whose sine each element is.")
acos = _continuous("acos", "Acos", torch.acos, "The angle whose cosine each element is.")
atan = _continuous("atan", "Atan", torch.atan, "The angle whose tangent each element is.")
sinh = _continuous("sinh", "Sinh", torch.sinh, "The hyperbolic sine of each element.")
cosh = _continuous("cosh", "Cosh", torch.cosh, "The hyperbolic cosine of each element.")
tanh = _continuous("tanh", "Tanh", torch.tanh, "The hyperbolic tangent of each element.")
asinh = _continuous("asinh", "Asinh", torch.asinh, "The inverse of sinh.")
acosh = _continuous("acosh", "Acosh", torch.acosh, "The inverse of cosh.")
atanh = _continuous("atanh", "Atanh", torch.atanh, "The inverse of tanh.")
sigmoid = _continuous("sigmoid", "Sigmoid", torch.sigmoid, "1 / (1 + exp(-x)).")
log_sigmoid = elementwise(
    "log_sigmoid", "LogSigmoid", torch.nn.functional.logsigmoid, FLOATS, "log(sigmoid(x)), exact for large -x."
)


# Rounding has no gradient in TensorFlow (None), where torch's is zero.


def _rounding(function: Callable[[Any], torch.Tensor]) -> Callable[[Any], torch.Tensor]:
    return lambda x: function(x.detach())


floor = elementwise("floor", "Floor", _rounding(torch.floor), FLOATS, "The next integer below, in the same dtype.")
ceil = elementwise("ceil", "Ceil", _rounding(torch.ceil), FLOATS, "The next integer above, in the same dtype.")
rint = elementwise("rint", "Rint", _rounding(torch.round), FLOATS, "The nearest integer; halves go to the even one.")
round = elementwise(
    "round", "Round", _rounding(torch.round), REAL, "The nearest integer in the same dtype; halves go to the even one."
)

is_nan = elementwise("is_nan", "IsNan", torch.isnan, FLOATS, "Where elements are not a number.")
is_inf = elementwise("is_inf", "IsInf", torch.isinf, FLOATS, "Where elements are infinite.")
is_finite = elementwise("is_finite", "IsFinite", torch.isfinite, FLOATS, "Where elements are neither infinite nor NaN.")


@operation("math.softplus", "Softplus")
def softplus(features: Any, name: str | None = None) -> Any:
    """log(exp(x) + 1)."""
    x = tensor(of_dtypes(features, FLOATS, "Softplus"))
    return made(torch.logaddexp(x, x.new_zeros(())))


@operation("nn.softsign", "Softsign")
def softsign(features: Any, name: str | None = None) -> Any:
    """x / (abs(x) + 1)."""
    return made(torch.nn.functional.softsign(of_dtypes(features, FLOATS, "Softsign").as_subclass(torch.Tensor)))


@operation("nn.softmax", "Softmax")
def softmax(logits: Any, axis: int | None = None, name: str | None = None) -> Any:
    """exp(x) divided by its sum along an axis, the last one unless given."""
    return made(torch.softmax(_logits(logits, "Softmax"), -1 if axis is None else axis))


@operation("nn.log_softmax", "LogSoftmax")
def log_softmax(logits: Any, axis: int | None = None, name: str | None = None) -> Any:
    """The logarithm of the softmax."""
    return made(torch.log_softmax(_logits(logits, "LogSoftmax"), -1 if axis is None else axis))


def _logits(value: Any, kernel: str) -> torch.Tensor:
    x = of_dtypes(value, FLOATS, kernel)
    if not x.dim():
        invalid("Expected logits of at least one axis, got a single number", kernel)
    return x


# --- complex numbers ---


@operation("math.real", "Real")
def real(input: Any, name: str | None = None) -> Any:
    """The real part."""
    x = of_dtypes(input, CONTINUOUS, "Real").as_subclass(torch.Tensor)
    return made(torch.real(x).clone()) if plain_dtype(x) in COMPLEX else made(x.clone())


@operation("math.imag", "Imag")
def imag(input: Any, name: str | None = None) -> Any:
    """The imaginary part; zeros for real tensors."""
    x = of_dtypes(input, CONTINUOUS, "Imag").as_subclass(torch.Tensor)
    return made(torch.imag(x).clone()) if plain_dtype(x) in COMPLEX else made(torch.zeros_like(x))


@operation("math.conj", "Conj")
def conj(x: Any, name: str | None = None) -> Any:
    """The complex conjugate; real tensors as they are."""
    return made(torch.conj_physical(of_dtypes(x, NUMBERS, "Conj").clone()))


@operation("math.angle", "Angle")
def angle(input: Any, name: str | None = None) -> Any:
    """The angle of each element in the complex plane: 0 or pi for real ones."""
    return made(torch.angle(of_dtypes(input, CONTINUOUS, "Angle")))


__all__ = [
    "abs", "acos", "acosh", "angle", "asin", "asinh", "atan", "atanh", "ceil", "conj", "cos", "cosh", "exp", "expm1",
    "floor", "imag", "is_finite", "is_inf", "is_nan", "log", "log1p", "log_sigmoid", "log_softmax", "negative", "real",
    "reciprocal", "rint", "round", "rsqrt", "sigmoid", "sign", "sin", "sinh", "softmax", "softplus", "softsign", "sqrt",
    "square", "tan", "tanh",
]  # fmt: skip
