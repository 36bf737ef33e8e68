"""InverseTimeDecay."""

from __future__ import annotations

from typing import Any

import numpy as np

from torchkeras.optimizers.schedules.schedule import FormulaSchedule, Number, f32


class InverseTimeDecay(FormulaSchedule):
    """`initial_learning_rate / (1 + decay_rate * step / decay_steps)`.

    Args:
        initial_learning_rate: the rate at step 0.
        decay_steps: how many steps one decay takes.
        decay_rate: how strong it is.
        staircase: whether to decay at once after every `decay_steps` steps, not gradually.
    """

    def __init__(
        self,
        initial_learning_rate: float,
        decay_steps: float,
        decay_rate: float,
        staircase: bool = False,
        name: str | None = None,
    ) -> None:
        self.initial_learning_rate, self.decay_steps, self.decay_rate = initial_learning_rate, decay_steps, decay_rate
        self.staircase, self.name = staircase, name

    def rate(self, step: Number) -> Number:
        periods = step / f32(self.decay_steps)
        if self.staircase:
            periods = np.floor(periods)
        return f32(self.initial_learning_rate) / (f32(1) + f32(self.decay_rate) * periods)

    def get_config(self) -> dict[str, Any]:
        return {
            "initial_learning_rate": self.initial_learning_rate,
            "decay_steps": self.decay_steps,
            "decay_rate": self.decay_rate,
            "staircase": self.staircase,
            "name": self.name,
        }
