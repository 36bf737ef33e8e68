"""Single texts: their length, letters, parts."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch

from torchkeras.core.text import mapped
from torchkeras.tensorflow.arguments import invalid
from torchkeras.tensorflow.convert import tensor
from torchkeras.tensorflow.operation import operation
from torchkeras.tensorflow.string_tensor import StringTensor
from torchkeras.tensorflow.strings.arguments import chosen, numbers, text_result, texts

_UNITS = ("BYTE", "UTF8_CHAR")


@operation("strings.length", "StringLength")
def length(input: Any, unit: str = "BYTE", name: str | None = None) -> Any:
    """How long each text is, as int32.

    Args:
        unit: 'BYTE' or 'UTF8_CHAR'.
    """
    found = texts(input, "StringLength")
    if chosen(unit, _UNITS, "unit", "StringLength") == "BYTE":
        return numbers([len(text) for text in found.reshape(-1)], torch.int32, found.shape)
    return numbers([_characters(text) for text in found.reshape(-1)], torch.int32, found.shape)


def _characters(text: bytes) -> int:
    # The bytes that begin a character: all but the continuations.
    return sum(1 for byte in text if byte & 0xC0 != 0x80)


@operation("strings.lower", "StringLower")
def lower(input: Any, encoding: str = "", name: str | None = None) -> Any:
    """Capitals as small letters: of ASCII alone, or of Unicode with encoding='utf-8'."""
    found = texts(input, "StringLower")
    if _is_unicode(encoding, "StringLower"):
        return StringTensor(mapped(lambda text: _decoded(text).lower().encode(), found))
    return StringTensor(mapped(bytes.lower, found))


@operation("strings.upper", "StringUpper")
def upper(input: Any, encoding: str = "", name: str | None = None) -> Any:
    """Small letters as capitals: of ASCII alone, or of Unicode with encoding='utf-8'."""
    found = texts(input, "StringUpper")
    if _is_unicode(encoding, "StringUpper"):
        return StringTensor(mapped(lambda text: _decoded(text).upper().encode(), found))
    return StringTensor(mapped(bytes.upper, found))


def _decoded(text: bytes) -> str:
    return text.decode("utf-8", "replace")


def _is_unicode(encoding: str, kernel: str) -> bool:
    if encoding not in ("", "utf-8"):
        invalid(f"only utf-8 or '' (no encoding) is supported, received {encoding}", kernel)
    return bool(encoding)


@operation("strings.strip", "StringStrip")
def strip(input: Any, name: str | None = None) -> Any:
    """Without white space at either end."""
    return StringTensor(mapped(bytes.strip, texts(input, "StringStrip")))


@operation("strings.substr", "Substr")
def substr(input: Any, pos: Any, len: Any, unit: str = "BYTE", name: str | None = None) -> Any:
    """A part of each text.

    Args:
        pos: where it begins; from the end if negative.
        len: how long it is at most.
        unit: what both are counted in, 'BYTE' or 'UTF8_CHAR'.
    """
    found = texts(input, "Substr")
    whole = chosen(unit, _UNITS, "unit", "Substr") == "BYTE"
    starts, sizes = (tensor(value).cpu().numpy() for value in (pos, len))
    if starts.shape != sizes.shape:
        invalid(f"pos and len should have the same shape, got: {list(starts.shape)} vs. {list(sizes.shape)}", "Substr")
    try:
        found, starts, sizes = np.broadcast_arrays(found, starts, sizes)
    except ValueError as error:
        invalid(f"Incompatible shapes: {error}", "Substr")
    parts = [
        (_part if whole else _part_of_characters)(text, int(start), int(size), i)
        for i, (text, start, size) in enumerate(zip(found.reshape(-1), starts.reshape(-1), sizes.reshape(-1)))
    ]
    return text_result(parts, found.shape)


def _part(text: Any, start: int, size: int, index: int) -> Any:
    if not -len(text) <= start <= len(text):
        invalid(f"pos {start} out of range for string b'{_shown(text)}' at index {index}", "Substr")
    if start < 0:
        start += len(text)
    # A negative size counts, as in TensorFlow, as one without end.
    return text[start:] if size < 0 else text[start : start + size]


def _part_of_characters(text: bytes, start: int, size: int, index: int) -> bytes:
    found: str = _part(text.decode("utf-8", "surrogateescape"), start, size, index)
    return found.encode("utf-8", "surrogateescape")


def _shown(text: Any) -> str:
    return text if isinstance(text, str) else text.decode("utf-8", "replace")
