"""The values in a serialized Example, read straight from its bytes: no messages are made, nothing else is read."""

from __future__ import annotations

from typing import Any

import numpy as np

from torchkeras.core.op_errors import InvalidArgumentError
from torchkeras.records import wire

_KINDS = {1: "string", 2: "float32", 3: "int64"}

#: The kind of a feature's values, and the values: a list of bytes for strings, else an array.
Values = tuple[str, Any]


class Located:
    """Where the features of one serialized message are, by name.

    Args:
        serialized: an Example or a SequenceExample.
    """

    def __init__(self, serialized: bytes) -> None:
        self.features: dict[str, memoryview] = {}
        self.lists: dict[str, memoryview] = {}
        try:
            for number, kind, content, _, _ in wire.fields(memoryview(serialized)):
                if kind == wire.BYTES and number in (1, 2):
                    _entries(content, self.features if number == 1 else self.lists)
        except wire.DecodeError:
            raise unreadable(serialized) from None

    def values(self, name: str) -> Values | None:
        """The values of a feature; None where it is not there, or has none of the three kinds."""
        content = self.features.get(name)
        return None if content is None else _values(content)

    def steps(self, name: str) -> list[Values | None] | None:
        """The values of each step of a feature list; None where it is not there."""
        content = self.lists.get(name)
        if content is None:
            return None
        try:
            return [_values(c) for n, kind, c, _, _ in wire.fields(content) if n == 1 and kind == wire.BYTES]
        except wire.DecodeError as error:
            raise InvalidArgumentError(None, None, f"Could not parse feature list {name!r}: {error}") from None


def unreadable(serialized: bytes) -> InvalidArgumentError:
    shown = bytes(serialized[:100]).decode("latin-1")
    return InvalidArgumentError(None, None, f"Could not parse example input, value: {shown!r}")


def _entries(content: Any, found: dict[str, memoryview]) -> None:
    """The pairs of a map of names."""
    for number, kind, entry, _, _ in wire.fields(content):
        if number != 1 or kind != wire.BYTES:
            continue
        name, value = "", memoryview(b"")
        for part, part_kind, inner, _, _ in wire.fields(entry):
            if part_kind != wire.BYTES:
                continue
            if part == 1:
                name = str(inner, "utf-8", "replace")
            elif part == 2:
                value = inner
        found[name] = value


def _values(content: memoryview) -> Values | None:
    """What a serialized Feature holds."""
    try:
        found: Values | None = None
        for number, kind, inner, _, _ in wire.fields(content):
            if number in _KINDS and kind == wire.BYTES:
                name = _KINDS[number]
                found = name, _list(inner, name)
        return found
    except wire.DecodeError as error:
        raise InvalidArgumentError(None, None, f"Could not parse a feature: {error}") from None


def _list(content: Any, name: str) -> Any:
    pieces = [(kind, inner) for number, kind, inner, _, _ in wire.fields(content) if number == 1]
    if name == "string":
        return [bytes(inner) for kind, inner in pieces if kind == wire.BYTES]
    arrays = [_numbers(kind, inner, name) for kind, inner in pieces]
    if len(arrays) == 1:
        return arrays[0]
    return np.concatenate(arrays) if arrays else np.zeros(0, name)


def _numbers(kind: int, inner: Any, name: str) -> np.ndarray:
    """The numbers of one piece: packed into one as a rule, else one each."""
    if name == "int64":
        if kind == wire.BYTES:
            return wire.decode_packed_varints(inner)
        if kind == wire.VARINT:
            return np.array([wire.signed(inner)], np.int64)
    elif kind in (wire.BYTES, wire.FIXED32) and len(inner) % 4 == 0:
        return np.frombuffer(inner, "<f4").astype(np.float32)
    raise wire.DecodeError(f"A list of {name} is of wire type {kind}.")
