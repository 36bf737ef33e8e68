"""PolynomialDecay."""

from __future__ import annotations

from typing import Any

import numpy as np

from torchkeras.optimizers.schedules.schedule import FormulaSchedule, Number, f32


class PolynomialDecay(FormulaSchedule):
    """`(initial - end) * (1 - step / decay_steps) ** power + end`, for `decay_steps` steps; then `end_learning_rate`.

    Args:
        initial_learning_rate: the rate at step 0.
        decay_steps: how many steps the way down takes.
        end_learning_rate: the rate at its end.
        power: of the polynomial; 1 is a straight line.
        cycle: whether to start again, with a way down that is longer by `decay_steps`, not to stay at the end.
    """

    def __init__(
        self,
        initial_learning_rate: float,
        decay_steps: float,
        end_learning_rate: float = 0.0001,
        power: float = 1.0,
        cycle: bool = False,
        name: str | None = None,
    ) -> None:
        self.initial_learning_rate, self.decay_steps = initial_learning_rate, decay_steps
        self.end_learning_rate, self.power, self.cycle, self.name = end_learning_rate, power, cycle, name

    def rate(self, step: Number) -> Number:
        length: Number = f32(self.decay_steps)
        end = f32(self.end_learning_rate)
        if self.cycle:
            length = length * np.where(step == 0, f32(1), np.ceil(step / length))
        else:
            step = np.minimum(step, length)
        left = f32(1) - step / length
        return (f32(self.initial_learning_rate) - end) * left ** f32(self.power) + end

    def get_config(self) -> dict[str, Any]:
        return {
            "initial_learning_rate": self.initial_learning_rate,
            "decay_steps": self.decay_steps,
            "end_learning_rate": self.end_learning_rate,
            "power": self.power,
            "cycle": self.cycle,
            "name": self.name,
        }
