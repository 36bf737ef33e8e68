"""The dtype of a result from the dtypes of its operands, by the rules of Keras 3.

They are JAX's: Python's own numbers are weak (they say what kind of number, not how many bits), an integer beside a
float takes the float's type, float16 and bfloat16 meet in float32.
"""

from __future__ import annotations

import functools
from typing import Any

import numpy as np
import torch
from torch import Tensor

from torchkeras.core import config
from torchkeras.core.dtypes import torch_dtype
from torchkeras.core.tensors import as_tensor
from torchkeras.core.variable import Variable
from torchkeras.graph.keras_tensor import KerasTensor

#: A dtype, or one of the weak types int, float, bool, complex.
Kind = torch.dtype | type

_SIGNED = {torch.int8: 8, torch.int16: 16, torch.int32: 32, torch.int64: 64}
_UNSIGNED = {torch.uint8: 8, torch.uint16: 16, torch.uint32: 32, torch.uint64: 64}
_FLOATS = (torch.float16, torch.bfloat16, torch.float32, torch.float64)
#: What Keras 3 does not promote to: it halves these results.
_HALVED = {torch.uint64: torch.uint32, torch.complex128: torch.complex64}


def result_type(*kinds: Kind) -> torch.dtype:
    """The dtype of what these dtypes (or `int`, `float`, `bool` for Python's numbers) make together."""
    key = (config.floatx(), *kinds)
    found = _known.get(key)
    if found is None:
        found = _known[key] = _result_type(torch_dtype(key[0]), kinds)
    return found


#: Results by floatx and operands. A plain dict: torch.compile warns of functools.cache.
_known: dict[tuple[Any, ...], torch.dtype] = {}


def _result_type(default: torch.dtype, kinds: tuple[Kind, ...]) -> torch.dtype:
    found = _strong(default, {k for k in kinds if isinstance(k, torch.dtype)})
    weak = {k for k in kinds if not isinstance(k, torch.dtype)}
    exact = found is None or found is torch.bool or found in _SIGNED or found in _UNSIGNED
    if complex in weak and (exact or found in _FLOATS):
        found = torch.complex64
    elif float in weak and exact:
        found = default
    elif int in weak and (found is None or found is torch.bool):
        found = torch.int32
    elif found is None:
        found = torch.bool if weak else default
    return _HALVED.get(found, found)


def _strong(default: torch.dtype, dtypes: set[torch.dtype]) -> torch.dtype | None:
    if len(dtypes) < 2:
        return next(iter(dtypes), None)
    if any(d.is_complex for d in dtypes):
        return torch.complex128 if dtypes & {torch.complex128, torch.float64} else torch.complex64
    floats = dtypes.intersection(_FLOATS)
    if floats:
        return functools.reduce(torch.promote_types, floats)
    unsigned = max((_UNSIGNED[d] for d in dtypes if d in _UNSIGNED), default=0)
    signed = max((_SIGNED[d] for d in dtypes if d in _SIGNED), default=0)
    if not signed:
        return getattr(torch, f"uint{unsigned}")
    bits = max(signed, 2 * unsigned)
    # No integer holds both uint64 and a negative number.
    return getattr(torch, f"int{bits}") if bits <= 64 else default


# --- operands as tensors ---


def tensor(x: Any, dtype: torch.dtype | None = None) -> Tensor:
    """A tensor for whatever keras.ops takes: a tensor, Variable, array, number, or a list of these, however nested.

    Args:
        x: what to convert. Python's numbers become floatx and int32; arrays keep their type.
        dtype: the dtype to convert to, if any.
    """
    if not isinstance(x, Tensor):
        x = _converted(x)
    return x if dtype is None or x.dtype is dtype else x.to(dtype)


def _converted(x: Any) -> Tensor:
    if isinstance(x, (bool, complex)):
        return torch.as_tensor(x, dtype=torch.complex128 if isinstance(x, complex) else None)
    if isinstance(x, float):
        return as_tensor(x, torch_dtype(None))
    if isinstance(x, (list, tuple, range)):
        return _of_list(x)
    made = as_tensor(x)
    if not isinstance(made, Tensor):
        made = torch.as_tensor(x) if hasattr(x, "__dlpack__") else _of_list(_array(x))
    return made


def _array(x: Any) -> Any:
    if isinstance(x, KerasTensor) or x is None or not hasattr(x, "__array__"):
        raise ValueError(
            f"Cannot make a tensor of {x!r} of type {type(x).__name__}. Expected a tensor, a Variable, an array, "
            f"a number, or a list of these."
        )
    return np.asarray(x)


def _of_list(x: Any) -> Tensor:
    if isinstance(x, (list, tuple)) and any(isinstance(leaf, (Tensor, Variable)) for leaf in _leaves(x)):
        parts = [tensor(item) for item in x]
        kind = result_type(*(p.dtype for p in parts))
        return torch.stack([p.to(kind) for p in parts])
    array = np.asarray(x)
    if array.dtype.kind not in "fiubc":
        raise ValueError(f"Cannot make a tensor of {x!r}: its entries are no numbers, or its rows differ in length.")
    if not isinstance(x, np.ndarray) and not any(isinstance(leaf, (np.generic, np.ndarray)) for leaf in _leaves(x)):
        array = array.astype({"f": config.floatx(), "i": "int32"}.get(array.dtype.kind, array.dtype))
    return as_tensor(array)


def _leaves(x: Any) -> Any:
    for item in x:
        if isinstance(item, (list, tuple)):
            yield from _leaves(item)
        else:
            yield item


def kind_of(x: Any) -> Kind:
    """The dtype of a tensor; for a Python number its type, which is weak."""
    return x.dtype if isinstance(x, Tensor) else type(x)


def operand(x: Any) -> Any:
    """A tensor, or one of Python's own numbers, left as it is: it adapts to what it meets."""
    return x if type(x) in (int, float, bool, complex) else tensor(x)


def promoted(*values: Any, at_least: Kind | None = None) -> list[Tensor]:
    """Operands as tensors of their common dtype.

    Args:
        values: tensors, arrays, Python's numbers.
        at_least: one more dtype or weak type to reckon with: `float` makes integers floats.
    """
    if at_least is None and len(values) == 2:
        first, second = values
        if type(first) is Tensor and type(second) is Tensor and first.dtype is second.dtype is torch.float32:
            return [first, second]
    operands = [operand(value) for value in values]
    kinds = [kind_of(value) for value in operands]
    dtype = result_type(*kinds) if at_least is None else result_type(*kinds, at_least)
    device = next((value.device for value in operands if isinstance(value, Tensor)), None)
    return [_as(value, dtype, device) for value in operands]


def _as(value: Any, dtype: torch.dtype, device: torch.device | None) -> Tensor:
    if isinstance(value, Tensor):
        return value if value.dtype is dtype else value.to(dtype)
    return torch.tensor(value, dtype=dtype, device=device)


def floating(x: Any, wide: bool = False) -> Tensor:
    """A tensor of floats: integers become floatx.

    Args:
        x: what to convert.
        wide: whether int64 becomes float64, as in some functions of Keras 3.
    """
    x = tensor(x)
    if x.is_floating_point() or x.is_complex():
        return x
    return x.to(torch.float64 if wide and x.dtype is torch.int64 else torch_dtype(None))
