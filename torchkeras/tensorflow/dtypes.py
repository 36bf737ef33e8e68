"""DType: TensorFlow's names for element types. Each equals, and hashes like, the torch dtype it stands for."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch

from torchkeras.core.dtypes import STRING as _STRING
from torchkeras.core.errors import did_you_mean


class DType:
    """An element type. torch's functions take `.torch`; everything of this package takes either.

    Args:
        name: TensorFlow's name.
        torch_dtype: the torch dtype, or None for types torch has no tensors of (strings).
        numpy_type: the NumPy type of an element.
    """

    __slots__ = ("_hash", "_name", "_numpy", "torch")

    def __init__(self, name: str, torch_dtype: torch.dtype | None, numpy_type: Any) -> None:
        self._name, self.torch, self._numpy = name, torch_dtype, numpy_type
        self._hash = hash(torch_dtype) if torch_dtype is not None else hash(name)

    @property
    def name(self) -> str:
        return self._name

    @property
    def as_numpy_dtype(self) -> Any:
        return self._numpy

    @property
    def base_dtype(self) -> DType:
        return self

    @property
    def real_dtype(self) -> DType:
        return {"complex64": float32, "complex128": float64}.get(self._name, self)

    @property
    def as_datatype_enum(self) -> int:
        return _ENUM[self._name]

    @property
    def is_floating(self) -> bool:
        return self.torch is not None and self.torch.is_floating_point

    # torch's own spelling: code that is handed a tf.Tensor asks its dtype so.
    is_floating_point = is_floating

    @property
    def is_complex(self) -> bool:
        return self.torch is not None and self.torch.is_complex

    @property
    def is_bool(self) -> bool:
        return self.torch is torch.bool

    @property
    def is_integer(self) -> bool:
        return not (self.torch is None or self.is_floating or self.is_complex or self.is_bool)

    @property
    def is_unsigned(self) -> bool:
        return self._name.startswith("uint")

    @property
    def is_numeric(self) -> bool:
        return self.torch is not None and not self.is_bool

    @property
    def itemsize(self) -> int:
        return 1 if self.torch is None else self.torch.itemsize

    size = itemsize

    @property
    def min(self) -> Any:
        return self._limits()[0]

    @property
    def max(self) -> Any:
        return self._limits()[1]

    @property
    def limits(self) -> tuple[Any, Any]:
        return self._limits()

    def _limits(self) -> tuple[Any, Any]:
        if self.is_bool:
            return False, True
        if self.torch is None or self.is_complex:
            raise TypeError(f"Cannot find the limits of {self!r}.")
        info: Any = torch.finfo(self.torch) if self.is_floating else torch.iinfo(self.torch)
        return info.min, info.max

    def is_compatible_with(self, other: Any) -> bool:
        return self == as_dtype(other)

    def __eq__(self, other: object) -> bool:
        if type(other) is DType:
            return self._name == other._name
        if isinstance(other, torch.dtype):
            return self.torch is other
        if other is None:
            return False
        try:
            return as_dtype(other)._name == self._name
        except TypeError:
            return False

    def __hash__(self) -> int:
        return self._hash

    def __reduce__(self) -> Any:
        return as_dtype, (self._name,)

    def __repr__(self) -> str:
        return f"tf.{self._name}"

    def __str__(self) -> str:
        return f"<dtype: {self._name!r}>"

    __format__ = object.__format__


_NAMES = (
    "float16", "bfloat16", "float32", "float64", "int8", "int16", "int32", "int64",
    "uint8", "uint16", "uint32", "uint64", "complex64", "complex128",
)  # fmt: skip
_BY_NAME = {n: DType(n, getattr(torch, n), np.float32 if n == "bfloat16" else getattr(np, n)) for n in _NAMES}
_BY_NAME["bool"] = DType("bool", torch.bool, np.bool_)
_BY_NAME["string"] = DType("string", None, np.object_)
_BY_NAME["resource"] = DType("resource", None, np.object_)
_BY_NAME["variant"] = DType("variant", None, np.object_)
_ENUM = {
    "float32": 1, "float64": 2, "int32": 3, "uint8": 4, "int16": 5, "int8": 6, "string": 7, "complex64": 8, "int64": 9,
    "bool": 10, "bfloat16": 14, "uint16": 17, "complex128": 18, "float16": 19, "resource": 20, "variant": 21,
    "uint32": 22, "uint64": 23,
}  # fmt: skip

float16, bfloat16, float32, float64 = (_BY_NAME[n] for n in ("float16", "bfloat16", "float32", "float64"))
int8, int16, int32, int64 = (_BY_NAME[n] for n in ("int8", "int16", "int32", "int64"))
uint8, uint16, uint32, uint64 = (_BY_NAME[n] for n in ("uint8", "uint16", "uint32", "uint64"))
complex64, complex128 = _BY_NAME["complex64"], _BY_NAME["complex128"]
bool_, string, resource, variant = (_BY_NAME[n] for n in ("bool", "string", "resource", "variant"))
half, double = float16, float64

_ALIASES = {"half": float16, "float": float32, "double": float64, "int": int32, "str": string}
_BY_TORCH: dict[Any, DType] = {d.torch: d for d in _BY_NAME.values() if d.torch is not None} | {_STRING: string}
_BY_TYPE: dict[Any, DType] = {float: float32, int: int32, bool: bool_, str: string, bytes: string, complex: complex128}
_BY_ENUM = {number: _BY_NAME[name] for name, number in _ENUM.items()}


def of_torch(dtype: torch.dtype) -> DType:
    """The DType of a torch dtype, or of Keras's for texts."""
    return _BY_TORCH[dtype]


def as_dtype(value: Any) -> DType:
    """The DType of a name, a torch, NumPy or Python type, or a DType."""
    if type(value) is DType:
        return value
    try:
        found = _BY_TORCH.get(value) or _BY_TYPE.get(value)
    except TypeError:
        found = None
    if found is not None:
        return found
    if isinstance(value, str):
        found = _BY_NAME.get(value) or _ALIASES.get(value)
        if found is None:
            raise TypeError(f"Cannot convert {value!r} to a TensorFlow DType.{did_you_mean(value, _BY_NAME)}")
        return found
    if isinstance(value, int) and value in _BY_ENUM:
        return _BY_ENUM[value]
    try:
        kind = np.dtype(value)
    except TypeError:
        kind = None
    if kind is not None:
        if kind.kind in "OSU":
            return string
        if kind.name in _BY_NAME:
            return _BY_NAME[kind.name]
    raise TypeError(f"Cannot convert the argument `type_value`: {value!r} to a TensorFlow DType.")


def torch_of(dtype: Any) -> torch.dtype:
    """The torch dtype for any spelling; a TypeError for strings, which torch has not."""
    found = as_dtype(dtype)
    if found.torch is None:
        raise TypeError(f"{found!r} has no numeric tensors.")
    return found.torch
