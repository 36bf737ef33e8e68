"""What a file format does, whichever it is."""

from __future__ import annotations

import os
from typing import Any

from torchkeras.saving.errors import UnreadableFile


class Format:
    """Writes and reads one kind of file or folder. There is one object of each class, in the tables of formats.py.

    Reading raises `UnreadableFile` for whatever a file may hold that it should not, never another exception.
    """

    #: What messages call it.
    name: str
    #: Whether it takes a model that has no weights yet, as it was made.
    unbuilt = False
    #: Whether it is a folder that is written, not a file.
    folder = False
    #: Whether it is several files whose names begin with the path, which a folder may have, too.
    prefix = False

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

    def refuse_by_name(self, by_name: bool) -> None:
        """For formats of TensorFlow's, whose values go by their place in the model: an error, as in Keras."""
        if by_name:
            raise NotImplementedError(
                "Weights may only be loaded based on topology into Models when loading TensorFlow-formatted weights "
                "(got by_name=True to load_weights)."
            )

    def load_weights(self, model: Any, path: str, by_name: bool, skip_mismatch: bool) -> Any:
        """Takes the weights out of a file of weights or of a whole model; a format may return a status object."""
        raise NotImplementedError


class WeightsFormat(Format):
    """A format that has no place for an architecture."""

    def save_model(self, model: Any, path: str, include_optimizer: bool) -> None:
        raise ValueError(
            f"Cannot save the whole model to {path!r}: {self.name} holds weights alone. Call "
            f"`model.save_weights({path!r})`, or save the model under a name that ends in '.keras' or '.h5'."
        )

    def load_model(self, path: str, custom_objects: dict[str, Any] | None, compile: bool) -> Any:
        raise weights_alone(path)


def weights_alone(path: str) -> UnreadableFile:
    """The error for a file of weights where a whole model was asked for."""
    return UnreadableFile(
        f"{path!r} holds weights alone, not a whole model: make the model first, then call its "
        f"`load_weights({path!r})`."
    )


__all__ = ["Format", "WeightsFormat", "weights_alone"]
