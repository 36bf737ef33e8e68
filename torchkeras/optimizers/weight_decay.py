"""Decoupled weight decay: each step takes `weight_decay * learning_rate` of a variable's value away."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

import torch

from torchkeras.optimizers.kernels import Rate, add_scaled
from torchkeras.optimizers.plan import Group
from torchkeras.optimizers.state import State


class WeightDecay(State):
    """The part of an optimizer that decays weights."""

    weight_decay: float | None
    _excluded: tuple[Any, ...] = ()
    _excluded_names: tuple[str, ...] = ()

    def exclude_from_weight_decay(
        self, var_list: Iterable[Any] | None = None, var_names: Iterable[str] | None = None
    ) -> None:
        """Leaves variables out of the weight decay; to be called before the optimizer is built.

        Args:
            var_list: these variables.
            var_names: those in whose name one of these patterns is found.
        """
        if self._trainable_variables:
            raise ValueError("`exclude_from_weight_decay()` can only be configured before the optimizer is built.")
        self._excluded = tuple(self._as_variables(var_list or ()))
        self._excluded_names = tuple(var_names or ())

    def _use_weight_decay(self, variable: Any) -> bool:
        if any(one is variable or one.parameter is variable.parameter for one in self._excluded):
            return False
        return not any(re.search(pattern, variable.name) for pattern in self._excluded_names)

    def _decay(self, group: Group, rate: Rate) -> None:
        decay = self.weight_decay
        if decay and group.decayed:
            # Not a multiplication by 1 - decay * rate, which in float32 rounds the same way at every step.
            add_scaled(group.decayed, group.decayed, rate * -decay)

    def _apply_weight_decay(self, variables: Iterable[Any]) -> None:
        """Decays these variables by the rate of the next step."""
        rate = self._rate_at(int(self._iterations))
        with torch.no_grad():
            for variable in variables:
                if self.weight_decay and self._use_weight_decay(variable):
                    variable.parameter.add_(variable.parameter, alpha=-self.weight_decay * rate)
