"""A model into a SavedModel folder."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from typing import Any

from torchkeras.core.folders import written_folder
from torchkeras.records.graph_def import VersionDef
from torchkeras.saving.checkpoint.writing import Collected
from torchkeras.saving.containers.bundle_writer import write_bundle
from torchkeras.saving.keras2 import training
from torchkeras.saving.saved_model import recurrent_states
from torchkeras.saving.saved_model.describing import Descriptions
from torchkeras.saving.saved_model.folder import ASSETS, FINGERPRINT, METADATA, MODEL, VARIABLES
from torchkeras.saving.saved_model.messages import SavedModel
from torchkeras.saving.saved_model.object_graph import ObjectGraph

#: What of a folder belongs to a SavedModel, and is replaced by another.
NAMES = frozenset((MODEL, METADATA, FINGERPRINT, VARIABLES, ASSETS, "assets.extra", "saved_model.json", "model.torch"))
#: The version of TensorFlow whose files these are like, and of its graphs.
_TENSORFLOW, _GRAPHS = "2.15.0", 1645


def save_model(model: Any, path: str, include_optimizer: bool, more: Callable[[str], None] | None = None) -> None:
    """Writes a folder that `load_model` reads, here and in tf.keras.

    Args:
        model: the model.
        path: the folder.
        include_optimizer: whether the settings of `compile` and the optimizer's state are written too.
        more: is given the folder before it takes its place, to add to it.
    """
    settings = training.of_model(model) if include_optimizer and model.compiled else None
    collected = Collected(model, recurrent_states.parts)
    graph = ObjectGraph(collected)
    metadata = graph.described(Descriptions(), settings, json.dumps)
    with written_folder(path, NAMES) as folder:
        for inner in (VARIABLES, ASSETS):
            os.mkdir(os.path.join(folder, inner))
        write_bundle(os.path.join(folder, VARIABLES, VARIABLES), collected.values())
        _write(folder, METADATA, metadata.SerializeToString())
        _write(folder, MODEL, _saved_model(graph).SerializeToString())
        if more is not None:
            more(folder)


def _saved_model(graph: ObjectGraph) -> SavedModel:
    """The file without any graph: what functions compute is TensorFlow's own form, and Keras makes them anew."""
    saved = SavedModel(saved_model_schema_version=1)
    meta = saved.meta_graphs.add()
    meta.meta_info_def.tags.append("serve")
    meta.meta_info_def.tensorflow_version = _TENSORFLOW
    meta.graph_def.versions.CopyFrom(VersionDef(producer=_GRAPHS, min_consumer=12))
    meta.object_graph_def.CopyFrom(graph.saved())
    return saved


def _write(folder: str, name: str, content: bytes) -> None:
    with open(os.path.join(folder, name), "wb") as file:
        file.write(content)


__all__ = ["NAMES", "save_model"]
