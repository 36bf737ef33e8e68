"""Functions of two numbers, value by value, with broadcasting and Keras's promotion of dtypes."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from torchkeras.ops.operation import operation
from torchkeras.ops.promotion import promoted, result_type, tensor


def _pair(x1: Any, x2: Any, at_least: Any = None) -> Any:
    """Operands of Python's operators: beside a tensor of floats a number stays as it is, which is the faster way."""
    if type(x1) is Tensor and x1.is_floating_point() and type(x2) in (int, float):
        return x1, x2
    return promoted(x1, x2, at_least=at_least)


@operation
def add(x1: Any, x2: Any) -> Tensor:
    """`x1 + x2`; of booleans, whether either holds."""
    a, b = _pair(x1, x2)
    return a + b


@operation
def subtract(x1: Any, x2: Any) -> Tensor:
    """`x1 - x2`."""
    a, b = _pair(x1, x2)
    return a - b


@operation
def multiply(x1: Any, x2: Any) -> Tensor:
    """`x1 * x2`; of booleans, whether both hold."""
    a, b = _pair(x1, x2)
    return a * b


@operation
def divide(x1: Any, x2: Any) -> Tensor:
    """`x1 / x2`, a float."""
    a, b = _pair(x1, x2, at_least=float)
    return a / b


@operation
def true_divide(x1: Any, x2: Any) -> Tensor:
    """`x1 / x2`, a float; another name of `divide`."""
    a, b = _pair(x1, x2, at_least=float)
    return a / b


@operation
def divide_no_nan(x1: Any, x2: Any) -> Tensor:
    """`x1 / x2`, and 0 where `x2` is 0."""
    a, b = promoted(x1, x2, at_least=float)
    zero = b == 0
    return torch.where(zero, 0, a / torch.where(zero, 1, b))  # no nan in the gradient either


@operation
def floor_divide(x1: Any, x2: Any) -> Tensor:
    """The greatest integer that is not more than `x1 / x2`."""
    a, b = promoted(x1, x2)
    return torch.div(a, b, rounding_mode="floor")


@operation
def mod(x1: Any, x2: Any) -> Tensor:
    """What `floor_divide` leaves: it has the sign of `x2`."""
    a, b = promoted(x1, x2)
    return torch.remainder(*_integers(a, b))


@operation
def fmod(x1: Any, x2: Any) -> Tensor:
    """What a division that cuts off the decimals leaves: it has the sign of `x1`."""
    a, b = promoted(x1, x2)
    return torch.fmod(*_integers(a, b))


def _integers(a: Tensor, b: Tensor) -> tuple[Tensor, Tensor]:
    return (a.to(torch.int32), b.to(torch.int32)) if a.dtype is torch.bool else (a, b)


@operation
def power(x1: Any, x2: Any) -> Tensor:
    """`x1` to the power of `x2`."""
    a, b = promoted(x1, x2)
    return torch.pow(a, b)


@operation
def maximum(x1: Any, x2: Any) -> Tensor:
    """The greater of the two; nan where either is."""
    return torch.maximum(*promoted(x1, x2))


@operation
def minimum(x1: Any, x2: Any) -> Tensor:
    """The lesser of the two; nan where either is."""
    return torch.minimum(*promoted(x1, x2))


@operation
def fmax(x1: Any, x2: Any) -> Tensor:
    """The greater of the two; where one is nan, the other."""
    return torch.fmax(*promoted(x1, x2))


@operation
def fmin(x1: Any, x2: Any) -> Tensor:
    """The lesser of the two; where one is nan, the other."""
    return torch.fmin(*promoted(x1, x2))


@operation
def clip(x: Any, x_min: Any, x_max: Any) -> Tensor:
    """`x`, but `x_min` where it is less and `x_max` where it is more."""
    x = tensor(x)
    if type(x_min) in (int, float) and type(x_max) in (int, float) and x.is_floating_point():
        return torch.clamp(x, x_min, x_max)
    a, low, high = promoted(x, x_min, x_max)
    if a.dtype is torch.bool:
        a, low, high = (part.to(torch.int32) for part in (a, low, high))
    return torch.clamp(a, low, high)


@operation
def arctan2(x1: Any, x2: Any) -> Tensor:
    """The angle of the point whose height is `x1` and whose width is `x2`."""
    return torch.atan2(*promoted(x1, x2, at_least=float))


@operation
def hypot(x1: Any, x2: Any) -> Tensor:
    """`sqrt(x1² + x2²)`."""
    return torch.hypot(*_floats(x1, x2))


@operation
def heaviside(x1: Any, x2: Any) -> Tensor:
    """0 where `x1` is negative, 1 where it is positive, `x2` where it is 0."""
    return torch.heaviside(*_floats(x1, x2))


def _floats(x1: Any, x2: Any) -> tuple[Tensor, Tensor]:
    a, b = promoted(x1, x2)
    if a.dtype is torch.int64:  # these two keep its 64 bits
        return a.double(), b.double()
    a, b = promoted(a, b, at_least=float)
    return a, b


@operation
def logaddexp(x1: Any, x2: Any) -> Tensor:
    """`log(exp(x1) + exp(x2))`."""
    return torch.logaddexp(*promoted(x1, x2, at_least=float))


@operation
def logaddexp2(x1: Any, x2: Any) -> Tensor:
    """`log2(2^x1 + 2^x2)`."""
    return torch.logaddexp2(*promoted(x1, x2, at_least=float))


@operation
def nextafter(x1: Any, x2: Any) -> Tensor:
    """The next number that a float can hold from `x1` on towards `x2`."""
    a, b = promoted(x1, x2, at_least=float)
    if a.dtype is torch.float16:  # torch has it for the wider types only
        return torch.nextafter(a.float(), b.float()).to(a.dtype)
    return torch.nextafter(a, b)


@operation
def ldexp(x1: Any, x2: Any) -> Tensor:
    """`x1 * 2^x2`, for integers `x2`."""
    a, exponent = tensor(x1), tensor(x2)
    if exponent.is_floating_point():
        raise TypeError(f"ldexp exponent must be an integer type. Received: x2 dtype={exponent.dtype}")
    wanted = result_type(a.dtype, exponent.dtype, float)
    return torch.ldexp(a.to(wanted), exponent).to(wanted)


@operation
def gcd(x1: Any, x2: Any) -> Tensor:
    """The greatest common divisor."""
    return torch.gcd(*promoted(x1, x2))


@operation
def lcm(x1: Any, x2: Any) -> Tensor:
    """The least common multiple."""
    return torch.abs(torch.lcm(*promoted(x1, x2)))


@operation
def polar(abs_: Any, angle: Any) -> Tensor:
    """The complex numbers of these lengths and angles."""
    return torch.polar(*promoted(abs_, angle, at_least=float))


# --- bits ---


def _bits(x: Any, y: Any) -> list[Tensor]:
    values = promoted(tensor(x), tensor(y))
    if values[0].is_floating_point() or values[0].is_complex():
        raise TypeError(f"Bitwise operations take integers or booleans. Received: dtype={values[0].dtype}")
    return values


def _shifted(x: Any, y: Any) -> list[Tensor]:
    # A number to shift by is weak, unlike one to combine with.
    return _bits(*promoted(x, y))


@operation
def bitwise_and(x: Any, y: Any) -> Tensor:
    """The bits that both have."""
    return torch.bitwise_and(*_bits(x, y))


@operation
def bitwise_or(x: Any, y: Any) -> Tensor:
    """The bits that either has."""
    return torch.bitwise_or(*_bits(x, y))


@operation
def bitwise_xor(x: Any, y: Any) -> Tensor:
    """The bits that one of them has."""
    return torch.bitwise_xor(*_bits(x, y))


@operation
def bitwise_not(x: Any) -> Tensor:
    """The bits that it has not."""
    return torch.bitwise_not(tensor(x))


@operation
def bitwise_invert(x: Any) -> Tensor:
    """The bits that it has not; another name of `bitwise_not`."""
    return torch.bitwise_not(tensor(x))


@operation
def bitwise_left_shift(x: Any, y: Any) -> Tensor:
    """`x * 2^y`, bit by bit."""
    return torch.bitwise_left_shift(*_shifted(x, y))


@operation
def left_shift(x: Any, y: Any) -> Tensor:
    """`x * 2^y`, bit by bit; another name of `bitwise_left_shift`."""
    return torch.bitwise_left_shift(*_shifted(x, y))


@operation
def bitwise_right_shift(x: Any, y: Any) -> Tensor:
    """`x / 2^y`, bit by bit."""
    return torch.bitwise_right_shift(*_shifted(x, y))


@operation
def right_shift(x: Any, y: Any) -> Tensor:
    """`x / 2^y`, bit by bit; another name of `bitwise_right_shift`."""
    return torch.bitwise_right_shift(*_shifted(x, y))
