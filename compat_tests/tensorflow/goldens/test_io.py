"""tf.io and tf.audio against what TensorFlow gave."""

from compat_tests.tensorflow.goldens.runner import checks_of
from torchkeras import tensorflow as tf  # noqa: F401 - the mark of a module whose tests use the namespace

locals().update(checks_of("io"))
