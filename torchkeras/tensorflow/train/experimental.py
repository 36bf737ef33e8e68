"""tf.train.experimental: Python's own values in checkpoints."""

from __future__ import annotations

import abc

#: Under which name TensorFlow keeps the text.
_NAME = "py_state"


class PythonState(abc.ABC):
    """Something that a checkpoint keeps as a text: say how in `serialize` and `deserialize`."""

    @abc.abstractmethod
    def serialize(self) -> str | bytes:
        """The state as a text."""

    @abc.abstractmethod
    def deserialize(self, string_value: str | bytes) -> None:
        """Takes the state that `serialize` gave."""

    def _checkpoint_texts(self) -> dict[str, bytes]:
        found = self.serialize()
        return {_NAME: found.encode() if isinstance(found, str) else bytes(found)}

    def _restore_texts(self, texts: dict[str, bytes | None]) -> None:
        if (found := texts.get(_NAME)) is not None:
            self.deserialize(found)


__all__ = ["PythonState"]
