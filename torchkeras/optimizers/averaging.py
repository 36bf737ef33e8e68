"""Moving averages of the variables that are trained (`use_ema`)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import torch

from torchkeras.core.variable import Variable
from torchkeras.optimizers.kernels import copy
from torchkeras.optimizers.plan import Group, Work
from torchkeras.optimizers.slots import Slots


class Averaging(Slots):
    """The part of an optimizer that averages variables over the steps, and puts the averages in their place."""

    use_ema: bool
    ema_momentum: float
    ema_overwrite_frequency: int | None

    def _check_averaging(self) -> None:
        if not self.use_ema:
            return
        if not 0 <= self.ema_momentum <= 1:
            raise ValueError(f"`ema_momentum` must be in the range [0, 1]. Received: ema_momentum={self.ema_momentum}")
        frequency = self.ema_overwrite_frequency
        if frequency and (not isinstance(frequency, int) or frequency < 1):
            raise ValueError(
                f"`ema_overwrite_frequency` must be an integer > 1 or None. "
                f"Received: ema_overwrite_frequency={frequency}"
            )

    def _make_slot(self, variable: Variable, name: str) -> Variable:
        if name == "average":
            return self.add_variable_from_reference(variable, "average", initial_value=variable)
        return super()._make_slot(variable, name)

    def _average(self, group: Group) -> None:
        torch._foreach_lerp_(self._state(group, "average"), group.parameters, 1.0 - self.ema_momentum)

    def _overwrite(self, work: Work, step: int) -> bool:
        """After every `ema_overwrite_frequency` steps: gives the variables the values of their averages."""
        frequency = self.ema_overwrite_frequency
        if not self.use_ema or not frequency or step % frequency:
            return False
        for group, _ in work:
            copy(group.parameters, self._state(group, "average"))
        return True

    def finalize_variable_values(self, var_list: Iterable[Any]) -> None:
        """At the end of training: gives the variables the values of their averages, if there are any."""
        if not self.use_ema:
            return
        averages = self._slots_named("average")
        for variable in self._as_variables(var_list):
            variable.assign(averages[self._get_variable_index(variable)])
