"""The fields a Message is declared with: single values, messages, lists and maps.

A field is a descriptor. It reads and sets its value in a message, and writes and reads its bytes.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from torchkeras.records import text_format, wire
from torchkeras.records.containers import MessageMap, RepeatedMessages, RepeatedScalars, as_message
from torchkeras.records.kinds import Kind
from torchkeras.records.message import Message


class Field:
    """What the fields have in common.

    Args:
        number: the number of the field in the message's declaration.
        oneof: the group of fields of which one at most is set.
    """

    has_presence = False
    name = ""

    def __init__(self, number: int, oneof: str | None = None) -> None:
        self.number, self.oneof = number, oneof

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    def __get__(self, message: Any, owner: type) -> Any:
        if message is None:
            return self
        found = message._values.get(self.name)
        return self.absent(message) if found is None else found

    def __set__(self, message: Any, value: Any) -> None:
        raise AttributeError(
            f'Assignment not allowed to message, map, or repeated field "{self.name}" in protocol message object. '
            f"Use its methods (`extend`, `add`, `CopyFrom`), or pass it to {type(message).__name__}(...)."
        )

    def absent(self, message: Any) -> Any:
        """What reading a field gives that is not set."""
        made = message._values[self.name] = self.make(message)
        return made

    def make(self, message: Any) -> Any:
        """An empty value of a field that holds others."""
        raise NotImplementedError

    def initialize(self, message: Any, value: Any) -> None:
        """Set the field to what a constructor was given."""
        raise NotImplementedError

    def merge(self, message: Any, value: Any) -> None:
        """Add another message's value of this field."""
        raise NotImplementedError

    def is_set(self, message: Any) -> bool:
        return bool(message._values.get(self.name))

    def encode(self, value: Any, deterministic: bool) -> bytes:
        raise NotImplementedError

    def decode(self, message: Any, wire_type: int, content: Any, depth: int) -> bool:
        """Take a field's content; False if it is not of the right wire type."""
        raise NotImplementedError

    def text(self, value: Any, indent: str) -> str:
        raise NotImplementedError


class Single(Field):
    """A single value; unless in a oneof, not there when it is zero or empty.

    Args:
        kind: its type.
        names: for an enumeration, the name of each number.
    """

    def __init__(self, number: int, kind: Kind, oneof: str | None = None, names: dict[int, str] | None = None) -> None:
        super().__init__(number, oneof)
        self.kind, self.names = kind, names
        self.has_presence = oneof is not None

    def absent(self, message: Any) -> Any:
        return self.kind.default

    def __set__(self, message: Any, value: Any) -> None:
        if self.names and isinstance(value, str):
            value = next((number for number, name in self.names.items() if name == value), value)
        value = self.kind.check(value)
        if self.oneof is not None:
            message._clear_others(self)
        self._keep(message, value)
        message._touch()

    def _keep(self, message: Any, value: Any) -> None:
        if self.oneof is None and _is_default(value):
            message._values.pop(self.name, None)
        else:
            message._values[self.name] = value

    def initialize(self, message: Any, value: Any) -> None:
        self.__set__(message, value)

    merge = initialize

    def is_set(self, message: Any) -> bool:
        return self.name in message._values

    def encode(self, value: Any, deterministic: bool) -> bytes:
        return wire.tag(self.number, self.kind.wire_type) + self.kind.pack(value)

    def decode(self, message: Any, wire_type: int, content: Any, depth: int) -> bool:
        if wire_type != self.kind.wire_type:
            return False
        value = self.kind.unpack(content)
        if self.oneof is not None:
            message._clear_others(self)
        self._keep(message, value)
        return True

    def text(self, value: Any, indent: str) -> str:
        shown = self.names[value] if self.names and value in self.names else text_format.scalar(value, self.kind.name)
        return f"{indent}{self.name}: {shown}\n"


def _is_default(value: Any) -> bool:
    """Whether a value is zero or empty, and need not be kept; -0.0 is neither."""
    return not value and not (isinstance(value, float) and math.copysign(1, value) < 0)


class Sub(Field):
    """A message within a message."""

    has_presence = True

    def __init__(self, number: int, message: type[Message] | None, oneof: str | None = None) -> None:
        super().__init__(number, oneof)
        self.message: Any = message

    def make(self, message: Any) -> Any:
        made = self.message()
        made._parent, made._place = message, self
        return made

    def attached(self, message: Any) -> None:
        if self.oneof is not None:
            message._clear_others(self)

    def is_set(self, message: Any) -> bool:
        found = message._values.get(self.name)
        return found is not None and found._parent is None

    def initialize(self, message: Any, value: Any) -> None:
        self.merge(message, as_message(value, self.message))

    def merge(self, message: Any, value: Any) -> None:
        self.__get__(message, type(message)).MergeFrom(value)

    def encode(self, value: Any, deterministic: bool) -> bytes:
        return wire.delimited(self.number, value.SerializeToString(deterministic))

    def decode(self, message: Any, wire_type: int, content: Any, depth: int) -> bool:
        if wire_type != wire.BYTES:
            return False
        inner = self.__get__(message, type(message))
        inner._touch()
        inner._decode(content, depth)
        return True

    def text(self, value: Any, indent: str) -> str:
        return text_format.block(self.name, value, indent)


class Repeated(Field):
    """A list of values; numbers are packed, as proto3 does."""

    def __init__(self, number: int, kind: Kind) -> None:
        super().__init__(number)
        self.kind = kind

    def make(self, message: Any) -> Any:
        return RepeatedScalars(message, self.kind)

    def initialize(self, message: Any, value: Any) -> None:
        self.__get__(message, type(message)).extend(value)

    merge = initialize

    def encode(self, value: Any, deterministic: bool) -> bytes:
        if self.kind.pack_many is not None:
            return wire.delimited(self.number, self.kind.pack_many(value._items))
        head = wire.tag(self.number, self.kind.wire_type)
        return b"".join([head + self.kind.pack(item) for item in value._items])

    def decode(self, message: Any, wire_type: int, content: Any, depth: int) -> bool:
        items = self.__get__(message, type(message))._items
        if wire_type == self.kind.wire_type:
            items.append(self.kind.unpack(content))
        elif wire_type == wire.BYTES and self.kind.unpack_many is not None:
            items.extend(self.kind.unpack_many(content))
        else:
            return False
        return True

    def text(self, value: Any, indent: str) -> str:
        kind = self.kind.name
        return "".join([f"{indent}{self.name}: {text_format.scalar(item, kind)}\n" for item in value._items])


class RepeatedSub(Field):
    """A list of messages."""

    def __init__(self, number: int, message: type[Message]) -> None:
        super().__init__(number)
        self.message = message

    def make(self, message: Any) -> Any:
        return RepeatedMessages(message, self.message)

    def initialize(self, message: Any, value: Any) -> None:
        self.__get__(message, type(message)).extend(value)

    merge = initialize

    def encode(self, value: Any, deterministic: bool) -> bytes:
        return b"".join([wire.delimited(self.number, item.SerializeToString(deterministic)) for item in value])

    def decode(self, message: Any, wire_type: int, content: Any, depth: int) -> bool:
        if wire_type != wire.BYTES:
            return False
        made = self.message()
        made._decode(content, depth)
        self.__get__(message, type(message))._items.append(made)
        return True

    def text(self, value: Any, indent: str) -> str:
        return "".join([text_format.block(self.name, item, indent) for item in value])


class Map(Field):
    """A map to messages; on the wire a list of pairs of key (1) and value (2)."""

    def __init__(self, number: int, key: Kind, message: type[Message]) -> None:
        super().__init__(number)
        self.key, self.message = key, message

    def make(self, message: Any) -> Any:
        return MessageMap(message, self.key, self.message)

    def initialize(self, message: Any, value: Any) -> None:
        if not isinstance(value, Mapping):
            raise TypeError(f'Expected a dict for the map "{self.name}". Received: {type(value).__name__}')
        found = self.__get__(message, type(message))
        for key, item in value.items():
            found[key].CopyFrom(as_message(item, self.message))

    merge = initialize

    def encode(self, value: Any, deterministic: bool) -> bytes:
        head = wire.tag(1, self.key.wire_type)
        return b"".join([
            wire.delimited(
                self.number, head + self.key.pack(key) + wire.delimited(2, item.SerializeToString(deterministic))
            )
            for key, item in (sorted(value.items()) if deterministic else value.items())
        ])  # fmt: skip

    def decode(self, message: Any, wire_type: int, content: Any, depth: int) -> bool:
        if wire_type != wire.BYTES:
            return False
        key, made = self.key.default, self.message()
        for number, kind, inner, _, _ in wire.fields(content):
            if number == 1 and kind == self.key.wire_type:
                key = self.key.unpack(inner)
            elif number == 2 and kind == wire.BYTES:
                made._decode(inner, depth + 1)
        self.__get__(message, type(message))._items[key] = made
        return True

    def text(self, value: Any, indent: str) -> str:
        inner = indent + "  "
        shown = []
        for key, item in value.items():
            pair = f"{inner}key: {text_format.scalar(key, self.key.name)}\n" + text_format.block("value", item, inner)
            shown.append(f"{indent}{self.name} {{\n{pair}{indent}}}\n")
        return "".join(shown)
