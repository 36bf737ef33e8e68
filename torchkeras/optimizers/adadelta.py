"""Adadelta."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor

from torchkeras.optimizers.built_in import BuiltIn, Options
from torchkeras.optimizers.kernels import Rate, add_scaled, add_square
from torchkeras.optimizers.plan import Group

if TYPE_CHECKING:
    from torchkeras.optimizers.built_in import Unpack


class Adadelta(BuiltIn):
    """Moves `d` as large as the recent ones: `d = g * sqrt(mean(d²) + epsilon) / sqrt(mean(g²) + epsilon)`.

    Args:
        learning_rate: a number, a schedule, or a function without arguments; 1.0 is the paper's.
        rho: how much of the means a step keeps.
        epsilon: added under the roots.
        name: of the optimizer.
        options: see `Optimizer`.
    """

    slot_attributes = {"accumulated_grad": "_accumulated_grads", "accumulated_delta_var": "_accumulated_delta_vars"}
    older_slots = {"accum_grad": "accumulated_grad", "accum_var": "accumulated_delta_var"}

    def __init__(
        self,
        learning_rate: Any = 0.001,
        rho: float = 0.95,
        epsilon: float = 1e-7,
        name: str | None = "Adadelta",
        **options: Unpack[Options],
    ) -> None:
        super().__init__(learning_rate, name, **options)
        self.rho, self.epsilon = rho, epsilon

    def _slot_order(self) -> tuple[tuple[str, ...], ...]:
        return (("accumulated_grad", "accumulated_delta_var"),)

    def _update_group(self, group: Group, grads: list[Tensor], rates: tuple[Rate, ...]) -> None:
        squares, moved = self._state(group, "accumulated_grad"), self._state(group, "accumulated_delta_var")
        add_square(squares, grads, self.rho)
        moves = torch._foreach_add(moved, self.epsilon)
        torch._foreach_div_(moves, torch._foreach_add(squares, self.epsilon))
        torch._foreach_sqrt_(moves)
        torch._foreach_mul_(moves, grads)
        add_square(moved, moves, self.rho)
        add_scaled(group.parameters, moves, -rates[0])

    def get_config(self) -> dict[str, Any]:
        return super().get_config() | {"rho": self.rho, "epsilon": self.epsilon}
