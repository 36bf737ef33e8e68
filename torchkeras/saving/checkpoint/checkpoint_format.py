"""Weights as TensorFlow's checkpoints: PREFIX.index, PREFIX.data-00000-of-00001, and `checkpoint` in their folder."""

from __future__ import annotations

import os
from typing import Any

from torchkeras.saving import checkpoint_state
from torchkeras.saving.checkpoint.reading import OpenCheckpoint
from torchkeras.saving.checkpoint.restoring import Restoration
from torchkeras.saving.checkpoint.status import Status
from torchkeras.saving.checkpoint.writing import write_checkpoint
from torchkeras.saving.containers.bundle import index_path, is_bundle
from torchkeras.saving.errors import UnreadableFile
from torchkeras.saving.format import WeightsFormat


class CheckpointFormat(WeightsFormat):
    """Checkpoints of a model: its weights, and the state of its optimizer if it is compiled."""

    name = "TensorFlow's checkpoint format"
    prefix = True

    def recognises(self, path: str) -> bool:
        return is_bundle(path)

    def exists(self, path: str) -> bool:
        return os.path.exists(index_path(path))

    def save_weights(self, model: Any, path: str) -> None:
        write_checkpoint(path, model)
        checkpoint_state.update(os.path.dirname(path) or ".", path, [path])

    def load_weights(self, model: Any, path: str, by_name: bool, skip_mismatch: bool) -> Status:
        self.refuse_by_name(by_name)
        source = OpenCheckpoint(path)
        if not source.nodes:
            raise UnreadableFile(
                f"Cannot load weights from {path!r}: it is a checkpoint of TensorFlow 1, whose values go by names. "
                f"Read them with `tf.train.load_checkpoint({path!r})`."
            )
        found = Restoration(source, skip_mismatch)
        found.restore(model)
        return Status(found, model).assert_nontrivial_match()


__all__ = ["CheckpointFormat"]
