"""tf.data: pipelines of data."""

from torchkeras.tensorflow.data import constructors, experimental, methods
from torchkeras.tensorflow.data.base import AUTOTUNE, INFINITE, UNKNOWN, Dataset, DatasetSpec
from torchkeras.tensorflow.data.files import FixedLengthRecordDataset, TextLineDataset, TFRecordDataset
from torchkeras.tensorflow.data.iterators import Iterator, IteratorSpec, NumpyIterator
from torchkeras.tensorflow.data.options import Options, ThreadingOptions

INFINITE_CARDINALITY, UNKNOWN_CARDINALITY = INFINITE, UNKNOWN

__all__ = [
    "AUTOTUNE", "INFINITE_CARDINALITY", "UNKNOWN_CARDINALITY",
    "Dataset", "DatasetSpec", "FixedLengthRecordDataset", "Iterator", "IteratorSpec", "NumpyIterator", "Options",
    "TFRecordDataset", "TextLineDataset", "ThreadingOptions",
    "experimental",
]  # fmt: skip
