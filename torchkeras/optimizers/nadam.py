"""Nadam."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch import Tensor

from torchkeras.optimizers.built_in import BuiltIn, Options
from torchkeras.optimizers.kernels import Rate, add_ratio, add_square
from torchkeras.optimizers.plan import Group

if TYPE_CHECKING:
    from torchkeras.optimizers.built_in import Unpack


class Nadam(BuiltIn):
    """Adam with Nesterov momentum, whose momentum grows with the steps: `u(t) = beta_1 * (1 - 0.5 * 0.96^t)`.

    Args:
        learning_rate: a number, a schedule, or a function without arguments.
        beta_1: what the momentum grows to.
        beta_2: how much of the mean of the squares a step keeps.
        epsilon: added to the root.
        name: of the optimizer.
        options: see `Optimizer`.
    """

    slot_attributes = {"m": "_momentums", "v": "_velocities"}

    def __init__(
        self,
        learning_rate: Any = 0.001,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        epsilon: float = 1e-7,
        name: str | None = "Nadam",
        **options: Unpack[Options],
    ) -> None:
        super().__init__(learning_rate, name, **options)
        self.beta_1, self.beta_2, self.epsilon = beta_1, beta_2, epsilon
        # The product of all momenta up to a step, and that step.
        self._product, self._product_step = 1.0, 0

    def _slot_order(self) -> tuple[tuple[str, ...], ...]:
        return (("m", "v"),)

    def _momentum(self, step: int) -> float:
        return self.beta_1 * (1.0 - 0.5 * 0.96**step)

    def _product_to(self, step: int) -> float:
        if self._product_step > step:
            self._product, self._product_step = 1.0, 0
        while self._product_step < step:
            if self._product < 1e-30:  # it no longer matters
                self._product_step = step
                break
            self._product_step += 1
            self._product *= self._momentum(self._product_step)
        return self._product

    def _rates(self, group: Group, rate: float, step: int) -> tuple[float, ...]:
        product, now, following = self._product_to(step), self._momentum(step), self._momentum(step + 1)
        root = math.sqrt(group.left(self.beta_2, step))
        return rate, rate * following / (1.0 - product * following), rate * (1.0 - now) / (1.0 - product), 1.0 / root

    def _update_group(self, group: Group, grads: list[Tensor], rates: tuple[Rate, ...]) -> None:
        parameters, (_, of_mean, of_gradient, scale) = group.parameters, rates
        means, squares = self._state(group, "m"), self._state(group, "v")
        torch._foreach_lerp_(means, grads, 1.0 - self.beta_1)
        add_square(squares, grads, float(np.float32(self.beta_2)))  # as Keras rounds it, here alone
        roots = torch._foreach_sqrt(squares)
        torch._foreach_mul_(roots, scale)
        torch._foreach_add_(roots, self.epsilon)
        add_ratio(parameters, means, roots, -of_mean)
        add_ratio(parameters, grads, roots, -of_gradient)

    def get_config(self) -> dict[str, Any]:
        return super().get_config() | {"beta_1": self.beta_1, "beta_2": self.beta_2, "epsilon": self.epsilon}
