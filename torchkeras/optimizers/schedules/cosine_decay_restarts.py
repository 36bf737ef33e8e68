"""CosineDecayRestarts."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from torchkeras.optimizers.schedules.schedule import FormulaSchedule, Number, f32


class CosineDecayRestarts(FormulaSchedule):
    """Half a cosine wave down, again and again, each time longer and from lower.

    Args:
        initial_learning_rate: the rate at step 0.
        first_decay_steps: how many steps the first way down takes.
        t_mul: how many times longer each takes than the one before.
        m_mul: the height each starts from, as a fraction of the one before.
        alpha: the least rate, as a fraction of the initial one.
    """

    def __init__(
        self,
        initial_learning_rate: float,
        first_decay_steps: float,
        t_mul: float = 2.0,
        m_mul: float = 1.0,
        alpha: float = 0.0,
        name: str | None = None,
    ) -> None:
        self.initial_learning_rate, self.first_decay_steps = initial_learning_rate, first_decay_steps
        self._t_mul, self._m_mul, self.alpha, self.name = t_mul, m_mul, alpha, name

    def rate(self, step: Number) -> Number:
        one, longer, alpha = f32(1), f32(self._t_mul), f32(self.alpha)
        passed = step / f32(self.first_decay_steps)  # in units of the first way down
        if longer == one:
            restarts = np.floor(passed)
            passed = passed - restarts
        else:
            restarts = np.floor(np.log(one - passed * (one - longer)) / np.log(longer))
            length = longer**restarts
            passed = (passed - (one - length) / (one - longer)) / length
        cosine = f32(0.5) * f32(self._m_mul) ** restarts * (one + np.cos(f32(math.pi) * passed))
        return f32(self.initial_learning_rate) * ((one - alpha) * cosine + alpha)

    def get_config(self) -> dict[str, Any]:
        return {
            "initial_learning_rate": self.initial_learning_rate,
            "first_decay_steps": self.first_decay_steps,
            "t_mul": self._t_mul,
            "m_mul": self._m_mul,
            "alpha": self.alpha,
            "name": self.name,
        }
