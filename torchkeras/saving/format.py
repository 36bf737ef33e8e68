"""What a file format does, whichever it is."""

from __future__ import annotations

from typing import Any


class Format:
    """Writes and reads one kind of file. There is one object of each class, in the table of formats.py."""

    #: What messages call it.
    name: str

    def recognises(self, path: str) -> bool:
        """Whether the content of a file is of this format, whatever its name."""
        raise NotImplementedError

    def save_model(self, model: Any, path: str, include_optimizer: bool) -> None:
        """Writes architecture, weights, the settings of `compile` and the state of the optimizer."""
        raise NotImplementedError

    def load_model(self, path: str, custom_objects: dict[str, Any] | None, compile: bool) -> Any:
        """A model as `save_model` was given it."""
        raise NotImplementedError

    def save_weights(self, model: Any, path: str) -> None:
        """Writes the weights alone."""
        raise NotImplementedError

    def load_weights(self, model: Any, path: str, by_name: bool, skip_mismatch: bool) -> None:
        """Takes the weights out of a file of weights or of a whole model."""
        raise NotImplementedError
