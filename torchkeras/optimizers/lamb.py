"""Lamb."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor

from torchkeras.optimizers.built_in import BuiltIn, Options
from torchkeras.optimizers.kernels import Rate, add_scaled, add_square
from torchkeras.optimizers.plan import Group

if TYPE_CHECKING:
    from torchkeras.optimizers.built_in import Unpack


class Lamb(BuiltIn):
    """Adam for large batches: the step of each variable is as long, next to the rate, as the variable itself (Keras 3).

    `u = m / (1 - beta_1^t) / (sqrt(v / (1 - beta_2^t)) + epsilon)`, then `w -= rate * |w| / |u| * u`.

    Args:
        learning_rate: a number, a schedule, or a function without arguments.
        beta_1: how much of the mean of the gradients a step keeps.
        beta_2: how much of the mean of their squares a step keeps.
        epsilon: added to the root.
        name: of the optimizer.
        options: see `Optimizer`.
    """

    by_value = False
    slot_attributes = {"m": "_momentums", "v": "_velocities"}

    def __init__(
        self,
        learning_rate: Any = 0.001,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        epsilon: float = 1e-7,
        name: str | None = "Lamb",
        **options: Unpack[Options],
    ) -> None:
        super().__init__(learning_rate, name, **options)
        self.beta_1, self.beta_2, self.epsilon = beta_1, beta_2, epsilon

    def _slot_order(self) -> tuple[tuple[str, ...], ...]:
        return (("m", "v"),)

    def _rates(self, group: Group, rate: float, step: int) -> tuple[float, ...]:
        return rate, 1.0 / float(group.left(self.beta_1, step)), 1.0 / float(group.left(self.beta_2, step))

    def _update_group(self, group: Group, grads: list[Tensor], rates: tuple[Rate, ...]) -> None:
        rate, first_correction, second_correction = rates
        first, second = self._state(group, "m"), self._state(group, "v")
        torch._foreach_lerp_(first, grads, 1.0 - self.beta_1)
        add_square(second, grads, self.beta_2)
        roots = torch._foreach_mul(second, second_correction)
        torch._foreach_sqrt_(roots)
        torch._foreach_add_(roots, self.epsilon)
        updates = torch._foreach_mul(first, first_correction)
        torch._foreach_div_(updates, roots)
        ratios = _ratios(torch._foreach_norm(group.parameters), torch._foreach_norm(updates))
        for update, ratio in zip(updates, ratios, strict=True):
            update.mul_(ratio)
        add_scaled(group.parameters, updates, -rate)

    def get_config(self) -> dict[str, Any]:
        return super().get_config() | {"beta_1": self.beta_1, "beta_2": self.beta_2, "epsilon": self.epsilon}


def _ratios(weights: tuple[Tensor, ...], updates: tuple[Tensor, ...]) -> tuple[Tensor, ...]:
    """The norm of each variable by that of its update, or 1 where either is 0."""
    above, below = torch.stack(weights), torch.stack(updates)
    return torch.where((above > 0) & (below > 0), above / below, 1.0).unbind()
