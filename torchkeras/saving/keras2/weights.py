"""Which weights of a model a file holds, in which order and under which names."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from torchkeras.core.variable import Variable

TOP_LEVEL = "top_level_model_weights"


def of_layer(layer: Any) -> list[Variable]:
    """The weights of a layer or inner model: those that are trained first, as they are frozen or not just now."""
    trained = list(getattr(layer, "trainable_weights", ()))
    return [*trained, *getattr(layer, "non_trainable_weights", ())]


def of_model_itself(model: Any) -> list[Variable]:
    """The weights that are the model's own, not of any of its layers."""
    return sorted(model._own_variables(), key=lambda variable: not variable._wanted)


def names_of(variables: Iterable[Variable]) -> list[str]:
    """A name for each within its group, all different: a file of Keras's cannot have two alike."""
    taken = Names()
    return [taken.unique(variable.name) for variable in variables]


class Names:
    """The paths that a group of a file has: none is another, nor leads through it."""

    def __init__(self) -> None:
        self._taken: set[str] = set()
        self._leading: set[str] = set()  # the groups on the way to them
        self._counts: dict[tuple[str, str], int] = {}  # below which all numbers of a name are taken

    def unique(self, name: str) -> str:
        """A name that is a path, does not clash with any that is taken, and is taken from now on."""
        stem, colon, number = name.rpartition(":")
        stem, ending = (stem, colon + number) if colon and number.isdecimal() else (name, "")
        stem = as_path(stem)
        count = self._counts.get((stem, ending), 0)
        while self._clashes(found := f"{stem}_{count}{ending}" if count else stem + ending):
            count += 1
        self._counts[stem, ending] = count
        self._taken.add(found)
        self._leading.update(_groups(found))
        return found

    def _clashes(self, path: str) -> bool:
        return path in self._taken or path in self._leading or any(group in self._taken for group in _groups(path))


def as_path(name: str) -> str:
    """A name of any kind as a path in a file, of which no part is empty, '.' or '..'."""
    return "/".join(part if part.strip(".") else "_" + part for part in name.replace("\0", "_").split("/"))


def _groups(path: str) -> list[str]:
    """The groups that a path leads through."""
    return [path[:i] for i, letter in enumerate(path) if letter == "/"]
