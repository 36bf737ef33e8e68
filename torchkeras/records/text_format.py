"""Messages as text, as protobuf prints them."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

_ESCAPES = {ord("\n"): "\\n", ord("\r"): "\\r", ord("\t"): "\\t", ord('"'): '\\"', ord("'"): "\\'", ord("\\"): "\\\\"}


def text(message: Any, indent: str = "") -> str:
    """One line for each value, those of an inner message indented by two spaces."""
    return "".join(field.text(value, indent) for field, value in message.ListFields())


def block(name: str, message: Any, indent: str) -> str:
    return f"{indent}{name} {{\n{text(message, indent + '  ')}{indent}}}\n"


def scalar(value: Any, kind: str) -> str:
    if kind == "bytes":
        return '"' + "".join(map(_byte, value)) + '"'
    if kind == "string":
        return '"' + "".join(c if ord(c) > 127 else _byte(ord(c)) for c in value) + '"'
    if kind == "bool":
        return "true" if value else "false"
    if kind in ("float", "double"):
        return _real(value, kind == "float")
    return str(value)


def _byte(value: int) -> str:
    if value in _ESCAPES:
        return _ESCAPES[value]
    return chr(value) if 32 <= value < 127 else f"\\{value:03o}"


def _real(value: float, single: bool) -> str:
    """In few digits where they give the number back, else in as many as always do."""
    if math.isnan(value) or math.isinf(value):
        return str(value)
    short, long = (6, 9) if single else (15, 17)
    found = f"{value:.{short}g}"
    if (np.float32(found) == np.float32(value)) if single else (float(found) == value):
        return found
    return f"{value:.{long}g}"
