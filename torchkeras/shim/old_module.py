"""Modules that TensorFlow or Keras had once, whose public names are elsewhere now."""

from __future__ import annotations

import importlib
import sys
from types import ModuleType
from typing import Any

from torchkeras.core.errors import did_you_mean


def public_names(module: ModuleType) -> list[str]:
    """What `from module import *` brings; where it does not list that, submodules do not count."""
    listed = getattr(module, "__all__", None)
    if listed is None:
        listed = [name for name in dir(module) if not isinstance(getattr(module, name, None), ModuleType)]
    return [name for name in listed if not name.startswith("_")]


def module_of(name: str) -> ModuleType | None:
    """torchkeras's module of that name, a file or an attribute of its parent that is a module; None without one."""
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        absent = getattr(error, "real", None) or error.name or ""
        if absent != name and not name.startswith(absent + "."):
            raise  # the file is there, and something it imports is not
    parent, _, child = name.rpartition(".")
    value = getattr(sys.modules.get(parent), child, None)
    return value if isinstance(value, ModuleType) else None


class OldModule(ModuleType):
    """A module without names of its own: each is looked for in the modules that took its place.

    Args:
        name: the name it was imported by.
        homes: torchkeras's modules to look in, in this order.
    """

    def __init__(self, name: str, homes: tuple[str, ...]) -> None:
        super().__init__(name, f"An old spelling: its names are in {', '.join(homes) or 'no public module'}.")
        self.__path__: list[str] = []
        self._homes = homes

    def __getattr__(self, name: str) -> Any:
        if name == "__all__":
            return dir(self)
        if not name.startswith("__"):
            for home in self._modules():
                if hasattr(home, name):
                    return getattr(home, name)
        raise AttributeError(f"module {self.__name__!r} has no attribute {name!r}.{did_you_mean(name, dir(self))}")

    def __dir__(self) -> list[str]:
        return sorted({name for home in self._modules() for name in public_names(home)})

    def _modules(self) -> list[ModuleType]:
        return [module for home in self._homes if (module := module_of(home)) is not None]
