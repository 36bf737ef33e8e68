"""The scalar types of protocol buffers: what a field takes, and how it is written and read."""

from __future__ import annotations

import operator
import struct
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

from torchkeras.records import wire


@dataclass(frozen=True)
class Kind:
    """One scalar type.

    Args:
        name: as in a .proto file.
        wire_type: how it stands in a message.
        default: the value of an absent field.
        check: gives the value as it is kept, or raises what protobuf raises.
        pack: the value's bytes, without tag.
        unpack: the value of a field's content.
        pack_many, unpack_many: the same for a packed list; None where lists are not packed.
    """

    name: str
    wire_type: int
    default: Any
    check: Callable[[Any], Any]
    pack: Callable[[Any], bytes]
    unpack: Callable[[Any], Any]
    pack_many: Callable[[list[Any]], bytes] | None = None
    unpack_many: Callable[[memoryview], list[Any]] | None = None

    def check_many(self, values: Any) -> list[Any]:
        """All values of an iterable, checked; arrays of the right kind at once."""
        if isinstance(values, np.ndarray) and values.ndim == 1:
            if values.dtype.kind in "iu" and self.name in ("int64", "float"):
                values = values.tolist()
            elif values.dtype.kind == "f" and self.name == "float":
                with np.errstate(over="ignore"):  # what is too large becomes infinite, as in protobuf
                    return values.astype(np.float32).astype(np.float64).tolist()
        if not isinstance(values, Iterable):
            raise TypeError(f"Value must be iterable. Received: {values!r} of type {type(values).__name__}")
        return [self.check(value) for value in values]


def _integer(low: int, high: int) -> Callable[[Any], int]:
    def check(value: Any) -> int:
        try:
            number = operator.index(value)
        except TypeError:
            raise TypeError(f"{type(value).__name__!r} object cannot be interpreted as an integer: {value!r}") from None
        if not low <= number <= high:
            raise ValueError(f"Value out of range: {number}")
        return number

    return check


def _real(value: Any) -> float:
    if isinstance(value, (str, bytes)) or not hasattr(value, "__float__") or np.ndim(value):
        raise TypeError(f"must be real number, not {type(value).__name__}: {value!r}")
    return float(value)


def _single(value: Any) -> float:
    """In 32 bits, as it will be read back."""
    with np.errstate(over="ignore"):
        return float(np.float32(_real(value)))


def _bytes(value: Any) -> bytes:
    if not isinstance(value, bytes):
        raise TypeError(f"{value!r} has type {type(value).__name__}, but expected one of: bytes")
    return value


def _text(value: Any) -> str:
    if isinstance(value, bytes):
        value = value.decode()
    if not isinstance(value, str):
        raise TypeError(f"{value!r} has type {type(value).__name__}, but expected one of: bytes, str")
    return value


def _decoded(content: Any) -> str:
    try:
        return bytes(content).decode()
    except UnicodeDecodeError as error:
        raise wire.DecodeError(f"A string field is not UTF-8: {error}") from None


def _prefixed(content: bytes) -> bytes:
    return wire.encode_varint(len(content)) + content


def _varints(values: list[int]) -> bytes:
    return b"".join(map(wire.encode_varint, values))


def _varint_kind(name: str, low: int, high: int) -> Kind:
    unsigned = low >= 0
    return Kind(
        name, wire.VARINT, 0, _integer(low, high), wire.encode_varint,
        (lambda v: v) if unsigned else wire.signed,
        _varints,
        lambda d: wire.decode_packed_varints(d).view(np.uint64 if unsigned else np.int64).tolist(),
    )  # fmt: skip


def _float_kind(name: str, wire_type: int, width: int, check: Callable[[Any], Any]) -> Kind:
    one = struct.Struct("<f" if width == 4 else "<d")
    dtype = np.dtype(f"<f{width}")

    def unpack_many(data: memoryview) -> list[Any]:
        if len(data) % width:
            raise wire.DecodeError(f"A packed field of {name} has {len(data)} bytes, no multiple of {width}.")
        return np.frombuffer(data, dtype).tolist()

    return Kind(
        name, wire_type, 0.0, check, one.pack, lambda d: one.unpack(d)[0],
        lambda values: np.asarray(values, dtype).tobytes(), unpack_many,
    )  # fmt: skip


def _fixed_many(data: memoryview) -> list[int]:
    if len(data) % 4:
        raise wire.DecodeError(f"A packed field of fixed32 has {len(data)} bytes, no multiple of 4.")
    return np.frombuffer(data, "<u4").tolist()


INT32 = _varint_kind("int32", -(1 << 31), (1 << 31) - 1)
INT64 = _varint_kind("int64", -(1 << 63), (1 << 63) - 1)
UINT32 = _varint_kind("uint32", 0, (1 << 32) - 1)
UINT64 = _varint_kind("uint64", 0, (1 << 64) - 1)
BOOL = Kind(
    "bool", wire.VARINT, False, lambda v: bool(_integer(-(1 << 63), 1 << 63)(v)), wire.encode_varint, bool,
    _varints, lambda d: [bool(v) for v in wire.decode_packed_varints(d)],
)  # fmt: skip
STRING = Kind("string", wire.BYTES, "", _text, lambda v: _prefixed(v.encode()), _decoded)
BYTES = Kind("bytes", wire.BYTES, b"", _bytes, _prefixed, bytes)
FIXED32 = Kind(
    "fixed32", wire.FIXED32, 0, _integer(0, (1 << 32) - 1), struct.Struct("<I").pack,
    lambda d: int.from_bytes(d, "little"), lambda values: np.asarray(values, "<u4").tobytes(), _fixed_many,
)  # fmt: skip
FLOAT = _float_kind("float", wire.FIXED32, 4, _single)
DOUBLE = _float_kind("double", wire.FIXED64, 8, _real)
