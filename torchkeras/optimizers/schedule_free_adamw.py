"""ScheduleFreeAdamW."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor

from torchkeras.core.variable import Variable
from torchkeras.optimizers.built_in import BuiltIn, Options
from torchkeras.optimizers.kernels import Rate, add_ratio, add_square, copy
from torchkeras.optimizers.plan import Group

if TYPE_CHECKING:
    from torchkeras.optimizers.built_in import Unpack


class ScheduleFreeAdamW(BuiltIn):
    """Adam that needs no schedule of the rate: it trains a mean of the steps so far and of the latest (Keras 3).

    Steps are taken from z, x is the mean of all z, and the variables are `(1 - beta_1) * z + beta_1 * x`.

    Args:
        learning_rate: a number, a schedule, or a function without arguments.
        beta_1: the share of the mean in the variables.
        beta_2: how much of the mean of the squared gradients a step keeps.
        epsilon: added to the root.
        warmup_steps: over so many steps the rate rises to its value.
        name: of the optimizer.
        options: see `Optimizer`.
    """

    slot_attributes = {"m": "_momentums", "v": "_velocities"}

    def __init__(
        self,
        learning_rate: Any = 0.0025,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        epsilon: float = 1e-8,
        warmup_steps: int = 0,
        name: str | None = "ScheduleFreeAdamW",
        **options: Unpack[Options],
    ) -> None:
        super().__init__(learning_rate, name, **options)
        if not 0 < beta_1 <= 1:
            raise ValueError(f"`beta_1` must be in ]0, 1]: the mean is recovered by dividing by it. Received: {beta_1}")
        self.beta_1, self.beta_2, self.epsilon, self.warmup_steps = beta_1, beta_2, epsilon, warmup_steps

    def _slot_order(self) -> tuple[tuple[str, ...], ...]:
        return (("m", "v"),)

    def _make_slot(self, variable: Variable, name: str) -> Any:
        if name == "m":  # Keras's name for z
            return self.add_variable_from_reference(variable, name, initial_value=variable)
        return super()._make_slot(variable, name)

    def _rates(self, group: Group, rate: float, step: int) -> tuple[float, ...]:
        warm = rate * min(step / self.warmup_steps, 1.0) if self.warmup_steps > 0 else rate
        return rate, warm, 1.0 / float(group.left(self.beta_2, step)), 1.0 / step

    def _update_group(self, group: Group, grads: list[Tensor], rates: tuple[Rate, ...]) -> None:
        _, rate, correction, share = rates
        z, squares, other = self._state(group, "m"), self._state(group, "v"), 1.0 - self.beta_1
        add_square(squares, grads, self.beta_2)
        roots = torch._foreach_mul(squares, correction)
        torch._foreach_sqrt_(roots)
        torch._foreach_add_(roots, self.epsilon)
        means = torch._foreach_sub(group.parameters, z, alpha=other)
        torch._foreach_div_(means, self.beta_1)
        add_ratio(z, grads, roots, -rate)
        torch._foreach_lerp_(means, z, [share] * len(means) if isinstance(share, Tensor) else share)
        torch._foreach_mul_(means, self.beta_1)
        torch._foreach_add_(means, z, alpha=other)
        copy(group.parameters, means)

    def get_config(self) -> dict[str, Any]:
        return super().get_config() | {
            "beta_1": self.beta_1,
            "beta_2": self.beta_2,
            "epsilon": self.epsilon,
            "warmup_steps": self.warmup_steps,
        }
