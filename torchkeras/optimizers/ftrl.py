"""Ftrl."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor

from torchkeras.core.variable import Variable
from torchkeras.optimizers.built_in import BuiltIn, Options, slot_like
from torchkeras.optimizers.kernels import Rate, add_scaled, copy
from torchkeras.optimizers.plan import Group

if TYPE_CHECKING:
    from torchkeras.optimizers.built_in import Unpack


class Ftrl(BuiltIn):
    """ "Follow the regularized leader": made for large sparse linear models, where L1 makes weights exactly 0.

    Args:
        learning_rate: a number, a schedule, or a function without arguments.
        learning_rate_power: how the rate falls with the squares seen; 0 for not at all.
        initial_accumulator_value: where the sum of squares starts.
        l1_regularization_strength: of the L1 penalty.
        l2_regularization_strength: of the L2 penalty.
        l2_shrinkage_regularization_strength: of an L2 penalty on the gradient alone.
        beta: added to the root of the sum of squares.
        name: of the optimizer.
        options: see `Optimizer`.
    """

    slot_attributes = {"accumulator": "_accumulators", "linear": "_linears"}

    def __init__(
        self,
        learning_rate: Any = 0.001,
        learning_rate_power: float = -0.5,
        initial_accumulator_value: float = 0.1,
        l1_regularization_strength: float = 0.0,
        l2_regularization_strength: float = 0.0,
        l2_shrinkage_regularization_strength: float = 0.0,
        beta: float = 0.0,
        name: str | None = "Ftrl",
        **options: Unpack[Options],
    ) -> None:
        super().__init__(learning_rate, name, **options)
        if learning_rate_power > 0:
            raise ValueError(
                f"`learning_rate_power` needs to be negative or zero. "
                f"Received: learning_rate_power={learning_rate_power}."
            )
        strengths = {
            "initial_accumulator_value": initial_accumulator_value,
            "l1_regularization_strength": l1_regularization_strength,
            "l2_regularization_strength": l2_regularization_strength,
            "l2_shrinkage_regularization_strength": l2_shrinkage_regularization_strength,
        }
        for setting, value in strengths.items():
            if value < 0:
                raise ValueError(f"`{setting}` needs to be positive or zero. Received: {setting}={value}.")
        self.learning_rate_power, self.beta = learning_rate_power, beta
        self.initial_accumulator_value = initial_accumulator_value
        self.l1_regularization_strength = l1_regularization_strength
        self.l2_regularization_strength = l2_regularization_strength
        self.l2_shrinkage_regularization_strength = l2_shrinkage_regularization_strength

    def _slot_order(self) -> tuple[tuple[str, ...], ...]:
        return (("accumulator", "linear"),)

    def _make_slot(self, variable: Variable, name: str) -> Variable:
        if name == "accumulator":
            return slot_like(self, variable, name, self.initial_accumulator_value)
        return super()._make_slot(variable, name)

    def _rates(self, group: Group, rate: float, step: int) -> tuple[float, ...]:
        # The formulas divide by the rate. At 0 all is infinite, as in Keras.
        return rate, 1.0 / rate if rate else float("inf")

    def _update_group(self, group: Group, grads: list[Tensor], rates: tuple[Rate, ...]) -> None:
        parameters, inverse, power = group.parameters, rates[1], -self.learning_rate_power
        sums, linears = self._state(group, "accumulator"), self._state(group, "linear")
        before = torch._foreach_pow(sums, power)
        torch._foreach_addcmul_(sums, grads, grads)
        roots = torch._foreach_pow(sums, power)

        torch._foreach_add_(linears, grads)
        if self.l2_shrinkage_regularization_strength:
            torch._foreach_add_(linears, parameters, alpha=2.0 * self.l2_shrinkage_regularization_strength)
        growth = torch._foreach_sub(roots, before)
        torch._foreach_mul_(growth, parameters)
        add_scaled(linears, growth, -inverse)

        torch._foreach_add_(roots, self.beta)
        torch._foreach_mul_(roots, inverse)
        torch._foreach_add_(roots, 2.0 * self.l2_regularization_strength)
        strength = self.l1_regularization_strength
        found = torch._foreach_clamp_min(linears, -strength)
        torch._foreach_clamp_max_(found, strength)
        torch._foreach_sub_(found, linears)
        torch._foreach_div_(found, roots)
        copy(parameters, found)

    def get_config(self) -> dict[str, Any]:
        return super().get_config() | {
            "learning_rate_power": self.learning_rate_power,
            "initial_accumulator_value": self.initial_accumulator_value,
            "l1_regularization_strength": self.l1_regularization_strength,
            "l2_regularization_strength": self.l2_regularization_strength,
            "l2_shrinkage_regularization_strength": self.l2_shrinkage_regularization_strength,
            "beta": self.beta,
        }
