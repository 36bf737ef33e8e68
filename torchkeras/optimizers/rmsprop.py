"""RMSprop."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor

from torchkeras.optimizers.built_in import BuiltIn, Options
from torchkeras.optimizers.kernels import Rate, add_ratio, add_square
from torchkeras.optimizers.plan import Group

if TYPE_CHECKING:
    from torchkeras.optimizers.built_in import Unpack


class RMSprop(BuiltIn):
    """Divides gradients by the root of their mean square: `w -= rate * g / sqrt(mean(g²) + epsilon)`.

    Args:
        learning_rate: a number, a schedule, or a function without arguments.
        rho: how much of the mean a step keeps.
        momentum: how much of the last move the next one keeps.
        epsilon: added under the root.
        centered: whether to divide by the root of the variance, not of the mean square.
        name: of the optimizer.
        options: see `Optimizer`; `ema_overwrite_frequency` is 100 by default.
    """

    slot_attributes = {"velocity": "_velocities", "momentum": "_momentums", "average_gradient": "_average_gradients"}
    older_slots = {"rms": "velocity", "mg": "average_gradient"}

    def __init__(
        self,
        learning_rate: Any = 0.001,
        rho: float = 0.9,
        momentum: float = 0.0,
        epsilon: float = 1e-7,
        centered: bool = False,
        name: str | None = "RMSprop",
        **options: Unpack[Options],
    ) -> None:
        options.setdefault("ema_overwrite_frequency", 100)
        super().__init__(learning_rate, name, **options)
        self.rho, self.momentum, self.epsilon, self.centered = rho, momentum, epsilon, centered

    def _slot_order(self) -> tuple[tuple[str, ...], ...]:
        momentum = (("momentum",),) if self.momentum else ()
        return (("velocity",), *momentum, *((("average_gradient",),) if self.centered else ()))

    def _update_group(self, group: Group, grads: list[Tensor], rates: tuple[Rate, ...]) -> None:
        squares, rate = self._state(group, "velocity"), rates[0]
        add_square(squares, grads, self.rho)
        if self.centered:
            means = self._state(group, "average_gradient")
            torch._foreach_lerp_(means, grads, 1.0 - self.rho)
            roots = torch._foreach_addcmul(squares, means, means, value=-1.0)
            torch._foreach_add_(roots, self.epsilon)
        else:
            roots = torch._foreach_add(squares, self.epsilon)
        torch._foreach_sqrt_(roots)
        if self.momentum:
            moves = self._state(group, "momentum")
            torch._foreach_mul_(moves, self.momentum)
            add_ratio(moves, grads, roots, rate)
            torch._foreach_sub_(group.parameters, moves)
        else:
            add_ratio(group.parameters, grads, roots, -rate)

    def get_config(self) -> dict[str, Any]:
        return super().get_config() | {
            "rho": self.rho,
            "momentum": self.momentum,
            "epsilon": self.epsilon,
            "centered": self.centered,
        }
