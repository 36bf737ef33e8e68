"""tf.experimental.numpy: functions element by element."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import torch

from torchkeras.tensorflow.experimental.numpy.operation import floating, given, is_weak, numpy_function
from torchkeras.tensorflow.experimental.numpy.promotion import default_float, plain, together
from torchkeras.tensorflow.operators import true_divide as torch_divide

#: torch has few kernels for these; those of int64 do as well.
_NARROW = frozenset({torch.uint16, torch.uint32})
#: Kernels that give the same bits for int64 and uint64.
_WRAPPING = frozenset(
    {
        torch.add,
        torch.subtract,
        torch.multiply,
        torch.bitwise_and,
        torch.bitwise_or,
        torch.bitwise_xor,
        torch.eq,
        torch.ne,
    }
)
_Kernel = Callable[..., torch.Tensor]


def _unary(name: str, kernel: _Kernel, read: Callable[[Any], torch.Tensor], same: bool = True) -> Callable[..., Any]:
    """A function of one argument; `same` says that its result has the argument's kind."""

    def apply(x: Any) -> Any:
        return given(kernel(read(x)), same and is_weak(x))

    apply.__name__ = apply.__qualname__ = name
    apply.__doc__ = f"As numpy.{name}."
    return numpy_function(apply)


def _binary(name: str, kernel: _Kernel, kind: str = "any") -> Callable[..., Any]:
    """A function of two arguments; `kind` says what they must be, or that the result is of booleans."""

    def apply(x1: Any, x2: Any) -> Any:
        (a, b), weak = together(x1, x2)
        if kind == "float" and not (a.dtype.is_floating_point or a.dtype.is_complex):
            a, b = a.to(default_float()), b.to(default_float())
        if kind == "number" and a.dtype is torch.bool:
            a, b = a.to(torch.int8), b.to(torch.int8)
        if a.dtype in _NARROW or (a.dtype is torch.uint64 and kernel in _WRAPPING):
            result = kernel(a.to(torch.int64), b.to(torch.int64))
            return given(result.to(a.dtype) if result.dtype is torch.int64 else result)
        return given(kernel(a, b), weak and kind != "bool")

    apply.__name__ = apply.__qualname__ = name
    apply.__doc__ = f"As numpy.{name}."
    return numpy_function(apply)


def _cbrt(x: torch.Tensor) -> torch.Tensor:
    return torch.sign(x) * torch.pow(x.abs(), 1 / 3)


def _logical(kernel: _Kernel) -> _Kernel:
    return lambda *parts: kernel(*(part.to(torch.bool) for part in parts))


exp, exp2, expm1 = (_unary(n, getattr(torch, n), floating) for n in ("exp", "exp2", "expm1"))
log, log2, log10, log1p = (_unary(n, getattr(torch, n), floating) for n in ("log", "log2", "log10", "log1p"))
sqrt = _unary("sqrt", torch.sqrt, floating)
cbrt = _unary("cbrt", _cbrt, floating)
sin, cos, tan, sinh, cosh, tanh = (
    _unary(n, getattr(torch, n), floating) for n in ("sin", "cos", "tan", "sinh", "cosh", "tanh")
)
arcsin, arccos, arctan, arcsinh, arccosh, arctanh = (
    _unary(n, getattr(torch, n), floating) for n in ("arcsin", "arccos", "arctan", "arcsinh", "arccosh", "arctanh")
)
deg2rad = _unary("deg2rad", lambda x: x * (math.pi / 180), floating)
rad2deg = _unary("rad2deg", lambda x: x * (180 / math.pi), floating)
floor, ceil = (_unary(n, getattr(torch, n), floating) for n in ("floor", "ceil"))
fix = _unary("fix", torch.trunc, floating)
fabs = _unary("fabs", torch.abs, floating)
sinc = _unary("sinc", torch.sinc, floating)
absolute = _unary("absolute", torch.abs, plain)
abs = _unary("abs", torch.abs, plain)
negative = _unary("negative", torch.neg, plain)
positive = _unary("positive", torch.clone, plain)
square = _unary("square", torch.square, plain)
reciprocal = _unary("reciprocal", torch.reciprocal, floating)
conj = _unary("conj", torch.conj_physical, plain)
conjugate = _unary("conjugate", torch.conj_physical, plain)
bitwise_not = _unary("bitwise_not", torch.bitwise_not, plain)
logical_not = _unary("logical_not", _logical(torch.logical_not), plain, False)
isnan, isinf, isfinite, isposinf, isneginf, signbit = (
    _unary(n, getattr(torch, n), floating, False)
    for n in ("isnan", "isinf", "isfinite", "isposinf", "isneginf", "signbit")
)
isreal = _unary("isreal", torch.isreal, plain, False)
iscomplex = _unary("iscomplex", lambda x: ~torch.isreal(x), plain, False)

add = _binary("add", torch.add)
subtract = _binary("subtract", torch.subtract, "number")
multiply = _binary("multiply", torch.multiply)
divide, true_divide = _binary("divide", torch_divide), _binary("true_divide", torch_divide)
floor_divide = _binary("floor_divide", torch.floor_divide, "number")
mod, remainder = _binary("mod", torch.remainder, "number"), _binary("remainder", torch.remainder, "number")
power = _binary("power", torch.pow)
float_power = _binary("float_power", torch.pow)
maximum, minimum = _binary("maximum", torch.maximum), _binary("minimum", torch.minimum)
arctan2, hypot = _binary("arctan2", torch.arctan2, "float"), _binary("hypot", torch.hypot, "float")
logaddexp = _binary("logaddexp", torch.logaddexp, "float")
logaddexp2 = _binary("logaddexp2", torch.logaddexp2, "float")
heaviside = _binary("heaviside", torch.heaviside, "float")
nextafter = _binary("nextafter", torch.nextafter, "float")
gcd, lcm = _binary("gcd", torch.gcd), _binary("lcm", torch.lcm)
bitwise_and, bitwise_or, bitwise_xor = (
    _binary(n, getattr(torch, n)) for n in ("bitwise_and", "bitwise_or", "bitwise_xor")
)
equal, not_equal = _binary("equal", torch.eq, "bool"), _binary("not_equal", torch.ne, "bool")
less, less_equal = _binary("less", torch.lt, "bool"), _binary("less_equal", torch.le, "bool")
greater, greater_equal = _binary("greater", torch.gt, "bool"), _binary("greater_equal", torch.ge, "bool")
logical_and, logical_or, logical_xor = (
    _binary(n, _logical(getattr(torch, n)), "bool") for n in ("logical_and", "logical_or", "logical_xor")
)


@numpy_function
def divmod(x1: Any, x2: Any) -> Any:
    """As numpy.divmod."""
    (a, b), weak = together(x1, x2)
    return given(torch.floor_divide(a, b), weak), given(torch.remainder(a, b), weak)


@numpy_function
def sign(x: Any, out: Any = None, where: Any = None, **kwargs: Any) -> Any:
    """As numpy.sign; the result of complex numbers is the sign of their real part."""
    if out is not None or where is not None or kwargs:
        raise ValueError("tf.experimental.numpy.sign takes no arguments `out` and `where`.")
    value = plain(x)
    return given(torch.sign(value.real).to(value.dtype) if value.is_complex() else torch.sign(value), is_weak(x))


@numpy_function
def real(val: Any) -> Any:
    """As numpy.real."""
    x = plain(val)
    return given(torch.real(x).clone(), is_weak(val))


@numpy_function
def imag(val: Any) -> Any:
    """As numpy.imag."""
    x = plain(val)
    return given(torch.imag(x).clone() if x.is_complex() else torch.zeros_like(x), is_weak(val))


@numpy_function
def angle(z: Any, deg: bool = False) -> Any:
    """As numpy.angle."""
    found = torch.angle(floating(z))
    return given(torch.rad2deg(found) if deg else found)


@numpy_function
def around(a: Any, decimals: int = 0) -> Any:
    """As numpy.around."""
    x = plain(a)
    if not x.dtype.is_floating_point:
        return given(x.clone() if decimals >= 0 else torch.round(x.double(), decimals=decimals).to(x.dtype))
    return given(torch.round(x, decimals=decimals), is_weak(a))


@numpy_function
def round(a: Any, decimals: int = 0) -> Any:
    """As numpy.round."""
    return around(a, decimals)


@numpy_function
def clip(a: Any, a_min: Any, a_max: Any) -> Any:
    """As numpy.clip: the result has the dtype of `a`."""
    if a_min is None and a_max is None:
        raise ValueError("Not more than one of `a_min` and `a_max` may be `None`.")
    x = plain(a)
    for bound, kernel in ((a_min, torch.maximum), (a_max, torch.minimum)):
        if bound is not None:
            x = kernel(x, plain(bound).to(x.dtype))
    return given(x if x is not a else x.clone(), is_weak(a))


@numpy_function
def isclose(a: Any, b: Any, rtol: float = 1e-05, atol: float = 1e-08, equal_nan: bool = False) -> Any:
    """As numpy.isclose."""
    (x, y), _ = together(a, b)
    return given(torch.isclose(x, y, rtol, atol, equal_nan))


@numpy_function
def allclose(a: Any, b: Any, rtol: float = 1e-05, atol: float = 1e-08, equal_nan: bool = False) -> Any:
    """As numpy.allclose."""
    (x, y), _ = together(a, b)
    return given(torch.isclose(x, y, rtol, atol, equal_nan).all())


@numpy_function
def array_equal(a1: Any, a2: Any) -> Any:
    """As numpy.array_equal."""
    (x, y), _ = together(a1, a2)
    return given(torch.tensor(x.shape == y.shape and bool((x == y).all())))
