"""Whether a public name such as `keras.layers.Dense` is there, found out on the real modules."""

from __future__ import annotations

from dataclasses import dataclass
from types import ModuleType
from typing import Any

from torchkeras.core.errors import nearest
from torchkeras.shim.advice import instead_of
from torchkeras.shim.names import TREES, place_of, public_name
from torchkeras.shim.old_module import OldModule, module_of, public_names
from torchkeras.shim.support.corpus import supported_names


@dataclass(frozen=True)
class Resolution:
    """What became of a name.

    Attributes:
        found: whether it is there, as far as that can be seen without running anything.
        value: the thing itself, where it was found to its last part.
        missing: the shortest part of the name that is not there, as tutorials write it.
        hint: what to use instead, or the name that was meant.
        complete: whether `value` is the whole name's; not so where a part of it is an object whose own attributes
            only running would show.
    """

    found: bool
    value: Any = None
    missing: str = ""
    hint: str = ""
    complete: bool = True


def resolve(name: str) -> Resolution:
    """Looks a dotted name up, by the names it is imported under or those of tutorials (`tf.`, `keras.`)."""
    parts = name.split(".")
    if parts[0] == "tf":
        parts[0] = "tensorflow"
    path = parts[0]
    value: Any = _module(path)
    if value is None:
        return _missing(path, None, "")
    for part in parts[1:]:
        above, path = value, f"{path}.{part}"
        if not isinstance(above, (ModuleType, type)):
            return Resolution(True, above, complete=False)
        try:
            value = getattr(above, part)
        except AttributeError as error:
            value = _placed(path)
            if value is None:
                return _missing(path, above, str(error))
    return Resolution(True, value)


def _module(name: str) -> ModuleType | None:
    place = place_of(name)
    return None if place is None else module_of(place.real)


def _placed(name: str) -> ModuleType | None:
    """A module that only the hook gives: an old spelling, or a whole tree under another name."""
    place = place_of(name)
    if place is None:
        return None
    if name in TREES:
        return module_of(place.real)
    return OldModule(name, place.homes) if place.homes is not None else None


def _missing(path: str, above: Any, said: str) -> Resolution:
    name = public_name(path)
    return Resolution(False, missing=name, hint=_hint(name, above, said))


def _hint(name: str, above: Any, said: str) -> str:
    known = instead_of(name)
    if known:
        return known
    if "instead" in said.lower() or " use " in said.lower():
        return said  # the tf namespace says itself what to use
    parent, _, last = name.rpartition(".")
    if above is not None:
        guess = nearest(last, public_names(above) if isinstance(above, ModuleType) else dir(above))
        if guess:
            return f"nearest: {parent}.{guess}"
    same = [other for other in supported_names() if other.rpartition(".")[2].lower() == last.lower()]
    # The one whose surroundings are most alike: keras.layers.X for keras.layers.experimental.X.
    same.sort(key=lambda other: (-len(set(other.split(".")) & set(name.split("."))), len(other)))
    return f"nearest: {same[0]}" if same else ""
