"""Writes names.txt, the list of all public names: `python -m torchkeras.shim.support.listing`."""

from __future__ import annotations

import importlib
import importlib.util
import inspect
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

from torchkeras import keras
from torchkeras.shim.old_module import public_names

PATH = Path(__file__).with_name("names.txt")

# Modules of the tf namespace that repeat all of Keras.
_LEFT_OUT = frozenset({"tf.keras", "tf.compat.v2"})


def public(root: ModuleType, word: str) -> list[str]:
    """All public names below a module, under the given word: 'keras.layers.Dense', 'tf.data.Dataset.map'."""
    found: set[str] = set()
    _walk(root, word, found, set())
    return sorted(found)


def _walk(module: ModuleType, word: str, found: set[str], seen: set[int]) -> None:
    seen = seen | {id(module)}
    for name in public_names(module):
        said = f"{word}.{name}"
        try:
            value = getattr(module, name)
        except AttributeError:
            continue  # a name that says what to use instead
        if said in _LEFT_OUT or (isinstance(value, ModuleType) and (id(value) in seen or not _own(value.__name__))):
            continue
        if isinstance(value, ModuleType):
            found.add(said)
            _walk(value, said, found, seen)
        elif getattr(value, "__module__", None) != "__future__":
            found.add(said)
            found.update(f"{said}.{member}" for member in _members(value, said))


def _members(value: Any, said: str) -> Iterator[str]:
    """A class's own public members: of all classes of `tf`, of Keras's main classes, and constants."""
    if not inspect.isclass(value) or issubclass(value, BaseException):
        return
    every = said.startswith("tf.") or said.count(".") == 1
    for name in dir(value):
        if name.startswith("_") or not hasattr(value, name):  # some are there to say what to use instead
            continue
        holder = next((base for base in value.__mro__ if name in base.__dict__), None)
        if holder is None or not _own(holder.__module__):
            continue
        member = inspect.getattr_static(value, name)
        if every or isinstance(member, (str, int)):
            yield name


def _own(module: str) -> bool:
    return module == "torchkeras" or module.startswith("torchkeras.")


def all_names() -> list[str]:
    """The public names of keras, and of tf where it is there."""
    names = public(keras, "keras")
    if importlib.util.find_spec("torchkeras.tensorflow") is not None:
        names += public(importlib.import_module("torchkeras.tensorflow"), "tf")
    return names


def main() -> int:
    names = all_names()
    text = "# Every public name; a test fails when one goes missing. `nox -s support` writes this file.\n"
    PATH.write_text(text + "\n".join(names) + "\n", encoding="utf-8")
    print(f"{PATH.name}: {len(names)} names")
    return 0


if __name__ == "__main__":
    sys.exit(main())
