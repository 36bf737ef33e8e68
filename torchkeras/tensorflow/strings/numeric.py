"""Texts of numbers, and numbers as texts."""

from __future__ import annotations

import re
from typing import Any

import numpy as np

from torchkeras.core.string_array import StringArray
from torchkeras.tensorflow import dtypes
from torchkeras.tensorflow.arguments import invalid
from torchkeras.tensorflow.convert import is_stringy, tensor
from torchkeras.tensorflow.operation import operation
from torchkeras.tensorflow.strings.arguments import numbers, text_result, texts

_FLOAT = re.compile(r"[+-]?(\d+\.?\d*([eE][+-]?\d+)?|\.\d+([eE][+-]?\d+)?|inf(inity)?|nan)", re.IGNORECASE)
_HEX = re.compile(r"[+-]?0[xX][0-9a-fA-F]+(\.[0-9a-fA-F]*)?([pP][+-]?\d+)?")
_INTEGER = re.compile(r"[+-]?\d+")
_TARGETS = ("float32", "float64", "int32", "int64", "uint32", "uint64")


@operation("strings.to_number", "StringToNumber")
def to_number(input: Any, out_type: Any = dtypes.float32, name: str | None = None) -> Any:
    """The number each text says.

    Args:
        out_type: float32, float64, int32, int64, uint32 or uint64.
    """
    wanted = dtypes.as_dtype(out_type)
    if wanted.name not in _TARGETS:
        invalid(
            f"Value for attr 'out_type' of {wanted.name} is not in the list of allowed values: {', '.join(_TARGETS)}",
            "StringToNumber",
        )
    found = texts(input, "StringToNumber")
    read = _float if wanted.is_floating else _integer
    values = [read(text, wanted) for text in found.reshape(-1)]
    with np.errstate(over="ignore"):
        return numbers(values, dtypes.torch_of(wanted), found.shape)


def _float(text: bytes, wanted: dtypes.DType) -> float:
    word = text.decode("utf-8", "replace").strip()
    if _HEX.fullmatch(word):
        return float.fromhex(word)
    if not _FLOAT.fullmatch(word):
        _refuse(text)
    return float(word)


def _integer(text: bytes, wanted: dtypes.DType) -> int:
    word = text.decode("utf-8", "replace").strip()
    if not _INTEGER.fullmatch(word) or not wanted.min <= int(word) <= wanted.max:
        _refuse(text)
    return int(word)


def _refuse(text: bytes) -> None:
    invalid(f"StringToNumberOp could not correctly convert string: {text.decode('utf-8', 'replace')}", "StringToNumber")


@operation("strings.as_string", "AsString")
def as_string(
    input: Any,
    precision: int = -1,
    scientific: bool = False,
    shortest: bool = False,
    width: int = -1,
    fill: str = "",
    name: str | None = None,
) -> Any:
    """Each number as text.

    Args:
        precision: how many digits after the point; six unless given.
        scientific: as 1.5e+00.
        shortest: the shorter of both forms.
        width: fill up to so many characters.
        fill: with what: a space, '0', '-' (spaces on the right), '+' (a sign always).
    """
    if len(fill) > 1:
        invalid("Fill string must be one or fewer characters", "AsString")
    if fill and fill not in " +-0":
        invalid(f'Fill argument not supported: "{fill}"', "AsString")
    if scientific and shortest:
        invalid("Cannot select both scientific and shortest notation", "AsString")
    size = str(width) if width > -1 else ""
    if isinstance(input, StringArray) or is_stringy(input):
        found = texts(input, "AsString")
        return text_result([_filled(text, width, fill) for text in found.reshape(-1)], found.shape)
    plain = tensor(input)
    kind = dtypes.of_torch(plain.dtype)
    values = plain.detach().cpu()
    shape, flat = tuple(values.shape), values.reshape(-1).tolist()
    if kind.is_bool:
        return text_result([b"true" if value else b"false" for value in flat], shape)
    if kind.is_integer:
        if scientific or shortest:
            invalid(f"scientific and shortest format not supported for datatype {kind.name}", "AsString")
        if precision > -1:
            invalid(f"precision not supported for datatype {kind.name}", "AsString")
        form = f"%{fill}{size}d"
        return text_result([(form % value).encode() for value in flat], shape)
    digits = f".{precision}" if precision > -1 else ""
    form = f"%{fill}{size}{digits}{'e' if scientific else 'g' if shortest else 'f'}"
    if kind.is_complex:
        return text_result([f"({form % v.real},{form % v.imag})".encode() for v in flat], shape)
    return text_result([(form % value).encode() for value in flat], shape)


def _filled(text: bytes, width: int, fill: str) -> bytes:
    return text.ljust(max(width, 0)) if fill == "-" else text.rjust(max(width, 0))
