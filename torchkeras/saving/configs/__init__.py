"""Configs of every Keras as ours, and ours as theirs.

What a Keras calls the settings of a layer is settled where the layer is made (layers/saved_settings.py), so that every
way of reading a config has it. Here are whole models: their graphs, functions in them, and the settings of `compile`.
"""

from torchkeras.saving.configs.changed_meanings import from_keras3
from torchkeras.saving.configs.keras2 import to_keras2
from torchkeras.saving.configs.keras3 import to_keras3
from torchkeras.saving.configs.saved import from_saved, parsed
from torchkeras.saving.configs.training import training_from_saved, training_to_keras2, training_to_keras3

__all__ = [
    "from_keras3",
    "from_saved",
    "parsed",
    "to_keras2",
    "to_keras3",
    "training_from_saved",
    "training_to_keras2",
    "training_to_keras3",
]
