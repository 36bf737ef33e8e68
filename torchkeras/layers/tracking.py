"""Lists, tuples and dicts of layers set as attributes: their layers become children under readable names.

`self.blocks = [a, b]` registers the children `blocks_0` and `blocks_1` on the layer, which are the state_dict keys too;
a dict `self.heads = {"x": a}` registers `heads_x`; nesting adds up (`nest_0_0`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from torch import nn

from torchkeras.core.variable import Variable


class _Tracked:
    """What TrackedList and TrackedDict share: telling the owner that the content changed."""

    _owner: Any = None
    _attribute = ""

    def _changed(self) -> None:
        if self._owner is not None:
            register_content(self._owner, self._attribute, self._owner.__dict__[self._attribute])


class TrackedList(list[Any], _Tracked):
    """A list that is an attribute of a layer."""

    def __reduce_ex__(self, protocol: Any) -> Any:
        return (TrackedList, (list(self),))  # the owner ties it again

    def append(self, item: Any) -> None:
        super().append(item)
        if not self._register_last(item):
            self._changed()

    def _register_last(self, item: Any) -> bool:
        """Register what was appended and nothing anew, where that is all that changes."""
        owner, attribute = self._owner, self._attribute
        name = f"{attribute}_{len(self) - 1}"
        if not isinstance(item, nn.Module) or owner is None or owner.__dict__.get(attribute) is not self:
            return False
        if name in owner._modules:
            return False
        owner._register_child(name, item)
        owner.__dict__["_tracked_names"].setdefault(attribute, []).append(name)
        return True


class TrackedDict(dict[Any, Any], _Tracked):
    """A dict that is an attribute of a layer."""

    def __reduce_ex__(self, protocol: Any) -> Any:
        return (TrackedDict, (dict(self),))


def _telling(kind: type, name: str) -> Any:
    original = getattr(kind, name)

    def method(self: Any, *args: Any, **kwargs: Any) -> Any:
        result = original(self, *args, **kwargs)
        self._changed()
        return result

    method.__name__ = name
    return method


for _name in "extend insert remove pop clear sort reverse __setitem__ __delitem__ __iadd__ __imul__".split():
    setattr(TrackedList, _name, _telling(list, _name))
for _name in "__setitem__ __delitem__ __ior__ update setdefault pop popitem clear".split():
    setattr(TrackedDict, _name, _telling(dict, _name))


def wrap(value: Any) -> Any:
    """The tracked form of a list or dict, nested ones included; anything else as it is."""
    if type(value) in (list, TrackedList):
        return TrackedList(wrap(item) for item in value)
    if type(value) in (dict, TrackedDict):
        return TrackedDict({key: wrap(item) for key, item in value.items()})
    if type(value) is tuple:
        return tuple(wrap(item) for item in value)
    return value


def _content(value: Any, prefix: str) -> Iterator[tuple[str, Any]]:
    if isinstance(value, (list, tuple)):
        for i, item in enumerate(value):
            yield from _content(item, f"{prefix}_{i}")
    elif isinstance(value, dict):
        for key, item in sorted(value.items(), key=lambda item: str(item[0])):  # Keras 2's order of weights
            yield from _content(item, f"{prefix}_{re.sub(r'[^0-9A-Za-z_]', '_', str(key))}")
    elif isinstance(value, (nn.Module, Variable)):
        yield prefix, value


def register_content(owner: Any, attribute: str, container: Any) -> None:
    """Bring the owner's children in line with what the container of this attribute now holds."""
    names: dict[str, list[str]] = owner.__dict__.setdefault("_tracked_names", {})
    for name in names.pop(attribute, []):
        owner._modules.pop(name, None)
    found = dict(_content(container, attribute))
    for name, value in found.items():
        owner._register_child(name, value)
    if found:
        names[attribute] = list(found)
    tie(owner, attribute, container)


def tie(owner: Any, attribute: str, container: Any) -> None:
    """Make a container, and those within it, report changes to the owner under the attribute's name."""
    if isinstance(container, _Tracked):
        container._owner, container._attribute = owner, attribute
    inner = container.values() if isinstance(container, dict) else container
    for item in inner:
        if isinstance(item, (list, tuple, dict)):
            tie(owner, attribute, item)


def replace(owner: Any, name: str, module: nn.Module) -> bool:
    """Write a child that was replaced under its registered name back into the container it came from."""
    for attribute, names in owner.__dict__.get("_tracked_names", {}).items():
        if name in names:
            container = owner.__dict__[attribute]
            owner.__dict__[attribute] = _replaced(container, owner._modules.get(name), module)
            register_content(owner, attribute, owner.__dict__[attribute])
            return True
    return False


def _replaced(container: Any, old: Any, new: Any) -> Any:
    if isinstance(container, dict):
        for key, item in list(container.items()):
            dict.__setitem__(container, key, _replaced(item, old, new))
        return container
    if isinstance(container, list):
        for i, item in enumerate(container):
            list.__setitem__(container, i, _replaced(item, old, new))
        return container
    if isinstance(container, tuple):
        return tuple(_replaced(item, old, new) for item in container)
    return new if container is old else container
