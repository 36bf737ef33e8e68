"""Saveables with their paths in a file."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from torch import nn

from torchkeras.graph.operation import Operation
from torchkeras.losses import Loss
from torchkeras.metrics import Metric
from torchkeras.saving.keras3.names import Counter, class_name, snake_case
from torchkeras.saving.keras3.saveables import Walk, children, is_saveable


class Place(NamedTuple):
    """A saveable and the path at which its values are."""

    thing: Any
    path: str


def places(model: Any, walk: Walk = Walk.KERAS3) -> list[Place]:
    """Each saveable of a model at the first path that leads to it."""
    done: set[int] = set()
    found: list[Place] = []

    def visit(place: Place) -> None:
        if id(place.thing) not in done:
            done.add(id(place.thing))
            found.append(place)
            for one in within(place, walk, done):
                visit(one)

    visit(Place(model, ""))
    return found


def within(place: Place, walk: Walk, done: set[int]) -> Iterator[Place]:
    """The saveables that are attributes of one, or in containers that are.

    Args:
        place: the saveable.
        walk: the order and names.
        done: what was visited, by identity, as it stands when a place is asked for: not every Keras counts that.
    """
    for name, value in children(place.thing, walk):
        path = f"{place.path}/{name}" if place.path else name
        if _has_place(value, walk):
            yield Place(value, path)
        elif isinstance(value, (list, tuple, dict)) or (walk is not Walk.KERAS3 and isinstance(value, set)):
            yield from _in_container(value, path, walk, done, set())


def _in_container(container: Any, path: str, walk: Walk, done: set[int], seen: set[int]) -> Iterator[Place]:
    if id(container) in seen:
        return
    seen.add(id(container))
    counter = Counter()
    for value in list(container.values() if isinstance(container, dict) else container):
        if _has_place(value, walk):
            if walk.counts_all or id(value) not in done:
                yield Place(value, f"{path}/{counter.name(snake_case(class_name(value)))}")
        elif walk is Walk.KERAS3 and isinstance(value, (list, tuple, dict)):
            yield from _in_container(value, f"{path}/{counter.name('container')}", walk, done, seen)


def _has_place(value: Any, walk: Walk) -> bool:
    if not is_saveable(value) or isinstance(value, Loss):
        return False  # losses have no values
    if isinstance(value, Metric) and walk is Walk.KERAS3:
        return hasattr(value, "save_own_variables")  # a class of the user's; Keras 3 keeps no others
    return isinstance(value, (Operation, Metric, nn.Module)) or hasattr(value, "save_own_variables")
