"""tf.function: functions that convert their arguments, check their signature and know what they were called with."""

from torchkeras.tensorflow.tracing.concrete import ConcreteFunction
from torchkeras.tensorflow.tracing.function import Function, function

__all__ = ["ConcreteFunction", "Function", "function"]
