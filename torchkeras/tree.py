"""keras.tree: functions on nested structures of lists, tuples and dicts; keys are taken in sorted order."""

from __future__ import annotations

from collections import OrderedDict, defaultdict
from collections.abc import Callable
from typing import Any


class MAP_TO_NONE:
    """What the function of `traverse` gives for a part that is to be None; None itself says to go on."""


def is_nested(structure: Any) -> bool:
    """Whether this is a list, tuple or dict."""
    return isinstance(structure, (list, tuple, dict))


def map_structure(func: Callable[..., Any], *structures: Any, none_is_leaf: bool = True) -> Any:
    """A structure of the same form, with what `func` gives for the leaves at each place.

    Args:
        func: takes one leaf of each structure.
        structures: one or several of the same form.
        none_is_leaf: False leaves None as it is.
    """
    _check_function(func)
    if not structures:
        raise ValueError("Must provide at least one structure")
    for other in structures[1:]:
        assert_same_structure(structures[0], other)

    def leaf(*values: Any) -> Any:
        if not none_is_leaf and values[0] is None:
            return None
        return func(*values)

    return _mapped(leaf, structures, is_nested)


def map_structure_up_to(shallow_structure: Any, func: Callable[..., Any], *structures: Any) -> Any:
    """A structure of the form of `shallow_structure`, with what `func` gives for the others' parts at its leaves."""
    _check_function(func)
    if not structures:
        raise ValueError("Must provide at least one structure")
    return _mapped(lambda shallow, *parts: func(*parts), (shallow_structure, *structures), is_nested)


def map_shape_structure(func: Callable[[Any], Any], structure: Any) -> Any:
    """`map_structure` where lists and tuples of numbers and None are shapes, and shapes are leaves."""
    _check_function(func)
    return _mapped(func, (structure,), lambda part: is_nested(part) and not _is_shape(part))


def flatten(structure: Any) -> list[Any]:
    """The leaves of a structure, in order."""
    if not is_nested(structure):
        return [structure]
    return [leaf for _, part in _entries(structure) for leaf in flatten(part)]


def flatten_with_path(structure: Any) -> list[tuple[tuple[Any, ...], Any]]:
    """The leaves with the path to each: keys of dicts, places in lists and tuples."""
    if not is_nested(structure):
        return [((), structure)]
    return [((key, *path), leaf) for key, part in _entries(structure) for path, leaf in flatten_with_path(part)]


def pack_sequence_as(structure: Any, flat_sequence: Any) -> Any:
    """A structure of the same form with these leaves."""
    if not is_nested(flat_sequence) or isinstance(flat_sequence, dict):
        raise TypeError(f"flat_sequence must be a sequence. Received: {flat_sequence!r}")
    places = len(flatten(structure))
    if places != len(flat_sequence):
        raise ValueError(
            f"Could not pack sequence. Structure had {places} leaves, but flat_sequence had {len(flat_sequence)}: "
            f"structure={structure}, flat_sequence={flat_sequence}."
        )
    remaining = iter(flat_sequence)
    return _mapped(lambda _: next(remaining), (structure,), is_nested)


def traverse(func: Callable[[Any], Any], structure: Any, top_down: bool = True) -> Any:
    """The structure with the parts replaced for which `func` gives anything but None.

    Args:
        func: takes each part, the whole first; a part it replaces is not gone into. MAP_TO_NONE makes it None.
        structure: any nested structure.
        top_down: False to take leaves first and wholes last.
    """
    _check_function(func)
    if top_down and (found := func(structure)) is not None:
        return None if found is MAP_TO_NONE else found
    made = structure
    if is_nested(structure):
        made = _like(structure, [(key, traverse(func, part, top_down)) for key, part in _entries(structure)])
    if not top_down and (found := func(made)) is not None:
        return None if found is MAP_TO_NONE else found
    return made


def lists_to_tuples(structure: Any) -> Any:
    """The structure with tuples for lists, so that it can be a key or hashed."""
    return traverse(lambda part: tuple(part) if isinstance(part, list) else None, structure, top_down=False)


def assert_same_structure(a: Any, b: Any, check_types: Any = None) -> None:
    """ValueError where two structures have not the same form, or not the same kinds of containers."""
    _compare(a, b, ())


def assert_same_paths(a: Any, b: Any) -> None:
    """ValueError where the paths to the leaves of two structures are not the same."""
    first, second = ({path for path, _ in flatten_with_path(one)} for one in (a, b))
    if first != second:
        raise ValueError(
            f"`a` and `b` don't have the same paths. Only in a: {sorted(first - second, key=str)}. "
            f"Only in b: {sorted(second - first, key=str)}."
        )


# --- how containers are taken apart and made again ---


def _check_function(func: Any) -> None:
    if not callable(func):
        raise TypeError(f"`func` must be callable. Received: func={func!r}")


def _is_shape(part: Any) -> bool:
    return isinstance(part, (list, tuple)) and all(one is None or isinstance(one, int) for one in part)


def _entries(structure: Any) -> list[tuple[Any, Any]]:
    """Keys and parts, in the order of the leaves."""
    if isinstance(structure, dict):
        if isinstance(structure, OrderedDict):
            return list(structure.items())
        try:
            return [(key, structure[key]) for key in sorted(structure)]
        except TypeError:
            return list(structure.items())
    return list(enumerate(structure))


def _like(structure: Any, entries: list[tuple[Any, Any]]) -> Any:
    """A container of the same kind, with other parts."""
    if isinstance(structure, dict):
        parts = dict(entries)
        ordered = {key: parts[key] for key in structure}
        if isinstance(structure, defaultdict):
            return defaultdict(structure.default_factory, ordered)
        return OrderedDict(ordered) if isinstance(structure, OrderedDict) else ordered
    values = [value for _, value in entries]
    if hasattr(structure, "_fields"):
        return type(structure)(*values)
    return tuple(values) if isinstance(structure, tuple) else values


def _mapped(func: Callable[..., Any], structures: tuple[Any, ...], goes_into: Callable[[Any], bool]) -> Any:
    first = structures[0]
    if not goes_into(first):
        return func(*structures)
    others = []
    for other in structures[1:]:
        if not _alike(first, other) or len(other) != len(first):
            raise ValueError(f"The structures don't have the same form: {first} and {other}.")
        others.append(other if isinstance(other, dict) else dict(_entries(other)))
    entries = []
    for key, part in _entries(first):
        if any(key not in other for other in others):
            raise ValueError(f"The structures don't have the same form: only one of them has {key!r}.")
        entries.append((key, _mapped(func, (part, *(other[key] for other in others)), goes_into)))
    return _like(first, entries)


def _alike(a: Any, b: Any) -> bool:
    """Whether two containers are of the same kind."""
    kind = next(kind for kind in (dict, tuple, list) if isinstance(a, kind))
    return isinstance(b, kind) and getattr(a, "_fields", None) == getattr(b, "_fields", None)


def _compare(a: Any, b: Any, path: tuple[Any, ...]) -> None:
    where = f" at {path}" if path else ""
    if is_nested(a) != is_nested(b):
        raise ValueError(f"`a` and `b` don't have the same structure{where}: one is a leaf. a={a}, b={b}")
    if not is_nested(a):
        return
    if not _alike(a, b):
        raise ValueError(
            f"`a` and `b` don't have the same types{where}: {type(a).__name__} and {type(b).__name__}. a={a}, b={b}"
        )
    entries, others = _entries(a), dict(_entries(b))
    if len(entries) != len(others) or any(key not in others for key, _ in entries):
        raise ValueError(f"`a` and `b` don't have the same structure{where}. a={a}, b={b}")
    for key, part in entries:
        _compare(part, others[key], (*path, key))


__all__ = [
    "MAP_TO_NONE",
    "assert_same_paths",
    "assert_same_structure",
    "flatten",
    "flatten_with_path",
    "is_nested",
    "lists_to_tuples",
    "map_shape_structure",
    "map_structure",
    "map_structure_up_to",
    "pack_sequence_as",
    "traverse",
]
