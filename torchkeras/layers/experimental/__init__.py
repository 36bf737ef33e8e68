"""keras.layers.experimental: older names of layers that have moved since."""

from torchkeras.layers.core import EinsumDense
from torchkeras.layers.experimental import preprocessing
from torchkeras.layers.normalization import SyncBatchNormalization

__all__ = ["EinsumDense", "SyncBatchNormalization", "preprocessing"]
