"""Nested structures of lists, tuples and dicts; dicts are walked in the order of their sorted keys, as in tf.nest."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any


def _keys(structure: dict[Any, Any]) -> list[Any]:
    try:
        return sorted(structure)
    except TypeError:
        return list(structure)


def flatten(structure: Any) -> list[Any]:
    """The leaves of a structure, in order."""
    return list(_leaves(structure))


def _leaves(structure: Any) -> Iterator[Any]:
    if isinstance(structure, dict):
        for key in _keys(structure):
            yield from _leaves(structure[key])
    elif isinstance(structure, (list, tuple)):
        for item in structure:
            yield from _leaves(item)
    else:
        yield structure


def map_structure(function: Callable[[Any], Any], structure: Any) -> Any:
    """A structure of the same form with `function` applied to each leaf."""
    if isinstance(structure, dict):
        mapped = {key: map_structure(function, structure[key]) for key in _keys(structure)}
        return {key: mapped[key] for key in structure}
    if isinstance(structure, tuple):
        items = [map_structure(function, item) for item in structure]
        return type(structure)(*items) if hasattr(structure, "_fields") else tuple(items)
    if isinstance(structure, list):
        return [map_structure(function, item) for item in structure]
    return function(structure)


def pack_as(structure: Any, leaves: list[Any]) -> Any:
    """A structure of the same form with these leaves."""
    remaining = iter(leaves)
    packed = map_structure(lambda _: next(remaining), structure)
    if next(remaining, remaining) is not remaining:
        raise ValueError(f"{len(leaves)} values do not fit a structure of {len(flatten(structure))}.")
    return packed
