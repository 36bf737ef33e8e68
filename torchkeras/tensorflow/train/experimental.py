"""tf.train.experimental: Python's own values in checkpoints."""

from __future__ import annotations

import abc


class PythonState(abc.ABC):
    """Something that a checkpoint keeps as a text: say how in `serialize` and `deserialize`."""

    @abc.abstractmethod
    def serialize(self) -> str | bytes:
        """The state as a text."""

    @abc.abstractmethod
    def deserialize(self, string_value: str | bytes) -> None:
        """Takes the state that `serialize` gave."""

    def _checkpoint_state(self) -> dict[str, str]:
        found = self.serialize()
        return {"text": found.decode("latin-1") if isinstance(found, bytes) else found}

    def _restore_state(self, saved: dict[str, str]) -> None:
        self.deserialize(saved["text"])


__all__ = ["PythonState"]
