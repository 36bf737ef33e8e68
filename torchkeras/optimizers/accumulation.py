"""Accumulating gradients over several steps before one update (Keras 3)."""

from __future__ import annotations

from typing import Any

import torch

from torchkeras.optimizers.averaging import Averaging
from torchkeras.optimizers.kernels import Rate
from torchkeras.optimizers.plan import Group, Work


class Accumulation(Averaging):
    """The part of an optimizer that accumulates gradients.

    Schedules follow the steps; an algorithm's own count, `iterations` and the averages follow the updates.
    """

    gradient_accumulation_steps: int | None

    def _check_accumulation(self) -> None:
        steps = self.gradient_accumulation_steps
        if steps is not None and not (isinstance(steps, int) and steps >= 2):
            raise ValueError(
                f"`gradient_accumulation_steps` must be an integer >= 2. Received: gradient_accumulation_steps={steps}"
            )

    @property
    def iterations(self) -> Any:
        """How many updates have been made: an int64 Variable on the CPU, or its quotient when gradients accumulate."""
        every = self.gradient_accumulation_steps
        return self._iterations._read() // every if every else self._iterations

    @iterations.setter
    def iterations(self, variable: Any) -> None:
        self._replace_iterations(variable)

    def _apply_accumulated(self, work: Work, rate: float, taken: int) -> None:
        every = self.gradient_accumulation_steps or 1
        sums = [self._state(group, "gradient_accumulator") for group, _ in work]
        for own, (_, grads) in zip(sums, work, strict=True):
            torch._foreach_add_(own, grads)
        if (taken + 1) % every:
            return
        means = [(group, list(torch._foreach_div(own, every))) for own, (group, _) in zip(sums, work, strict=True)]
        update = (taken + 1) // every
        self._run(means, [self._rates(group, rate, update) for group, _ in work])
        self._overwrite(work, update)
        for own in sums:
            torch._foreach_zero_(own)

    def _run(self, work: Work, rates: list[tuple[Rate, ...]]) -> None:
        raise NotImplementedError

    def _rates(self, group: Group, rate: float, step: int) -> tuple[float, ...]:
        raise NotImplementedError
