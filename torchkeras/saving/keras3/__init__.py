"""Keras 3's formats: `.keras` archives of whole models, `.weights.h5`; those of tf_keras too. The README says why."""

from torchkeras.saving.keras3.archive_format import KerasFolder, KerasFormat
from torchkeras.saving.keras3.file_editor import KerasFileEditor
from torchkeras.saving.keras3.shards import ShardedWeights
from torchkeras.saving.keras3.weights_format import Keras3Weights

__all__ = ["Keras3Weights", "KerasFileEditor", "KerasFolder", "KerasFormat", "ShardedWeights"]
