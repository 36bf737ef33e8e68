"""Adam."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor

from torchkeras.optimizers.built_in import BuiltIn, Options
from torchkeras.optimizers.kernels import Rate, add_ratio, add_square, far_steps, fused_adam
from torchkeras.optimizers.plan import Group

if TYPE_CHECKING:
    from torchkeras.optimizers.built_in import Unpack


class Adam(BuiltIn):
    """Adam: means of the gradients and of their squares, corrected for having started at 0.

    `w -= rate * sqrt(1 - beta_2^t) / (1 - beta_1^t) * m / (sqrt(v) + epsilon)`: epsilon is outside the correction.
    torch's Adam has it inside.

    Args:
        learning_rate: a number, a schedule, or a function without arguments.
        beta_1: how much of the mean of the gradients a step keeps.
        beta_2: how much of the mean of their squares a step keeps.
        epsilon: added to the root.
        amsgrad: whether to divide by the largest mean so far.
        adaptive_epsilon: whether to correct epsilon too.
        name: of the optimizer.
        options: see `Optimizer`.

    Example: `model.compile(optimizer=keras.optimizers.Adam(1e-3), loss="mse")`
    """

    kernel = "adam"
    slot_attributes = {"m": "_momentums", "v": "_velocities", "vhat": "_velocity_hats"}

    def __init__(
        self,
        learning_rate: Any = 0.001,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        epsilon: float = 1e-7,
        amsgrad: bool = False,
        name: str | None = "Adam",
        *,
        adaptive_epsilon: bool = False,
        **options: Unpack[Options],
    ) -> None:
        super().__init__(learning_rate, name, **options)
        self.beta_1, self.beta_2, self.epsilon = beta_1, beta_2, epsilon
        self.amsgrad, self.adaptive_epsilon = amsgrad, adaptive_epsilon

    def _slot_order(self) -> tuple[tuple[str, ...], ...]:
        return (("m", "v"), ("vhat",)) if self.amsgrad else (("m", "v"),)

    def _rates(self, group: Group, rate: float, step: int) -> tuple[float, ...]:
        first = float(group.left(self.beta_1, step))
        second = math.sqrt(group.left(self.beta_2, step))
        corrected = (rate, rate * second / first)
        return (*corrected, self.epsilon * second) if self.adaptive_epsilon else corrected

    def _get_ready(self, group: Group) -> None:
        super()._get_ready(group)
        self._far(group)

    def _far(self, group: Group) -> list[Tensor]:
        found = group.states.get("far")
        if found is None:
            found = group.states["far"] = far_steps(group.device, len(group.parameters))
        return found

    def _update_group(self, group: Group, grads: list[Tensor], rates: tuple[Rate, ...]) -> None:
        parameters, rate = group.parameters, rates[1]
        epsilon = rates[2] if self.adaptive_epsilon else self.epsilon
        first, second = self._state(group, "m"), self._state(group, "v")
        largest = self._state(group, "vhat") if self.amsgrad else []
        if self._fused(group) and not isinstance(epsilon, Tensor):
            far = self._far(group)
            fused_adam(parameters, grads, first, second, largest, rate, self.beta_1, self.beta_2, epsilon, far)
            return
        torch._foreach_lerp_(first, grads, 1.0 - self.beta_1)
        add_square(second, grads, self.beta_2)
        if largest:
            torch._foreach_maximum_(largest, second)
        roots = torch._foreach_sqrt(largest or second)
        torch._foreach_add_(roots, [epsilon] * len(roots) if isinstance(epsilon, Tensor) else epsilon)
        add_ratio(parameters, first, roots, -rate)

    def get_config(self) -> dict[str, Any]:
        config = super().get_config() | {
            "beta_1": self.beta_1,
            "beta_2": self.beta_2,
            "epsilon": self.epsilon,
            "amsgrad": self.amsgrad,
        }
        return config | {"adaptive_epsilon": True} if self.adaptive_epsilon else config
