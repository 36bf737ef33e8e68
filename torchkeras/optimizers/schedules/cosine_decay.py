"""CosineDecay."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from torchkeras.optimizers.schedules.schedule import FormulaSchedule, Number, f32


class CosineDecay(FormulaSchedule):
    """Half a cosine wave from the initial rate down to `alpha` times it, after an optional straight way up.

    Args:
        initial_learning_rate: the rate at step 0.
        decay_steps: how many steps the way down takes.
        alpha: the rate at its end, as a fraction of the rate at its start.
        warmup_target: the rate to rise to first; None for no warm-up.
        warmup_steps: how many steps the rise takes.
    """

    def __init__(
        self,
        initial_learning_rate: float,
        decay_steps: float,
        alpha: float = 0.0,
        name: str | None = None,
        warmup_target: float | None = None,
        warmup_steps: float = 0,
    ) -> None:
        self.initial_learning_rate, self.decay_steps, self.alpha = initial_learning_rate, decay_steps, alpha
        self.name, self.warmup_target, self.warmup_steps = name, warmup_target, warmup_steps

    def rate(self, step: Number) -> Number:
        initial, length = f32(self.initial_learning_rate), f32(self.decay_steps)
        if self.warmup_target is None:
            return self._fall(np.minimum(step, length), length, initial)
        target, warmup = f32(self.warmup_target), f32(self.warmup_steps)
        step = np.minimum(step, length + warmup)
        rising = (target - initial) * (step / warmup) + initial
        return np.where(step < warmup, rising, self._fall(step - warmup, length, target))

    def _fall(self, step: Number, length: np.float32, start: np.float32) -> Number:
        cosine = f32(0.5) * (f32(1) + np.cos(f32(math.pi) * (step / length)))
        return start * (f32(1 - self.alpha) * cosine + f32(self.alpha))

    def get_config(self) -> dict[str, Any]:
        return {
            "initial_learning_rate": self.initial_learning_rate,
            "decay_steps": self.decay_steps,
            "alpha": self.alpha,
            "name": self.name,
            "warmup_target": self.warmup_target,
            "warmup_steps": self.warmup_steps,
        }
