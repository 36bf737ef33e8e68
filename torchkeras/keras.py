"""What `import keras` and `tf.keras` are: torchkeras's public names, under the version that tutorials compare."""

from __future__ import annotations

from typing import Any

import torchkeras

__version__ = "2.9.0"

# A package in name, so that the import hook can place `keras.layers` and the others below it.
__path__: list[str] = []


def version() -> str:
    """The Keras whose code runs here, as tutorials compare it."""
    return __version__


def __getattr__(name: str) -> Any:
    # Not `from torchkeras import *`: what torchkeras gains later is here too.
    return getattr(torchkeras, name)


def __dir__() -> list[str]:
    return sorted({*dir(torchkeras), "__version__"})
