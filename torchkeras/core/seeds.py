"""Random numbers: torch's own generator by default, a generator per object where a seed is given."""

from __future__ import annotations

import random

import numpy as np
import torch


def generator(seed: int | None) -> torch.Generator | None:
    """A CPU generator that starts at `seed`; None (torch's global generator) without one."""
    if seed is None:
        return None
    made = torch.Generator()
    made.manual_seed(int(seed))
    return made


def set_random_seed(seed: int) -> None:
    """Seeds Python's, NumPy's and torch's random numbers at once."""
    if not isinstance(seed, (int, np.integer)):
        raise ValueError(f"Expected `seed` to be an integer. Received: seed={seed!r} of type {type(seed).__name__}")
    random.seed(int(seed))
    np.random.seed(int(seed) % 2**32)
    torch.manual_seed(int(seed))
