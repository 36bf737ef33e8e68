"""Projector: embeddings as files for TensorBoard's projector."""

from __future__ import annotations

import os
from typing import Any

import numpy as np

from torchkeras.layers import Embedding
from torchkeras.records.fields import RepeatedSub, Single
from torchkeras.records.kinds import STRING
from torchkeras.records.message import Message


class EmbeddingInfo(Message):
    """One embedding: its name, and the files of its vectors and of their labels."""

    __slots__ = ()
    tensor_name = Single(1, STRING)
    metadata_path = Single(2, STRING)
    tensor_path = Single(5, STRING)


class ProjectorConfig(Message):
    """What `projector_config.pbtxt` holds."""

    __slots__ = ()
    embeddings = RepeatedSub(2, EmbeddingInfo)


class Projector:
    """Writes the vectors of a model's Embedding layers, as tables that need no TensorFlow to be read.

    Args:
        log_dir: the folder.
        model: the model, whose own layers are looked through.
        labels: the file of labels for all embeddings, or one for each by the layer's name; taken from the folder.
    """

    def __init__(self, log_dir: str, model: Any, labels: Any) -> None:
        self._log_dir = log_dir
        self._layers = [layer for layer in model.layers if isinstance(layer, Embedding)]
        self._labels = labels
        unknown = set(labels or ()) - {layer.name for layer in self._layers} if isinstance(labels, dict) else set()
        if unknown:
            raise ValueError(
                f"Unrecognized `Embedding` layer names passed to `keras.callbacks.TensorBoard` `embeddings_metadata` "
                f"argument: {unknown}. The model's are {[layer.name for layer in self._layers]}."
            )

    def write(self, epoch: int) -> None:
        """Writes the vectors as they are after an epoch; the projector shows the latest."""
        config = ProjectorConfig()
        for layer in self._layers:
            path = os.path.join("train", f"keras_embedding-{epoch}", f"{layer.name.replace('/', '_')}.tsv")
            target = os.path.join(self._log_dir, path)
            os.makedirs(os.path.dirname(target), exist_ok=True)
            np.savetxt(target, np.asarray(layer.embeddings.numpy()), "%.9g", delimiter="\t")
            labels = self._labels.get(layer.name) if isinstance(self._labels, dict) else self._labels
            config.embeddings.add(
                tensor_name=f"{layer.name}/embeddings", metadata_path=labels and os.fspath(labels), tensor_path=path
            )
        with open(os.path.join(self._log_dir, "projector_config.pbtxt"), "w", encoding="utf-8") as file:
            file.write(str(config))
