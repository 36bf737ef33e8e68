"""Which dtype values of several dtypes have together: NumPy's rules ('legacy'), or JAX's lattice ('all', 'safe').

In the lattice values without a dtype of their own, as Python's numbers, are *weak*: they yield to others of their kind.
"""

from __future__ import annotations

import numbers
from collections.abc import Iterable
from typing import Any, NamedTuple

import numpy as np
import torch

from torchkeras.core.nest import flatten
from torchkeras.core.variable import Variable
from torchkeras.graph.keras_tensor import KerasTensor
from torchkeras.tensorflow import dtypes
from torchkeras.tensorflow.convert import Symbolic, from_python, tensor
from torchkeras.tensorflow.tensor import plain_dtype


class Settings:
    """What `experimental_enable_numpy_behavior` was told."""

    mode = "off"
    prefer_float32 = False


settings = Settings()


class Kind(NamedTuple):
    """A dtype, and whether it is a weak one."""

    dtype: torch.dtype
    weak: bool = False


def lattice() -> bool:
    return settings.mode in ("all", "safe")


def default_float() -> torch.dtype:
    """What integers become where a function needs floats."""
    return torch.float32 if lattice() else torch.float64


# --- NumPy's rules ---


def _numpy_type(dtype: torch.dtype) -> Any:
    return dtypes.of_torch(dtype).as_numpy_dtype


def _literal(value: Any) -> torch.dtype:
    """The dtype that NumPy gives a number, or a list of numbers."""
    found = np.asarray(value).dtype
    if found.kind not in "biufc":
        raise TypeError(f"Expected numbers, got {value!r}.")
    if found == np.float64 and settings.prefer_float32:
        return torch.float32
    return dtypes.torch_of(found)


def is_literal(value: Any) -> bool:
    """Whether a value has no dtype of its own."""
    if isinstance(value, (list, tuple)):
        return all(is_literal(item) for item in value)
    return isinstance(value, numbers.Number) and not isinstance(value, np.generic)


def dtype_of(value: Any) -> torch.dtype | None:
    """A value's own dtype; None for Python's numbers and lists of them."""
    if isinstance(value, torch.Tensor):
        return plain_dtype(value)
    if isinstance(value, Variable):
        return value.parameter.dtype
    if isinstance(value, KerasTensor):
        raise Symbolic
    if isinstance(value, (np.ndarray, np.generic)):
        return dtypes.torch_of(value.dtype)
    if isinstance(value, (list, tuple)):
        for item in flatten(value):
            found = dtype_of(item)
            if found is not None:
                return found
    return None


def _legacy(values: Iterable[Any]) -> Kind:
    found: list[Any] = []
    own = []
    for value in values:
        dtype = value if isinstance(value, torch.dtype) else dtype_of(value)
        if dtype is not None:
            own.append(dtype)
        elif isinstance(value, numbers.Number):
            found.append(value)
        else:
            own.append(_literal(value))
    if torch.bfloat16 in own:  # which NumPy has not
        result = own[0]
        for dtype in own[1:]:
            result = torch.promote_types(result, dtype)
        return Kind(result)
    result = dtypes.torch_of(np.result_type(*(_numpy_type(d) for d in own), *found))
    if not own and result is torch.float64 and settings.prefer_float32:
        result = torch.float32
    return Kind(result)


# --- the lattice ---

_UNSIGNED = {torch.uint8: 8, torch.uint16: 16, torch.uint32: 32, torch.uint64: 64}
_SIGNED = {torch.int8: 8, torch.int16: 16, torch.int32: 32, torch.int64: 64}
_INTEGERS = _UNSIGNED | _SIGNED
_BY_BITS = {bits: dtype for dtype, bits in _SIGNED.items()}
#: How many bits of an integer a float holds exactly, up to the width of integers.
_EXACT = {torch.float16: 8, torch.bfloat16: 8, torch.float32: 16, torch.float64: 32}
_PART = {torch.complex64: torch.float32, torch.complex128: torch.float64}
_WEAK = (torch.bool, torch.int32, torch.int64, torch.float32, torch.float64, torch.complex128)


def kind_of(value: Any) -> Kind:
    """The kind of a value in the lattice."""
    if isinstance(value, torch.Tensor):
        return Kind(plain_dtype(value), bool(value.__dict__.get("_weak")))
    dtype = value if isinstance(value, torch.dtype) else dtype_of(value)
    if dtype is not None:
        return Kind(dtype)
    found = from_python(value, None).dtype
    return Kind(found, found is not torch.bool)


def joined(a: Kind, b: Kind) -> tuple[Kind, bool]:
    """The first kind that both lead to, and whether nothing is lost on the way."""
    if a == b:
        return a, True
    if torch.bool in (a.dtype, b.dtype):
        return (b if a.dtype is torch.bool else a), True
    if a.weak and b.weak:
        return max(a, b, key=lambda kind: _WEAK.index(kind.dtype)), True
    if a.weak or b.weak:
        return _weak_and_strong(a.dtype, b.dtype) if a.weak else _weak_and_strong(b.dtype, a.dtype)
    return _strong(a.dtype, b.dtype)


def _weak_and_strong(weak: torch.dtype, strong: torch.dtype) -> tuple[Kind, bool]:
    if strong.is_complex or weak in _INTEGERS:
        return Kind(strong), True
    if strong in _INTEGERS:
        if weak.is_complex:
            return Kind(weak, True), _INTEGERS[strong] < 64
        return Kind(torch.float64, True), weak is torch.float64 and _INTEGERS[strong] < 64
    if weak.is_complex:
        exact = strong is torch.float64
        return Kind(torch.complex128 if exact else torch.complex64), exact
    return Kind(strong), True


def _strong(a: torch.dtype, b: torch.dtype) -> tuple[Kind, bool]:
    if a in _INTEGERS and b in _INTEGERS:
        return _integers(a, b)
    if a.is_complex or b.is_complex:
        parts = [_PART.get(d, d) for d in (a, b)]
        found, exact = _strong(parts[0], parts[1]) if parts[0] is not parts[1] else (Kind(parts[0]), True)
        double = found.dtype is torch.float64
        lost = double and torch.complex64 in (a, b) and torch.float64 in (a, b)
        return Kind(torch.complex128 if double else torch.complex64), exact and not lost
    if a in _INTEGERS or b in _INTEGERS:
        whole, part = (a, b) if a in _INTEGERS else (b, a)
        return Kind(part), _INTEGERS[whole] <= _EXACT[part]
    if {a, b} == {torch.float16, torch.bfloat16}:
        return Kind(torch.float32), False
    return Kind(max(a, b, key=lambda d: d.itemsize)), True


def _integers(a: torch.dtype, b: torch.dtype) -> tuple[Kind, bool]:
    if (a in _SIGNED) == (b in _SIGNED):
        return Kind(max(a, b, key=lambda d: d.itemsize)), True
    signed, unsigned = (a, b) if a in _SIGNED else (b, a)
    if unsigned is torch.uint64:
        return Kind(torch.float64, True), False
    if _SIGNED[signed] > _UNSIGNED[unsigned]:
        return Kind(signed), True
    return Kind(_BY_BITS[2 * _UNSIGNED[unsigned]]), False


def _in_lattice(values: Iterable[Any]) -> Kind:
    result: Kind | None = None
    for value in values:
        kind = kind_of(value)
        if result is None:
            result = kind
            continue
        found, exact = joined(result, kind)
        if settings.mode == "safe" and not exact:
            said = [f"({dtypes.of_torch(k.dtype)}, weak={k.weak})" for k in (result, kind)]
            raise TypeError(
                f"In promotion mode PromoMode.SAFE, implicit dtype promotion between {said[0]} and {said[1]} is "
                f"disallowed. You need to explicitly specify the dtype in your op, or relax your dtype promotion rules "
                f"(such as from SAFE mode to ALL mode)."
            )
        result = found
    assert result is not None
    return result


# --- values ---


def common(*values: Any) -> Kind:
    """The kind that values (or dtypes) have together."""
    return _in_lattice(values) if lattice() else _legacy(values)


def plain(value: Any, dtype: torch.dtype | None = None) -> torch.Tensor:
    """A value as a plain tensor, of a dtype; by itself literals have NumPy's, or in the lattice 32 bits."""
    wanted = dtype
    own = dtype_of(value)
    if wanted is None and own is None and not lattice():
        wanted = _literal(value)
    found = tensor(value, wanted if own is None else None)
    return found if wanted is None or found.dtype is wanted else found.to(wanted)


def together(*values: Any) -> tuple[list[torch.Tensor], bool]:
    """Values as plain tensors of the dtype they have together, and whether that is weak."""
    kind = common(*values)
    return [plain(value, kind.dtype) for value in values], kind.weak
