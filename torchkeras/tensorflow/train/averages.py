"""tf.train.ExponentialMovingAverage."""

from __future__ import annotations

from typing import Any

import torch

from torchkeras.core.variable import Variable


class ExponentialMovingAverage:
    """Averages of variables that forget what was long ago: average = decay * average + (1 - decay) * value.

    Args:
        decay: how much of the average is kept each time.
        num_updates: how often there were updates, to begin with a smaller decay: (1 + n) / (10 + n).
        zero_debias: accepted for averages of variables, which start at their values.
    """

    def __init__(
        self, decay: float, num_updates: Any = None, zero_debias: bool = False, name: str = "ExponentialMovingAverage"
    ) -> None:
        self._decay, self._num_updates, self._name = decay, num_updates, name
        self._averages: dict[int, tuple[Variable, Variable]] = {}

    @property
    def name(self) -> str:
        return self._name

    def apply(self, var_list: Any = None) -> None:
        """Takes the variables' present values into the averages."""
        if not var_list:
            raise ValueError("Give the variables to `apply`: there is no list of all variables.")
        decay = self._decay
        if self._num_updates is not None:
            updates = float(self._num_updates)
            decay = min(decay, (1.0 + updates) / (10.0 + updates))
        for variable in var_list:
            if not isinstance(variable, Variable):
                raise TypeError(f"ExponentialMovingAverage takes tf.Variables. Received: {variable!r}")
            known = self._averages.get(id(variable))
            if known is None:
                made = Variable(variable.value(), trainable=False, name=self.average_name(variable))
                self._averages[id(variable)] = known = (variable, made)
            with torch.no_grad():
                average = known[1]
                average.assign_sub((average._read() - variable._read()) * (1.0 - decay))

    def average(self, var: Variable) -> Variable | None:
        """The average of a variable, None where there is none."""
        known = self._averages.get(id(var))
        return None if known is None else known[1]

    def average_name(self, var: Variable) -> str:
        """The name of a variable's average."""
        return f"{var.name.partition(':')[0]}/{self._name}"

    def _held_variables(self) -> list[Variable]:
        return [average for _, average in self._averages.values()]

    def _checkpoint_children(self) -> dict[str, Any]:
        return {"_variables": self._held_variables()}


__all__ = ["ExponentialMovingAverage"]
