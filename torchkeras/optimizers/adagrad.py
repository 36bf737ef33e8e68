"""Adagrad."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor

from torchkeras.core.variable import Variable
from torchkeras.optimizers.built_in import BuiltIn, Options, slot_like
from torchkeras.optimizers.kernels import Rate, add_ratio
from torchkeras.optimizers.plan import Group

if TYPE_CHECKING:
    from torchkeras.optimizers.built_in import Unpack


class Adagrad(BuiltIn):
    """Divides gradients by the root of the sum of all squares so far: `w -= rate * g / sqrt(sum(g²) + epsilon)`.

    Args:
        learning_rate: a number, a schedule, or a function without arguments.
        initial_accumulator_value: where the sum starts.
        epsilon: added under the root.
        name: of the optimizer.
        options: see `Optimizer`.
    """

    slot_attributes = {"accumulator": "_accumulators"}

    def __init__(
        self,
        learning_rate: Any = 0.001,
        initial_accumulator_value: float = 0.1,
        epsilon: float = 1e-7,
        name: str | None = "Adagrad",
        **options: Unpack[Options],
    ) -> None:
        super().__init__(learning_rate, name, **options)
        self.initial_accumulator_value, self.epsilon = initial_accumulator_value, epsilon

    def _slot_order(self) -> tuple[tuple[str, ...], ...]:
        return (("accumulator",),)

    def _make_slot(self, variable: Variable, name: str) -> Variable:
        if name == "accumulator":
            return slot_like(self, variable, name, self.initial_accumulator_value)
        return super()._make_slot(variable, name)

    def _update_group(self, group: Group, grads: list[Tensor], rates: tuple[Rate, ...]) -> None:
        sums = self._state(group, "accumulator")
        torch._foreach_addcmul_(sums, grads, grads)
        roots = torch._foreach_add(sums, self.epsilon)
        torch._foreach_sqrt_(roots)
        add_ratio(group.parameters, grads, roots, -rates[0])

    def get_config(self) -> dict[str, Any]:
        return super().get_config() | {
            "initial_accumulator_value": self.initial_accumulator_value,
            "epsilon": self.epsilon,
        }
