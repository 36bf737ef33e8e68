"""tf.lookup: tables from keys to values."""

from torchkeras.tensorflow.lookup import experimental
from torchkeras.tensorflow.lookup.initializers import KeyValueTensorInitializer, TextFileIndex, TextFileInitializer
from torchkeras.tensorflow.lookup.static import StaticHashTable, StaticVocabularyTable

__all__ = [
    "KeyValueTensorInitializer",
    "StaticHashTable",
    "StaticVocabularyTable",
    "TextFileIndex",
    "TextFileInitializer",
    "experimental",
]
