"""tf.types."""

from torchkeras.tensorflow.types import experimental

__all__ = ["experimental"]
