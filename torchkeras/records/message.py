"""Message: what the messages of protocol buffers have in common."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar, TypeVar

from torchkeras.core.errors import did_you_mean
from torchkeras.records import wire
from torchkeras.records.text_format import text

_DEPTH = 100  # protobuf's limit of messages within messages

M = TypeVar("M", bound="Message")


class Message:
    """A message, its fields declared as class attributes (see `fields`).

        class FloatList(Message):
            __slots__ = ()
            value = Repeated(1, FLOAT)

    A message within another is there from the start, empty; it counts as set once something in it is. Fields that a
    class does not know are kept as they came, and written out again.
    """

    __slots__ = ("_parent", "_place", "_unknown", "_values")

    FIELDS: ClassVar[dict[str, Any]] = {}
    NUMBERS: ClassVar[dict[int, Any]] = {}

    _parent: Message | None  # until this message is set in it
    _place: Any

    def __init_subclass__(cls) -> None:
        declared = [f for f in vars(cls).values() if hasattr(f, "number") and hasattr(f, "encode")]
        declared.sort(key=lambda field: field.number)
        cls.FIELDS = {field.name: field for field in declared}
        cls.NUMBERS = {field.number: field for field in declared}

    def __init__(self, *args: Any, **values: Any) -> None:
        if args:
            raise TypeError(f"No positional arguments allowed: {type(self).__name__} takes its fields by name.")
        self._values: dict[str, Any] = {}
        self._parent = self._place = None
        self._unknown = b""
        for name, value in values.items():
            if value is not None:
                self._field(name).initialize(self, value)

    # --- presence ---

    @classmethod
    def _field(cls, name: str) -> Any:
        field = cls.FIELDS.get(name)
        if field is None:
            raise ValueError(f'Protocol message {cls.__name__} has no "{name}" field.{did_you_mean(name, cls.FIELDS)}')
        return field

    def _touch(self) -> None:
        """Something in this message is being set: so it is set in the message around it."""
        parent, self._parent = self._parent, None
        if parent is not None:
            self._place.attached(parent)
            parent._touch()

    def _clear_others(self, field: Any) -> None:
        """Setting one of a oneof unsets the others."""
        for name, other in self.FIELDS.items():
            if other.oneof == field.oneof and other is not field:
                self._values.pop(name, None)

    def HasField(self, field_name: str) -> bool:
        field = self._field(field_name)
        if not field.has_presence:
            raise ValueError(f"Field {type(self).__name__}.{field_name} does not have presence.")
        return field.is_set(self)

    def WhichOneof(self, oneof_group: str) -> str | None:
        members = [field for field in self.FIELDS.values() if field.oneof == oneof_group]
        if not members:
            raise ValueError(f'Protocol message {type(self).__name__} has no oneof "{oneof_group}" field.')
        return next((field.name for field in members if field.is_set(self)), None)

    def ListFields(self) -> list[tuple[Any, Any]]:
        """The fields that are set, with their values."""
        return [(field, self._values[field.name]) for field in self.FIELDS.values() if field.is_set(self)]

    def IsInitialized(self) -> bool:
        return True  # nothing is required in proto3

    def SetInParent(self) -> None:
        self._touch()

    def Clear(self) -> None:
        self._values.clear()
        self._unknown = b""
        self._touch()

    def ClearField(self, field_name: str) -> None:
        self._field(field_name)
        self._values.pop(field_name, None)
        self._touch()

    # --- bytes ---

    def SerializeToString(self, deterministic: bool | None = None) -> bytes:
        """The message as bytes; maps in the order of their insertion, or of their keys if `deterministic`."""
        written = [field.encode(value, bool(deterministic)) for field, value in self.ListFields()]
        return b"".join(written) + self._unknown

    SerializePartialToString = SerializeToString

    def ByteSize(self) -> int:
        return len(self.SerializeToString())

    @classmethod
    def FromString(cls: type[M], s: bytes) -> M:
        message = cls()
        message.ParseFromString(s)
        return message

    def ParseFromString(self, serialized: bytes) -> int:
        self.Clear()
        return self.MergeFromString(serialized)

    def MergeFromString(self, serialized: bytes) -> int:
        if not isinstance(serialized, (bytes, bytearray, memoryview)):
            raise TypeError(f"expected bytes, {type(serialized).__name__} found")
        data = memoryview(serialized)
        self._touch()
        try:
            self._decode(data, 0)
        except wire.DecodeError as error:
            raise wire.DecodeError(f"Error parsing message with type '{type(self).__name__}': {error}") from None
        return len(data)

    def _decode(self, data: memoryview, depth: int) -> None:
        if depth > _DEPTH:
            raise wire.DecodeError(f"More than {_DEPTH} messages within each other.")
        unknown = []
        for number, kind, content, begin, end in wire.fields(data):
            field = self.NUMBERS.get(number)
            if field is None or not field.decode(self, kind, content, depth + 1):
                unknown.append(bytes(data[begin:end]))
        self._unknown += b"".join(unknown)

    # --- whole messages ---

    def CopyFrom(self, other_msg: Message) -> None:
        if other_msg is not self:
            self.Clear()
            self.MergeFrom(other_msg)

    def MergeFrom(self, other_msg: Message) -> None:
        if type(other_msg) is not type(self):
            raise TypeError(
                f"Parameter to MergeFrom() must be instance of same class: expected {type(self).__name__} "
                f"got {type(other_msg).__name__}."
            )
        self._touch()
        for field, value in other_msg.ListFields():
            field.merge(self, value)
        self._unknown += other_msg._unknown

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Message) or type(other) is not type(self):
            return NotImplemented
        mine, theirs = ({f.name: v for f, v in m.ListFields()} for m in (self, other))
        return mine == theirs and self._unknown == other._unknown

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return text(self)

    def __deepcopy__(self: M, memo: Any = None) -> M:
        made = type(self)()
        made.MergeFrom(self)
        return made

    __copy__ = __deepcopy__

    def __reduce__(self) -> tuple[Callable[..., Any], tuple[Any, ...]]:
        return type(self).FromString, (self.SerializeToString(),)
