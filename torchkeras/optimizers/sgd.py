"""SGD."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor

from torchkeras.optimizers.built_in import BuiltIn, Options
from torchkeras.optimizers.kernels import Rate, add_scaled, fused_momentum, fused_sgd
from torchkeras.optimizers.plan import Group

if TYPE_CHECKING:
    from torchkeras.optimizers.built_in import Unpack


class SGD(BuiltIn):
    """Gradient descent, `w -= rate * g`, or with momentum `m = momentum * m - rate * g`, `w += m`.

    Args:
        learning_rate: a number, a schedule, or a function without arguments.
        momentum: how much of the last move the next one keeps.
        nesterov: whether to add `momentum * m - rate * g` in place of `m`.
        name: of the optimizer.
        options: see `Optimizer`.

    Example: `model.compile(optimizer=keras.optimizers.SGD(0.01, momentum=0.9), loss="mse")`
    """

    kernel = "sgd"
    slot_attributes = {"m": "momentums"}
    older_slots = {"momentum": "m"}

    def __init__(
        self,
        learning_rate: Any = 0.01,
        momentum: float = 0.0,
        nesterov: bool = False,
        name: str | None = "SGD",
        **options: Unpack[Options],
    ) -> None:
        super().__init__(learning_rate, name, **options)
        if isinstance(momentum, (int, float)) and not 0 <= momentum <= 1:
            raise ValueError(f"`momentum` must be between [0, 1]. Received: momentum={momentum}")
        self.momentum, self.nesterov = momentum, nesterov

    def _slot_order(self) -> tuple[tuple[str, ...], ...]:
        return (("m",),) if self.momentum else ()

    def _own_values(self, values: list[Any]) -> list[Any]:
        # tf_keras keeps m without momentum too, the last step's move, and does nothing with it.
        unused = not self.momentum and len(values) == len(self._variables) + len(self._trainable_variables)
        return values[: len(self._variables)] if unused else values

    def _update_group(self, group: Group, grads: list[Tensor], rates: tuple[Rate, ...]) -> None:
        parameters, rate, momentum = group.parameters, rates[0], self.momentum
        fused = self._fused(group)
        if not momentum:
            if fused:
                fused_sgd(parameters, grads, rate)
            else:
                add_scaled(parameters, grads, -rate)
            return
        moves = self._state(group, "m")
        if fused:
            fused_momentum(parameters, grads, moves, rate, momentum, self.nesterov)
            return
        torch._foreach_mul_(moves, momentum)
        add_scaled(moves, grads, -rate)
        if self.nesterov:
            add_scaled(parameters, moves, momentum)
            add_scaled(parameters, grads, -rate)
        else:
            torch._foreach_add_(parameters, moves)

    def get_config(self) -> dict[str, Any]:
        return super().get_config() | {"momentum": self.momentum, "nesterov": self.nesterov}
