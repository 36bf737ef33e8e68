"""SeedGenerator: other random numbers in each call, the same in each run."""

from __future__ import annotations

import random
from typing import Any

import numpy as np
import torch
from torch import Tensor

from torchkeras.core.mixing import mixed
from torchkeras.core.naming import unique_name
from torchkeras.core.variable import Variable


class SeedGenerator:
    """The seed of random functions that are to give other values in each call.

    Its state is a Variable of two integers, the seed and the number of calls: setting it back repeats the values.

    Args:
        seed: an integer; one drawn from Python's `random` unless given.
        name: 'seed_generator' unless given.

    Example: `rng = keras.random.SeedGenerator(42); keras.random.normal((2, 3), seed=rng)`
    """

    def __init__(self, seed: int | None = None, name: str | None = None, **kwargs: Any) -> None:
        kwargs.pop("backend", None)
        if kwargs:
            raise ValueError(f"Unrecognized keyword arguments: {kwargs}")
        if seed is not None and (isinstance(seed, bool) or not isinstance(seed, (int, np.integer))):
            raise ValueError(f"Argument `seed` must be an integer. Received: seed={seed}")
        self.name = name or unique_name("seed_generator")
        self._initial_seed = None if seed is None else int(seed)
        first = random.randint(1, 10**9) if self._initial_seed is None else self._initial_seed
        # On the CPU: the number of calls is known without asking the device.
        value = torch.tensor([_int64(first), 0], dtype=torch.int64, device="cpu")
        self.state = Variable(value, trainable=False, name="seed_generator_state")

    def next(self, ordered: bool = True) -> Tensor:
        """The present state; the next call gives another."""
        state: Tensor = self.state.parameter
        before = state.clone()
        state.copy_(before + torch.tensor([0, 1], device="cpu") if ordered else (before + 1) * 5387 % 933199)
        return before

    def get_config(self) -> dict[str, Any]:
        return {"seed": self._initial_seed, "name": self.name}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> SeedGenerator:
        return cls(**config)


def _int64(number: int) -> int:
    return (number + 2**63) % 2**64 - 2**63


__all__ = ["SeedGenerator", "mixed"]
