"""Lion."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor

from torchkeras.optimizers.built_in import BuiltIn, Options
from torchkeras.optimizers.kernels import Rate, add_scaled
from torchkeras.optimizers.plan import Group

if TYPE_CHECKING:
    from torchkeras.optimizers.built_in import Unpack


class Lion(BuiltIn):
    """Moves every weight by the rate, in the direction of the momentum's sign.

    Args:
        learning_rate: a number, a schedule, or a function without arguments; three to ten times smaller than Adam's.
        beta_1: the share of the momentum in the direction.
        beta_2: how much of the momentum a step keeps.
        name: of the optimizer.
        options: see `Optimizer`.
    """

    slot_attributes = {"m": "momentums"}

    def __init__(
        self,
        learning_rate: Any = 0.0001,
        beta_1: float = 0.9,
        beta_2: float = 0.99,
        name: str | None = "Lion",
        **options: Unpack[Options],
    ) -> None:
        super().__init__(learning_rate, name, **options)
        if beta_1 <= 0 or beta_1 > 1:
            raise ValueError(
                f"`beta_1`={beta_1} must be between ]0, 1]. Otherwise, the optimizer degenerates to SignSGD."
            )
        self.beta_1, self.beta_2 = beta_1, beta_2

    def _slot_order(self) -> tuple[tuple[str, ...], ...]:
        return (("m",),)

    def _update_group(self, group: Group, grads: list[Tensor], rates: tuple[Rate, ...]) -> None:
        momenta = self._state(group, "m")
        directions = torch._foreach_mul(momenta, self.beta_1)
        torch._foreach_add_(directions, grads, alpha=1.0 - self.beta_1)
        torch._foreach_sign_(directions)
        add_scaled(group.parameters, directions, -rates[0])
        torch._foreach_lerp_(momenta, grads, 1.0 - self.beta_2)

    def get_config(self) -> dict[str, Any]:
        return super().get_config() | {"beta_1": self.beta_1, "beta_2": self.beta_2}
