"""tf.autodiff: derivatives backward and forward."""

from torchkeras.tensorflow.forward_accumulator import ForwardAccumulator
from torchkeras.tensorflow.tape import GradientTape

__all__ = ["ForwardAccumulator", "GradientTape"]
