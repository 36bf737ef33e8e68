"""tf.random.experimental."""

from torchkeras.tensorflow.random.generator import (
    Algorithm,
    Generator,
    create_rng_state,
    get_global_generator,
    set_global_generator,
)
from torchkeras.tensorflow.random.stateless import fold_in as stateless_fold_in
from torchkeras.tensorflow.random.stateless import index_shuffle, stateless_shuffle
from torchkeras.tensorflow.random.stateless import split as stateless_split

__all__ = [
    "Algorithm", "Generator", "create_rng_state", "get_global_generator", "index_shuffle", "set_global_generator",
    "stateless_fold_in", "stateless_shuffle", "stateless_split",
]  # fmt: skip
