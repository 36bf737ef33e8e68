"""Lists and maps within a message."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, MutableMapping, MutableSequence
from typing import Any

from torchkeras.records.kinds import Kind
from torchkeras.records.message import Message


class RepeatedScalars(MutableSequence):
    """A list of values of one kind, each checked."""

    def __init__(self, owner: Message, kind: Kind) -> None:
        self._owner, self._kind = owner, kind
        self._items: list[Any] = []

    def __len__(self) -> int:
        return len(self._items)

    def __getitem__(self, index: Any) -> Any:
        return self._items[index]

    def __setitem__(self, index: Any, value: Any) -> None:
        many = isinstance(index, slice)
        self._items[index] = self._kind.check_many(value) if many else self._kind.check(value)
        self._owner._touch()

    def __delitem__(self, index: Any) -> None:
        del self._items[index]

    def insert(self, index: int, value: Any) -> None:
        self._items.insert(index, self._kind.check(value))
        self._owner._touch()

    def append(self, value: Any) -> None:
        self._items.append(self._kind.check(value))
        self._owner._touch()

    def extend(self, values: Iterable[Any]) -> None:
        self._items.extend(self._kind.check_many(values))
        self._owner._touch()

    MergeFrom = extend

    def sort(self, **options: Any) -> None:
        self._items.sort(**options)

    def __eq__(self, other: object) -> bool:
        return self._items == (other._items if isinstance(other, RepeatedScalars) else other)

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return repr(self._items)


class RepeatedMessages(MutableSequence):
    """A list of messages of one class; what is put in is copied."""

    def __init__(self, owner: Message, message: type[Message]) -> None:
        self._owner, self._message = owner, message
        self._items: list[Message] = []

    def __len__(self) -> int:
        return len(self._items)

    def __getitem__(self, index: Any) -> Any:
        return self._items[index]

    def __setitem__(self, index: Any, value: Any) -> None:
        raise TypeError(
            f"A list of {self._message.__name__} takes no assignment to items. Use `add`, or `del` and `insert`."
        )

    def __delitem__(self, index: Any) -> None:
        del self._items[index]

    def add(self, **values: Any) -> Any:
        """A new message at the end, with these fields."""
        made = self._message(**values)
        self._items.append(made)
        self._owner._touch()
        return made

    def insert(self, index: int, value: Any) -> None:
        self._items.insert(index, _copy(value, self._message))
        self._owner._touch()

    def extend(self, values: Iterable[Any]) -> None:
        self._items.extend([_copy(value, self._message) for value in values])
        self._owner._touch()

    MergeFrom = extend

    def __eq__(self, other: object) -> bool:
        return self._items == (other._items if isinstance(other, RepeatedMessages) else other)

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return repr(self._items)


class MessageMap(MutableMapping):
    """A map to messages: a look-up makes what is not there, and nothing can be assigned."""

    def __init__(self, owner: Message, key: Kind, message: type[Message]) -> None:
        self._owner, self._key, self._message = owner, key, message
        self._items: dict[Any, Message] = {}

    def __getitem__(self, key: Any) -> Any:
        found = self._items.get(key)
        if found is None:
            found = self._items[self._key.check(key)] = self._message()
            self._owner._touch()
        return found

    get_or_create = __getitem__

    def __setitem__(self, key: Any, value: Any) -> None:
        raise ValueError(f"Message objects may not be assigned: use `map[{key!r}].CopyFrom(value)`, or set its fields.")

    def __delitem__(self, key: Any) -> None:
        del self._items[key]

    def __contains__(self, key: object) -> bool:
        return key in self._items

    def get(self, key: Any, default: Any = None) -> Any:
        return self._items.get(key, default)

    def __iter__(self) -> Iterator[Any]:
        return iter(self._items)

    def __len__(self) -> int:
        return len(self._items)

    def clear(self) -> None:
        self._items.clear()

    def MergeFrom(self, other: MessageMap) -> None:
        for key, value in other.items():
            self._items[key] = _copy(value, self._message)
        self._owner._touch()

    def __eq__(self, other: object) -> bool:
        return self._items == (other._items if isinstance(other, MessageMap) else other)

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return repr(self._items)


def as_message(value: Any, message: type[Message]) -> Message:
    """A message of this class, or a dict of its fields as one."""
    if isinstance(value, dict):
        return message(**value)
    if type(value) is not message:
        raise TypeError(
            f"Parameter to initialize message field must be dict or instance of same class: expected "
            f"{message.__name__} got {type(value).__name__}."
        )
    return value


def _copy(value: Any, message: type[Message]) -> Message:
    made = message()
    made.MergeFrom(as_message(value, message))
    return made
