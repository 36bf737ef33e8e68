"""Lists and dicts that tell when something is put into them, so that a checkpoint can restore it then."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

#: Called as (key, value) whenever an item is set.
_Told = Callable[[str, Any], None]


class ListWrapper(list[Any]):
    """A list in a checkpoint."""

    _told: _Told | None = None

    def append(self, value: Any) -> None:
        super().append(wrapped(value))
        self._tell(len(self) - 1)

    def extend(self, values: Iterable[Any]) -> None:
        for value in values:
            self.append(value)

    def __iadd__(self, values: Iterable[Any]) -> ListWrapper:  # type: ignore[misc]
        self.extend(values)
        return self

    def insert(self, index: Any, value: Any) -> None:
        super().insert(index, wrapped(value))
        for place in range(len(self)):
            self._tell(place)

    def __setitem__(self, index: Any, value: Any) -> None:
        super().__setitem__(index, wrapped(value))
        if isinstance(index, int):
            self._tell(index % len(self))

    def _checkpoint_waits(self, came: Callable[[str, Any], None]) -> None:
        self._told = came

    def _tell(self, place: int) -> None:
        if self._told is not None:
            self._told(str(place), self[place])

    def __repr__(self) -> str:
        return f"ListWrapper({list.__repr__(self)})"

    def __reduce__(self) -> Any:
        return list, (list(self),)

    __hash__ = object.__hash__  # type: ignore[assignment]


class DictWrapper(dict[Any, Any]):
    """A dict in a checkpoint."""

    _told: _Told | None = None

    def __setitem__(self, key: Any, value: Any) -> None:
        super().__setitem__(key, wrapped(value))
        if self._told is not None:
            self._told(str(key), self[key])

    def _checkpoint_waits(self, came: Callable[[str, Any], None]) -> None:
        self._told = came

    def update(self, *args: Any, **kwargs: Any) -> None:
        for key, value in dict(*args, **kwargs).items():
            self[key] = value

    def setdefault(self, key: Any, default: Any = None) -> Any:
        if key not in self:
            self[key] = default
        return self[key]

    def __repr__(self) -> str:
        return f"DictWrapper({dict.__repr__(self)})"

    def __reduce__(self) -> Any:
        return dict, (dict(self),)

    __hash__ = object.__hash__  # type: ignore[assignment]


def wrapped(value: Any) -> Any:
    """A plain list or dict as one that tells; all else as it is."""
    if type(value) is list:
        made = ListWrapper()
        for item in value:
            list.append(made, wrapped(item))
        return made
    if type(value) is dict:
        table = DictWrapper()
        for key, item in value.items():
            dict.__setitem__(table, key, wrapped(item))
        return table
    return value


__all__ = ["DictWrapper", "ListWrapper", "wrapped"]
