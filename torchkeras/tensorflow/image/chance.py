"""What random changes of images draw from: the stream of a seed, or a stateless seed of two integers."""

from __future__ import annotations

from typing import Any

import torch

from torchkeras.tensorflow.random.stateless import generator_of
from torchkeras.tensorflow.random.streams import op_generator

_CPU = torch.device("cpu")


class Chance:
    """Numbers for one call. They are drawn on the CPU: what to do with an image is decided there.

    Args:
        what: the function's name; each has streams of its own.
        seed: a number or None, or two integers where `stateless`.
        stateless: whether the numbers are to depend on the seed alone.
    """

    def __init__(self, what: str, seed: Any, stateless: bool = False) -> None:
        self._source = generator_of(seed, _CPU) if stateless else op_generator(what, seed, _CPU)

    def uniform(self, low: float, high: float) -> float:
        """A number from `low` to, without, `high`."""
        drawn = torch.empty((), dtype=torch.float64).uniform_(generator=self._source).item()
        return low + drawn * (high - low)

    def uniforms(self, count: int) -> torch.Tensor:
        """So many numbers between 0 and 1."""
        return torch.empty(count).uniform_(generator=self._source)

    def integer(self, high: int) -> int:
        """A number from 0 to, without, `high`."""
        return int(torch.empty((), dtype=torch.int64).random_(0, max(high, 1), generator=self._source).item())
