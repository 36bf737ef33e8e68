"""The global seed, and what functions with or without a seed of their own draw from."""

from __future__ import annotations

from typing import Any

import torch

from torchkeras.core import seeds


def set_seed(seed: Any) -> None:
    """Sets the global seed: all random numbers of torch, and of functions that are given a `seed`, begin anew.

    Python's and NumPy's random numbers are their own; `keras.utils.set_random_seed` sets all.
    """
    seeds.restart(int(seed))


def op_generator(kernel: str, seed: Any, like: Any) -> torch.Generator | None:
    """What a function draws from on the device of a tensor; each call goes on where the last with this seed ended."""
    device = like if isinstance(like, torch.device) else like.device
    return seeds.op_generator(kernel, None if seed is None else int(seed), device)


__all__ = ["op_generator", "set_seed"]
