"""The values of a file of weights as dicts within dicts: what lies at `layers/dense/vars/0` is at layers, dense, 0."""

from __future__ import annotations

from typing import Any

import numpy as np

from torchkeras.saving.containers.hdf5 import Group, GroupWriter
from torchkeras.saving.keras3.saving_state import write_values
from torchkeras.saving.values import read_tensor, write_value

#: Objects as dicts of what is in them; values as arrays, those of bfloat16, which NumPy has not, as tensors.
Tree = dict[str, Any]
#: What is noted beside the values of an object, such as the name of a layer, by the object's path: '/layers/dense'.
Notes = dict[str, dict[str, Any]]


def read_tree(group: Group) -> tuple[Tree, Notes]:
    """All values of a file, and what is noted beside them."""
    notes: Notes = {}
    return _read(group, "", notes), notes


def _read(group: Group, path: str, notes: Notes) -> Tree:
    tree: Tree = {}
    for name in group.names():
        if not group.is_group(name):
            tree[name] = _value(group, name)
            continue
        inner = group.group(name)
        parts = _read(inner, f"{path}/{name}", notes)
        if name == "vars":  # the object's own values; an attribute may be called so, too
            tree |= {key: part for key, part in parts.items() if not isinstance(part, dict)}
            parts = {key: part for key, part in parts.items() if isinstance(part, dict)}
            if noted := {key: inner.attribute(key) for key in inner.attribute_names()}:
                notes[path] = noted
        if parts:
            tree[name] = parts
    return tree


def _value(group: Group, name: str) -> Any:
    dataset = group.dataset(name)
    tensor = read_tensor(dataset)
    return tensor if dataset.bfloat16 else tensor.numpy()


def write_tree(tree: Tree, notes: Notes, root: GroupWriter) -> None:
    """Writes values where Keras 3 looks for them."""
    root.group("vars")  # which every model has there, also without values
    _write(tree, notes, root, "")


def _write(tree: Tree, notes: Notes, root: GroupWriter, path: str) -> None:
    values = {name: value for name, value in tree.items() if not isinstance(value, dict)}
    if values:
        group = root.group(f"{path}/vars".lstrip("/"))
        for key, noted in notes.get(path, {}).items():
            group.attribute(key, noted)
        for name, value in values.items():
            write_value(group, name, value)
    for name, part in tree.items():
        if isinstance(part, dict):
            _write(part, notes, root, f"{path}/{name}")


def shapes_of_model(model: Any) -> Tree:
    """What a model would be saved as, with the shape of each value in its place."""
    shapes: Tree = {}
    drawn: Any = _Drawn(shapes)
    write_values(model, drawn)
    return _without_empty(shapes)


def _without_empty(tree: Tree) -> Tree:
    parts = {name: _without_empty(part) if isinstance(part, dict) else part for name, part in tree.items()}
    return {name: part for name, part in parts.items() if part != {}}


class _Drawn:
    """A group as `GroupWriter` is one, which keeps shapes alone."""

    def __init__(self, shapes: Tree) -> None:
        self._shapes = shapes

    def group(self, path: str) -> _Drawn:
        shapes = self._shapes
        for name in path.removesuffix("vars").split("/"):
            shapes = shapes.setdefault(name, {}) if name else shapes
        return _Drawn(shapes)

    def attribute(self, name: str, value: Any) -> None:
        """What is noted beside values has no shape."""

    def __contains__(self, name: object) -> bool:
        return name in self._shapes

    def dataset(self, name: str, value: Any, bfloat16: bool = False) -> _Drawn:
        return self.rows(name, np.shape(value), None, (), bfloat16)

    def rows(self, name: str, shape: tuple[int, ...], dtype: Any, blocks: Any, bfloat16: bool = False) -> _Drawn:
        self._shapes[name] = tuple(shape)
        return self
