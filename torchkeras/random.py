"""keras.random: random tensors, and generators of seeds for them."""

from torchkeras.core.registry import Family
from torchkeras.ops.random import (
    SeedGenerator,
    beta,
    binomial,
    categorical,
    dropout,
    gamma,
    normal,
    randint,
    shuffle,
    truncated_normal,
    uniform,
)

__all__ = [
    "SeedGenerator", "beta", "binomial", "categorical", "dropout", "gamma", "normal", "randint", "shuffle",
    "truncated_normal", "uniform",
]  # fmt: skip

#: Where a recorded function is found again when a model is loaded; in configs they bear their family's name.
FAMILY = Family(
    "random function",
    "keras.random",
    {name: value for name, value in globals().items() if name in __all__ and value is not SeedGenerator},
)
FAMILY.names = {value: f"random.{name}" for value, name in FAMILY.names.items()}
