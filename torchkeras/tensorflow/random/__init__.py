"""tf.random: torch's random numbers under TensorFlow's names and rules of seeds."""

from typing import NoReturn

from torchkeras.tensorflow.missing_names import refuse
from torchkeras.tensorflow.random import experimental
from torchkeras.tensorflow.random.generator import (
    Algorithm,
    Generator,
    create_rng_state,
    get_global_generator,
    set_global_generator,
)
from torchkeras.tensorflow.random.stateful import (
    categorical,
    gamma,
    normal,
    poisson,
    shuffle,
    truncated_normal,
    uniform,
)
from torchkeras.tensorflow.random.stateless import (
    fold_in,
    split,
    stateless_binomial,
    stateless_categorical,
    stateless_gamma,
    stateless_normal,
    stateless_parameterized_truncated_normal,
    stateless_poisson,
    stateless_truncated_normal,
    stateless_uniform,
)
from torchkeras.tensorflow.random.streams import set_seed

__all__ = [
    "Algorithm", "Generator", "categorical", "create_rng_state", "experimental", "fold_in", "gamma",
    "get_global_generator", "normal", "poisson", "set_global_generator", "set_seed", "shuffle", "split",
    "stateless_binomial", "stateless_categorical", "stateless_gamma", "stateless_normal",
    "stateless_parameterized_truncated_normal", "stateless_poisson", "stateless_truncated_normal", "stateless_uniform",
    "truncated_normal", "uniform",
]  # fmt: skip

_SAMPLER = "Draw the classes with tf.random.uniform or tf.random.categorical."
_INSTEAD = dict.fromkeys(
    ("all_candidate_sampler", "fixed_unigram_candidate_sampler", "learned_unigram_candidate_sampler",
     "log_uniform_candidate_sampler", "uniform_candidate_sampler"), _SAMPLER
)  # fmt: skip


def __getattr__(name: str) -> NoReturn:
    refuse("random", name, _INSTEAD, __all__)
