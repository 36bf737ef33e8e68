"""Where things are in the folder of a saved model."""

from __future__ import annotations

import os
import zlib
from collections.abc import Iterator
from typing import Any

from torchkeras.layers import FAMILY, Layer
from torchkeras.tensorflow.module import Module

FORMAT, VERSION = "torchkeras saved model", 1
INDEX, ASSETS = "saved_model.json", "assets"
VALUES = os.path.join("variables", "variables.data-00000-of-00001")


def contains_saved_model(export_dir: str | os.PathLike[str]) -> bool:
    """Whether a folder holds what `save`, or TensorFlow, wrote."""
    folder = os.fspath(export_dir)
    return any(os.path.isfile(os.path.join(folder, name)) for name in (INDEX, "saved_model.pb", "saved_model.pbtxt"))


def class_name(cls: type) -> str:
    """A class as the index names it."""
    return f"{cls.__module__}.{cls.__qualname__}"


def known_classes(base: type) -> dict[str, type]:
    """The classes that the running program derived from a class, by name: of several, the last one defined."""
    return {class_name(cls): cls for cls in _derived(base)}


def _derived(base: Any) -> Iterator[Any]:
    yield base
    for cls in base.__subclasses__():
        yield from _derived(cls)


def modules() -> dict[str, type]:
    """All classes of modules there are."""
    return known_classes(Module)


def layers() -> dict[str, Any]:
    """All classes of layers and models that users wrote, by their plain names; those of the library keep theirs."""
    own = (cls for cls in _derived(Layer) if not cls.__module__.startswith("torchkeras."))
    return {cls.__name__: cls for cls in own if cls.__name__ not in FAMILY.objects}


def file_name(path: str) -> str:
    """A name for a copy of a file, which no other file's copy has."""
    return f"{zlib.crc32(os.path.abspath(path).encode()):08x}_{os.path.basename(path)}"


__all__ = ["ASSETS", "FORMAT", "INDEX", "VALUES", "VERSION", "class_name", "contains_saved_model",
           "file_name", "known_classes", "layers", "modules"]  # fmt: skip
