"""Functions of two tensors of one dtype, element by element, the one stretched to the other's shape."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import torch

from torchkeras.tensorflow.arguments import COMPLEX, CONTINUOUS, FLOATS, INTEGERS, NUMBERS, REAL, invalid, plain_dtype
from torchkeras.tensorflow.arguments import refuse as refuse_dtype
from torchkeras.tensorflow.convert import is_stringy, made, operand, operand_like, pair, tensor
from torchkeras.tensorflow.operation import operation
from torchkeras.tensorflow.operators import true_divide
from torchkeras.tensorflow.string_tensor import StringTensor, to_bytes_array
from torchkeras.tensorflow.tensor import Tensor


def checked_pair(x: Any, y: Any, kernel: str, allowed: frozenset[torch.dtype]) -> tuple[torch.Tensor, torch.Tensor]:
    """Two arguments of one dtype, which is one of these."""
    a, b = pair(x, y, kernel)
    if plain_dtype(a) not in allowed:
        refuse_dtype(a, allowed, kernel)
    return a, b


def binary(
    label: str,
    kernel: str,
    function: Callable[[Any, Any], torch.Tensor],
    allowed: frozenset[torch.dtype],
    says: str,
    numbers: bool = False,
) -> Callable[..., Any]:
    """A public function that applies one of torch's to two tensors of some dtypes.

    Args:
        label, kernel, says: as of `operation`.
        function: torch's.
        allowed: the dtypes.
        numbers: whether torch's function takes a Python number for y, which is quicker than a tensor of it.
    """

    @operation(label, kernel, says)
    def apply(x: Any, y: Any, name: str | None = None) -> Any:
        if numbers and type(x) is Tensor and (type(y) is float or type(y) is int) and plain_dtype(x) in FLOATS:
            return made(function(operand(x), y))
        a, b = checked_pair(x, y, kernel, allowed)
        return made(function(a, b))

    return apply


@operation("math.add", "AddV2")
def add(x: Any, y: Any, name: str | None = None) -> Any:
    """x + y; texts are joined."""
    try:
        a, b = pair(x, y, "AddV2")
    except TypeError:
        if is_stringy(x) and is_stringy(y):
            return StringTensor(to_bytes_array(x)) + StringTensor(to_bytes_array(y))
        raise
    if plain_dtype(a) is torch.bool:
        refuse_dtype(a, NUMBERS, "AddV2")
    return made(torch.add(a, b))


subtract = binary("math.subtract", "Sub", torch.sub, NUMBERS, "x - y.", numbers=True)
multiply = binary("math.multiply", "Mul", torch.mul, NUMBERS, "x * y.", numbers=True)


@operation("math.truediv", "RealDiv")
def truediv(x: Any, y: Any, name: str | None = None) -> Any:
    """x / y as Python divides: integers give floats."""
    a, b = pair(x, y, "RealDiv")
    if plain_dtype(a) is torch.bool:
        raise TypeError("`x` and `y` must be numbers to be divided, got booleans.")
    return made(true_divide(a, b))


def divide(x: Any, y: Any, name: str | None = None) -> Any:
    """x / y as Python divides: integers give floats."""
    return truediv(x, y)


def _floor_divided(a: Any, b: Any) -> torch.Tensor:
    return torch.floor_divide(a.detach(), b.detach())  # no gradient in TensorFlow


@operation("compat.v1.floor_div", "FloorDiv")
def floordiv(x: Any, y: Any, name: str | None = None) -> Any:
    """x / y rounded down, in the same dtype."""
    a, b = checked_pair(x, y, "FloorDiv", REAL)
    return made(_floor_divided(a, b))


floormod = binary("math.floormod", "FloorMod", torch.remainder, REAL, "What x // y leaves, with the sign of y.")
mod = floormod


@operation("truncatediv", "TruncateDiv")
def truncatediv(x: Any, y: Any, name: str | None = None) -> Any:
    """x / y rounded towards zero, of integers."""
    a, b = checked_pair(x, y, "TruncateDiv", INTEGERS)
    return made(torch.div(a, b, rounding_mode="trunc"))


@operation("truncatemod", "TruncateMod")
def truncatemod(x: Any, y: Any, name: str | None = None) -> Any:
    """What truncatediv leaves, with the sign of x."""
    a, b = checked_pair(x, y, "TruncateMod", REAL)
    return made(torch.fmod(a, b))


@operation("realdiv", "RealDiv")
def realdiv(x: Any, y: Any, name: str | None = None) -> Any:
    """x / y of floating-point numbers."""
    a, b = checked_pair(x, y, "RealDiv", CONTINUOUS)
    return made(torch.true_divide(a, b))


@operation("math.pow", "Pow")
def pow(x: Any, y: Any, name: str | None = None) -> Any:
    """x to the power of y."""
    a, b = checked_pair(x, y, "Pow", NUMBERS)
    if plain_dtype(b) in INTEGERS and bool((tensor(b) < 0).any()):
        invalid("Integers to negative integer powers are not allowed", "Pow")
    return made(torch.pow(a, b))


# At a tie TensorFlow gives the whole gradient to x; torch would give each half.


def _maximum(a: torch.Tensor, b: Any) -> torch.Tensor:
    if not isinstance(b, torch.Tensor):
        return torch.clamp(a, min=b)
    if a.requires_grad or b.requires_grad:
        return torch.where(torch.ge(a, b) | torch.isnan(a), a, b)
    return torch.maximum(a, b)


def _minimum(a: torch.Tensor, b: Any) -> torch.Tensor:
    if not isinstance(b, torch.Tensor):
        return torch.clamp(a, max=b)
    if a.requires_grad or b.requires_grad:
        return torch.where(torch.le(a, b) | torch.isnan(a), a, b)
    return torch.minimum(a, b)


maximum = binary("math.maximum", "Maximum", _maximum, REAL, "The larger of x and y.", numbers=True)
minimum = binary("math.minimum", "Minimum", _minimum, REAL, "The smaller of x and y.", numbers=True)


def _difference_squared(a: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
    difference = torch.sub(a, b)
    return difference * difference.conj() if plain_dtype(difference) in COMPLEX else torch.square(difference)


squared_difference = binary(
    "math.squared_difference", "SquaredDifference", _difference_squared, NUMBERS, "(x - y) ** 2."
)


@operation("math.atan2", "Atan2")
def atan2(y: Any, x: Any, name: str | None = None) -> Any:
    """The angle of the point (x, y), in the right quadrant."""
    a, b = checked_pair(y, x, "Atan2", FLOATS)
    return made(torch.atan2(a, b))


@operation("math.nextafter", "NextAfter")
def nextafter(x1: Any, x2: Any, name: str | None = None) -> Any:
    """The number next to x1 towards x2."""
    a, b = checked_pair(x1, x2, "NextAfter", frozenset({torch.float32, torch.float64}))
    return made(torch.nextafter(a, b))


# --- divisions that give 0 for a division by 0 ---


@operation("math.divide_no_nan", "DivNoNan")
def divide_no_nan(x: Any, y: Any, name: str | None = None) -> Any:
    """x / y, and 0 where y is 0."""
    a, b = checked_pair(x, y, "DivNoNan", CONTINUOUS | INTEGERS)
    return made(_no_nan(a, b))


def _no_nan(a: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
    zero = torch.eq(b, 0)
    safe = torch.where(zero, 1, b)
    quotient = true_divide(a, safe)
    return torch.where(zero, 0, quotient)


@operation("math.multiply_no_nan", "MulNoNan")
def multiply_no_nan(x: Any, y: Any, name: str | None = None) -> Any:
    """x * y, and 0 where y is 0, even if x is infinite or NaN."""
    a, b = checked_pair(x, y, "MulNoNan", CONTINUOUS)
    zero = torch.eq(b, 0)
    return made(torch.where(zero, 0, torch.where(zero, 0, a) * tensor(b)))


@operation("math.reciprocal_no_nan", "DivNoNan")
def reciprocal_no_nan(x: Any, name: str | None = None) -> Any:
    """1 / x, and 0 where x is 0."""
    t = tensor(x)
    if plain_dtype(t) not in CONTINUOUS:
        refuse_dtype(t, CONTINUOUS, "DivNoNan")
    return made(_no_nan(t.new_ones(()), t))


def _zero_kept(function: Callable[[Any, Any], torch.Tensor]) -> Callable[[Any, Any], torch.Tensor]:
    """x * f(y), and 0 where x is 0 whatever y is."""

    def apply(a: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
        zero = torch.eq(a, 0)
        return torch.where(zero, 0, function(a, torch.where(zero, 1, b)))

    return apply


xlogy = binary("math.xlogy", "Xlogy", torch.xlogy, CONTINUOUS, "x * log(y), and 0 where x is 0.")
xlog1py = binary("math.xlog1py", "Xlog1py", torch.special.xlog1py, CONTINUOUS, "x * log1p(y), and 0 where x is 0.")
xdivy = binary("math.xdivy", "Xdivy", _zero_kept(torch.true_divide), CONTINUOUS, "x / y, and 0 where x is 0.")


# --- sums of several, polynomials, scaling ---


@operation("compat.v1.math.scalar_mul", "Mul")
def scalar_mul(scalar: Any, x: Any, name: str | None = None) -> Any:
    """A single number times a tensor."""
    t = operand(x)
    factor = operand_like(scalar, t, "Mul")
    if factor.dim():
        raise ValueError(f"The input scalar must be a 0-D value. Received shape {tuple(factor.shape)}.")
    return made(torch.mul(factor, t))


@operation("math.add_n", "AddN")
def add_n(inputs: Any, name: str | None = None) -> Any:
    """The sum of several tensors of one shape and dtype."""
    parts = _several(inputs)
    total = parts[0]
    if len(parts) == 1:
        return made(tensor(total).clone())
    for part in parts[1:]:
        total = torch.add(total, part)
    return made(total)


@operation("math.accumulate_n", "AccumulateNV2")
def accumulate_n(inputs: Any, shape: Any = None, tensor_dtype: Any = None, name: str | None = None) -> Any:
    """The sum of several tensors of one shape and dtype."""
    return add_n(inputs)


def _several(inputs: Any) -> Sequence[torch.Tensor]:
    words = "inputs must be a list of at least one Tensor with the same dtype and shape"
    if isinstance(inputs, (list, tuple)):
        if not inputs:
            raise ValueError(f"{words}, got an empty list.")
    elif not hasattr(inputs, "dtype"):
        raise TypeError(f"{words}, got {inputs!r}.")
    else:
        inputs = [inputs]
    first = operand(inputs[0])
    parts = [first, *(operand_like(item, first, "AddN") for item in inputs[1:])]
    for part in parts:
        if part.size() != first.size():
            invalid(
                f"Inputs to operation AddN must have the same size and shape: {[tuple(p.shape) for p in parts]}", "AddN"
            )
        if plain_dtype(part) is not plain_dtype(first):
            invalid(f"All inputs of AddN must have one dtype: {[p.dtype for p in parts]}", "AddN")
    if plain_dtype(first) not in NUMBERS:
        refuse_dtype(first, NUMBERS, "AddN")
    return parts


@operation("math.polyval", "AddV2")
def polyval(coeffs: Any, x: Any, name: str | None = None) -> Any:
    """The polynomial of these coefficients, the highest first, at x."""
    if not isinstance(coeffs, list):
        raise ValueError(f"Argument coeffs must be list type. Received type {type(coeffs)}.")
    t = tensor(x)
    total = torch.zeros_like(t)
    for coefficient in coeffs:
        total = total * t + tensor(operand_like(coefficient, t, "AddV2"))
    return made(total)


__all__ = [
    "accumulate_n", "add", "add_n", "atan2", "divide", "divide_no_nan", "floordiv", "floormod", "maximum", "minimum",
    "mod", "multiply", "multiply_no_nan", "nextafter", "polyval", "pow", "realdiv", "reciprocal_no_nan", "scalar_mul",
    "squared_difference", "subtract", "truediv", "truncatediv", "truncatemod", "xdivy", "xlog1py", "xlogy",
]  # fmt: skip
