"""tf.profiler."""

from torchkeras.tensorflow.profiler import experimental

__all__ = ["experimental"]
