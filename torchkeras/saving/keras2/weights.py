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
    taken: set[str] = set()
    return [unique(variable.name, taken) for variable in variables]


def unique(name: str, taken: set[str]) -> str:
    """A name that is a path, does not clash with any that is taken, and is taken from now on."""
    stem, colon, number = name.rpartition(":")
    stem, ending = (stem, colon + number) if colon and number.isdecimal() else (name, "")
    stem = "/".join(part if part.strip(".") else "_" + part for part in stem.replace("\0", "_").split("/"))
    found, count = stem + ending, 0
    while any(_clash(found, other) for other in taken):
        count += 1
        found = f"{stem}_{count}{ending}"
    taken.add(found)
    return found


def _clash(one: str, other: str) -> bool:
    """Whether a path is the other, or leads through it."""
    return one == other or one.startswith(f"{other}/") or other.startswith(f"{one}/")
