"""What a file format does, whichever it is."""

from __future__ import annotations

import os
from typing import Any


class Format:
    """Writes and reads one kind of file or folder. There is one object of each class, in the tables of formats.py.

    Reading raises `UnreadableFile` for whatever a file may hold that it should not, never another exception.
    """

    #: What messages call it.
    name: str
    #: What it can hold.
    whole_models = True
    weights = True
    #: Whether `overwrite` and leftovers concern a folder, not a file.
    folder = False

    def recognises(self, path: str) -> bool:
        """Whether what lies at a path is of this format, by its content, whatever its name."""
        raise NotImplementedError

    def exists(self, path: str) -> bool:
        """Whether something would be replaced by saving there."""
        return os.path.exists(path)

    def save_model(self, model: Any, path: str, include_optimizer: bool) -> None:
        """Writes architecture, weights, the settings of `compile` and the state of the optimizer."""
        raise NotImplementedError

    def load_model(self, path: str, custom_objects: dict[str, Any] | None, compile: bool) -> Any:
        """A model as `save_model` was given it.

        Whether Lambdas, which hold code, are refused is what `in_safe_mode()` of core/safe_mode.py says.

        Args:
            path: the file.
            custom_objects: classes and functions by name.
            compile: whether to compile it as it was.
        """
        raise NotImplementedError

    def save_weights(self, model: Any, path: str) -> None:
        """Writes the weights alone."""
        raise NotImplementedError

    def load_weights(self, model: Any, path: str, by_name: bool, skip_mismatch: bool) -> Any:
        """Takes the weights out of a file of weights or of a whole model; a format may return a status object."""
        raise NotImplementedError
