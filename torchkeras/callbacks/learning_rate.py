"""Reading and setting the learning rate of an optimizer, ours or torch's."""

from __future__ import annotations

from typing import Any

import numpy as np
from torch import Tensor

_NAMES = ("learning_rate", "lr")


def rate_of(optimizer: Any) -> np.float32:
    """The present rate as Keras keeps it, in 32 bits: what History and CSV files get."""
    for name in _NAMES:
        if hasattr(optimizer, name):
            rate = getattr(optimizer, name)
            if callable(rate):  # a schedule
                rate = rate(optimizer.iterations)
            return np.float32(float(rate))
    if getattr(optimizer, "param_groups", None):  # torch's
        return np.float32(float(optimizer.param_groups[0]["lr"]))
    raise ValueError('Optimizer must have a "lr" attribute.')


def set_rate(optimizer: Any, rate: float) -> None:
    """Sets the rate; the parameter groups of a torch optimizer keep the ratios between their rates."""
    for name in _NAMES:
        if hasattr(optimizer, name):
            setattr(optimizer, name, rate)
            return
    first = float(rate_of(optimizer))
    for group in optimizer.param_groups:
        new = rate * float(group["lr"]) / first if first else rate
        if isinstance(group["lr"], Tensor):
            group["lr"].fill_(new)
        else:
            group["lr"] = new
