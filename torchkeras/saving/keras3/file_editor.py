"""KerasFileEditor: looks at a file of weights and changes what is in it, for a model that has changed since."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import numpy as np
from torch import Tensor

from torchkeras.core.variable import Variable
from torchkeras.saving.containers.archive import open_archive
from torchkeras.saving.containers.hdf5 import new_hdf5, open_hdf5
from torchkeras.saving.keras3.archive_format import CONFIG, METADATA, json_of, values_of
from torchkeras.saving.keras3.weights_tree import Notes, Tree, read_tree, shapes_of_model, write_tree


class KerasFileEditor:
    """The values in a `.keras` or `.weights.h5` file, to look at, to change and to save as another file.

    An object, such as a layer, goes by its path in the file ('layers/dense_2'), or by its last part where that occurs
    once. `weights_dict` has the values.

    Args:
        filepath: the file, which stays as it is.
    """

    def __init__(self, filepath: str | os.PathLike[str]) -> None:
        self.filepath = os.fsdecode(filepath)
        self.metadata: dict[str, Any] | None = None
        self.config: dict[str, Any] | None = None
        self.weights_dict: Tree
        self.object_metadata: Notes
        if self.filepath.endswith(".keras"):
            with open_archive(self.filepath) as archive:
                self.config = json_of(archive, CONFIG)
                self.metadata = json_of(archive, METADATA) if archive.has(METADATA) else {}
                with values_of(archive, self.filepath) as root:
                    self.weights_dict, self.object_metadata = read_tree(root)
        elif self.filepath.endswith(".weights.h5"):
            with open_hdf5(self.filepath) as root:
                self.weights_dict, self.object_metadata = read_tree(root)
        else:
            raise ValueError(
                f"Invalid filename: expected a `.keras` or `.weights.h5` extension. Received: filepath={self.filepath}"
            )
        print(f"Keras model file '{self.filepath}'")
        if self.metadata is not None:
            version, date = (self.metadata.get(key, "unknown") for key in ("keras_version", "date_saved"))
            print(f"Saved with Keras {version} - date: {date}")

    # --- looking ---

    def summary(self) -> None:
        """Prints what is in it."""
        print("Weights structure")
        for line in _lines(self.weights_dict, self.object_metadata, "", "  "):
            print(line)

    def compare(self, reference_model: Any) -> dict[str, Any]:
        """Prints where it differs from what a model would be saved as.

        Args:
            reference_model: the model.

        Returns:
            'status', which is 'success' or 'error', 'error_count' and 'match_count', the number of values that fit.
        """
        print("Running comparison")
        errors, matches = _compared(self.weights_dict, shapes_of_model(reference_model), "")
        for line in errors:
            print(line)
        print("─" * 21)
        if errors:
            print(f"Found {len(errors)} error{_s(errors)}: saved file is not compatible with the reference model")
        else:
            print("Comparison successful: saved file is compatible with the reference model")
            print(f"    Found {matches} matching weight{'' if matches == 1 else 's'}")
        return {"status": "error" if errors else "success", "error_count": len(errors), "match_count": matches}

    # --- changing ---

    def rename_object(self, object_name: str, new_name: str) -> None:
        """Gives an object another name.

        Args:
            object_name: its path, or last part.
            new_name: the new last part.
        """
        if "/" in new_name:
            raise ValueError(
                f"Argument `new_name` should be a leaf name, not a full path name. Received: new_name='{new_name}'"
            )
        *above, name = self._path(object_name)
        parent = self._at(above)
        if new_name in parent:
            raise ValueError(f"Cannot rename '{object_name}': there is '{new_name}' beside it. Delete that one first.")
        parent[new_name] = parent.pop(name)
        old, new = "/".join(["", *above, name]), "/".join(["", *above, new_name])
        for path in [path for path in self.object_metadata if f"{path}/".startswith(f"{old}/")]:
            self.object_metadata[new + path.removeprefix(old)] = self.object_metadata.pop(path)

    def delete_object(self, object_name: str) -> None:
        """Removes an object with all that is in it.

        Args:
            object_name: its path, or last part.
        """
        *above, name = self._path(object_name)
        del self._at(above)[name]

    def add_object(self, object_path: str, weights: dict[str, Any]) -> None:
        """Adds an object.

        Args:
            object_path: its whole path; what it lies in must be there.
            weights: its values by name, which are '0', '1' and so on in most layers.
        """
        *above, name = object_path.split("/")
        parent = self.weights_dict
        for part in above:
            if not isinstance(parent.get(part), dict):
                raise ValueError(f"Path '{'/'.join(above)}' not found in model. There is {list(parent)}.")
            parent = parent[part]
        parent[name] = _values(weights)
        self.object_metadata.pop(f"/{object_path}", None)

    def delete_weight(self, object_name: str, weight_name: str) -> None:
        """Removes a value of an object.

        Args:
            object_name: the object's path, or its last part.
            weight_name: the value's name, such as '0'.
        """
        found = self._object(object_name)
        if weight_name not in found:
            raise ValueError(
                f"Weight {weight_name} not found in object {object_name}. Weights found: {list(found.keys())}"
            )
        del found[weight_name]

    def add_weights(self, object_name: str, weights: dict[str, Any]) -> None:
        """Adds values to an object, or replaces those that it has.

        Args:
            object_name: the object's path, or its last part.
            weights: the values by name.
        """
        self._object(object_name).update(_values(weights))

    def save(self, filepath: str | os.PathLike[str]) -> None:
        """Writes the values as they are now.

        Args:
            filepath: where to; a name that ends in '.weights.h5'.
        """
        path = os.fsdecode(filepath)
        if not path.endswith(".weights.h5"):
            raise ValueError(
                f"Invalid `filepath` argument: expected a `.weights.h5` extension. Received: filepath={path}"
            )
        with new_hdf5(path) as root:
            write_tree(self.weights_dict, self.object_metadata, root)

    def resave_weights(self, filepath: str | os.PathLike[str]) -> None:
        """As `save`."""
        self.save(filepath)

    # --- finding ---

    def _path(self, name: str) -> list[str]:
        """The path of what a name means."""
        if "/" in name:
            found = name.split("/")
            parent: Any = self.weights_dict
            for part in found:
                if not isinstance(parent, dict) or part not in parent:
                    raise ValueError(f"Path '{name}' not found in model. `summary()` lists what is there.")
                parent = parent[part]
            return found
        paths = [path for path in _paths(self.weights_dict) if path[-1] == name]
        if len(paths) > 1:
            raise ValueError(f"Name '{name}' occurs more than once in the model; try passing a complete path")
        if not paths:
            raise ValueError(
                f"Source name '{name}' does not appear in the model. Use `editor.summary()` to list all objects."
            )
        return paths[0]

    def _at(self, path: list[str]) -> Any:
        found: Any = self.weights_dict
        for part in path:
            found = found[part]
        return found

    def _object(self, name: str) -> Tree:
        found = self._at(self._path(name))
        if not isinstance(found, dict):
            raise ValueError(f"'{name}' is a weight, not an object that has weights. Pass the object's name.")
        return found


def _paths(tree: Tree, above: tuple[str, ...] = ()) -> Iterator[list[str]]:
    for name, part in tree.items():
        yield [*above, name]
        if isinstance(part, dict):
            yield from _paths(part, (*above, name))


def _values(weights: Any) -> Tree:
    if not isinstance(weights, dict):
        raise ValueError(
            f"Argument `weights` should be a dict where keys are weight names (usually '0', '1', etc.) and values are "
            f"NumPy arrays. Received: type(weights)={type(weights)}"
        )
    wrong = [name for name in weights if not isinstance(name, str) or "/" in name or not name]
    if wrong:
        raise ValueError(f"Argument `weights` should have names without '/' as keys. Received: {wrong[0]!r}")
    return {name: _values(value) if isinstance(value, dict) else _array(value) for name, value in weights.items()}


def _array(value: Any) -> Any:
    value = value.numpy() if isinstance(value, Variable) else value
    return value if isinstance(value, Tensor) else np.asarray(value)


def _lines(tree: Tree, notes: Notes, path: str, prefix: str) -> Iterator[str]:
    for number, (name, part) in enumerate(tree.items()):
        last = number == len(tree) - 1
        connector = "> " if not path and not number else "└─ " if last else "├─ "
        if isinstance(part, dict):
            noted = notes.get(f"{path}/{name}", {}).get("name")
            yield f"{prefix}{connector}{name}" + (f" ('{noted}')" if noted else "")
            yield from _lines(part, notes, f"{path}/{name}", prefix + ("    " if last else "│   "))
        else:
            dtype = str(part.dtype).removeprefix("torch.")
            yield f"{prefix}{connector}{name}: shape={tuple(part.shape)}, dtype={dtype}"


_FILE, _MODEL = "saved file", "reference model"


def _compared(saved: Tree, expected: Tree, path: str) -> tuple[list[str], int]:
    """A text for each difference, and how many values fit.

    Args:
        saved: what the file has.
        expected: shapes of what the model has.
        path: of both.
    """
    errors: list[str] = []
    matches = 0
    for name, shape in expected.items():
        inner = f"{path}/{name}"
        found = saved.get(name)
        if found is None or isinstance(found, dict) != isinstance(shape, dict):
            errors.append(_missing(inner, shape, _MODEL, _FILE))
        elif isinstance(shape, dict):
            below, fitting = _compared(found, shape, inner)
            errors += below
            matches += fitting
        elif tuple(found.shape) == shape:
            matches += 1
        else:
            errors.append(
                f"...Weight shape mismatch for {inner}\n    In {_MODEL}: shape={shape}\n    In {_FILE}: "
                f"shape={tuple(found.shape)}"
            )
    for name, found in saved.items():
        if name not in expected:
            errors.append(_missing(f"{path}/{name}", found, _FILE, _MODEL))
    return errors, matches


def _missing(path: str, part: Any, there: str, not_there: str) -> str:
    if not isinstance(part, dict):
        return f"...Weight {path} present in {there}, missing from {not_there}"
    return (
        f"...Object {path} present in {there}, missing from {not_there}\n"
        f"    In {there}, {path} contains the following keys: {list(part.keys())}"
    )


def _s(found: list[str]) -> str:
    return "" if len(found) == 1 else "s"
