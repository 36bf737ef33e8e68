"""tf.nest: nested structures of lists, tuples, namedtuples and dicts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from torchkeras.core.tensor_shape import TensorShape


def is_nested(structure: Any) -> bool:
    """Whether a value is a structure: a list, tuple or mapping, but no shape."""
    if isinstance(structure, (list, tuple)):
        return not isinstance(structure, TensorShape)
    return isinstance(structure, Mapping)


def _keys(structure: Mapping[Any, Any]) -> list[Any]:
    try:
        return sorted(structure)
    except TypeError as error:
        raise TypeError(f"Cannot flatten dict with non-sortable keys: {list(structure)}") from error


def _items(structure: Any) -> list[Any]:
    return [structure[key] for key in _keys(structure)] if isinstance(structure, Mapping) else list(structure)


def _components(value: Any) -> Any:
    """The tensors that a ragged or sparse tensor, or an extension type, is made of."""
    parts = getattr(value, "_components", None)
    return parts() if callable(parts) else None


def flatten(structure: Any, expand_composites: bool = False) -> list[Any]:
    """The leaves in order; dicts by their sorted keys.

    Args:
        structure: any structure, or a single value.
        expand_composites: whether tensors made of several, such as ragged ones, are taken apart.
    """
    if is_nested(structure):
        return [leaf for item in _items(structure) for leaf in flatten(item, expand_composites)]
    if expand_composites and (parts := _components(structure)) is not None:
        return flatten(parts, True)
    return [structure]


def _rebuilt(structure: Any, items: list[Any]) -> Any:
    """A structure like this one with other items."""
    if isinstance(structure, Mapping):
        values = dict(zip(_keys(structure), items, strict=True))
        ordered = {key: values[key] for key in structure}
        if type(structure) is dict:
            return ordered
        if hasattr(structure, "default_factory"):
            made: Any = structure.__class__(structure.default_factory)  # type: ignore[call-arg]
            made.update(ordered)
            return made
        return type(structure)(ordered)  # type: ignore[call-arg]
    if hasattr(structure, "_fields"):
        return type(structure)(*items)
    return tuple(items) if isinstance(structure, tuple) else items


def pack_sequence_as(structure: Any, flat_sequence: Any, expand_composites: bool = False) -> Any:
    """A structure of the same form with these leaves.

    Args:
        structure: the form.
        flat_sequence: a list of the leaves, in the order of `flatten`.
        expand_composites: whether composites in the structure stand for their components.
    """
    if not isinstance(flat_sequence, (list, tuple)):
        raise TypeError(f"Attempted to pack value:\n  {flat_sequence}\ninto a structure, but found type "
                        f"`{type(flat_sequence)}`, which is no sequence.")  # fmt: skip
    if not is_nested(structure) and (not expand_composites or _components(structure) is None):
        if len(flat_sequence) != 1:
            raise ValueError(
                f"The target structure is of type `{type(structure)}`\n  {structure}\nHowever the input is a sequence "
                f"({type(flat_sequence)}) of length {len(flat_sequence)}.\n  {flat_sequence}\nnest cannot guarantee "
                f"that it is safe to map one to the other."
            )
        return flat_sequence[0]
    atoms = len(flatten(structure, expand_composites))
    if atoms != len(flat_sequence):
        raise ValueError(
            f"Could not pack sequence. Structure had {atoms} atoms, but flat_sequence had {len(flat_sequence)} items.  "
            f"Structure: {structure}, flat_sequence: {flat_sequence}."
        )
    remaining = iter(flat_sequence)
    return _filled(structure, remaining, expand_composites)


def _filled(structure: Any, remaining: Any, expand: bool) -> Any:
    if is_nested(structure):
        return _rebuilt(structure, [_filled(item, remaining, expand) for item in _items(structure)])
    if expand and (parts := _components(structure)) is not None:
        return structure._from_components(_filled(parts, remaining, True))
    return next(remaining)


def assert_same_structure(nest1: Any, nest2: Any, check_types: bool = True, expand_composites: bool = False) -> None:
    """Raises ValueError where two structures differ in form, and TypeError where only their types do.

    Args:
        nest1, nest2: the structures.
        check_types: whether a list and a tuple differ.
        expand_composites: accepted.
    """
    try:
        _assert_same(nest1, nest2, check_types)
    except (TypeError, ValueError) as error:
        raise type(error)(
            f"The two structures don't have the same nested structure.\n\n"
            f"First structure: type={type(nest1).__name__} str={nest1}\n\n"
            f"Second structure: type={type(nest2).__name__} str={nest2}\n\nMore specifically: {error}"
        ) from None


def _assert_same(a: Any, b: Any, check_types: bool) -> None:
    if is_nested(a) != is_nested(b):
        inner, leaf = (a, b) if is_nested(a) else (b, a)
        raise ValueError(
            f'Substructure "type={type(inner).__name__} str={inner}" is a sequence, while substructure '
            f'"type={type(leaf).__name__} str={leaf}" is not'
        )
    if not is_nested(a):
        return
    mappings = isinstance(a, Mapping), isinstance(b, Mapping)
    alike = all(mappings) or (not any(mappings) and (type(a) is type(b) or _lists(a, b) or _named(a, b)))
    if (check_types or any(mappings)) and not alike:
        raise TypeError(
            f"The two namedtuples don't have the same sequence type. First structure type={type(a).__name__} str={a} "
            f"has type {type(a).__name__}, while second structure type={type(b).__name__} str={b} has type "
            f"{type(b).__name__}"
        )
    if all(mappings) and set(a) != set(b):
        raise ValueError(
            f"The two dictionaries don't have the same set of keys. First structure has keys {sorted(a, key=str)}, "
            f"while second structure has keys {sorted(b, key=str)}"
        )
    if len(a) != len(b):
        raise ValueError(
            f"The two structures don't have the same number of elements. First structure: type={type(a).__name__} "
            f"str={a}. Second structure: type={type(b).__name__} str={b}"
        )
    for x, y in zip(_items(a), _items(b), strict=True):
        _assert_same(x, y, check_types)


def _lists(a: Any, b: Any) -> bool:
    return isinstance(a, list) and isinstance(b, list)  # those that a layer or module tracks are lists as well


def _named(a: Any, b: Any) -> bool:
    return getattr(a, "_fields", 0) == getattr(b, "_fields", 1) and type(a).__name__ == type(b).__name__


def map_structure(func: Callable[..., Any], *structure: Any, **kwargs: Any) -> Any:
    """A structure of the same form, with `func` of the leaves at each place.

    Args:
        func: takes as many arguments as there are structures.
        structure: one or more structures of the same form.
        check_types: whether a list and a tuple count as different; True unless given.
        expand_composites: whether ragged tensors and the like are taken apart.
    """
    if not callable(func):
        raise TypeError(f"func must be callable, got: {func}")
    if not structure:
        raise ValueError("Must provide at least one structure")
    check_types, expand = kwargs.pop("check_types", True), kwargs.pop("expand_composites", False)
    if kwargs:
        raise ValueError(
            f"Only valid keyword arguments are `check_types` and `expand_composites`, not: `{'`, `'.join(kwargs)}`"
        )
    for other in structure[1:]:
        assert_same_structure(structure[0], other, check_types, expand)
    leaves = zip(*(flatten(one, expand) for one in structure), strict=True)
    return pack_sequence_as(structure[0], [func(*given) for given in leaves], expand)


__all__ = ["assert_same_structure", "flatten", "is_nested", "map_structure", "pack_sequence_as"]
