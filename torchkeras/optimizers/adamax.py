"""Adamax."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor

from torchkeras.optimizers.built_in import BuiltIn, Options
from torchkeras.optimizers.kernels import Rate, add_ratio
from torchkeras.optimizers.plan import Group

if TYPE_CHECKING:
    from torchkeras.optimizers.built_in import Unpack


class Adamax(BuiltIn):
    """Adam with the largest recent gradient in place of the root mean square: `u = max(beta_2 * u, |g|)`.

    Args:
        learning_rate: a number, a schedule, or a function without arguments.
        beta_1: how much of the mean of the gradients a step keeps.
        beta_2: how much of the largest a step keeps.
        epsilon: added to the largest.
        name: of the optimizer.
        options: see `Optimizer`.
    """

    slot_attributes = {"m": "_m", "u": "_u"}
    older_slots = {"v": "u"}

    def __init__(
        self,
        learning_rate: Any = 0.001,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        epsilon: float = 1e-7,
        name: str | None = "Adamax",
        **options: Unpack[Options],
    ) -> None:
        super().__init__(learning_rate, name, **options)
        self.beta_1, self.beta_2, self.epsilon = beta_1, beta_2, epsilon

    def _slot_order(self) -> tuple[tuple[str, ...], ...]:
        return (("m", "u"),)

    def _rates(self, group: Group, rate: float, step: int) -> tuple[float, ...]:
        return rate, rate / float(group.left(self.beta_1, step))

    def _update_group(self, group: Group, grads: list[Tensor], rates: tuple[Rate, ...]) -> None:
        means, largest = self._state(group, "m"), self._state(group, "u")
        torch._foreach_lerp_(means, grads, 1.0 - self.beta_1)
        torch._foreach_mul_(largest, self.beta_2)
        torch._foreach_maximum_(largest, torch._foreach_abs(grads))
        add_ratio(group.parameters, means, torch._foreach_add(largest, self.epsilon), -rates[1])

    def get_config(self) -> dict[str, Any]:
        return super().get_config() | {"beta_1": self.beta_1, "beta_2": self.beta_2, "epsilon": self.epsilon}
