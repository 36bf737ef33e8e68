"""Adafactor."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor

from torchkeras.core.variable import Variable
from torchkeras.optimizers.built_in import BuiltIn, Options
from torchkeras.optimizers.kernels import Rate
from torchkeras.optimizers.plan import Group

if TYPE_CHECKING:
    from torchkeras.optimizers.built_in import Unpack


class Adafactor(BuiltIn):
    """Adam for large models: of a matrix it keeps the mean squares of rows and columns, not of every value.

    Args:
        learning_rate: a number, a schedule, or a function without arguments.
        beta_2_decay: of the mean squares; a step t keeps `1 - t ** beta_2_decay` of them.
        epsilon_1: added to squared gradients.
        epsilon_2: the least size of a weight that a step is relative to.
        clip_threshold: the root mean square to which an update is shortened.
        relative_step: whether the rate is at most `1 / sqrt(t)`.
        name: of the optimizer.
        options: see `Optimizer`.
    """

    by_value = False
    slot_attributes = {"r": "_r", "c": "_c", "v": "_v"}

    def __init__(
        self,
        learning_rate: Any = 0.001,
        beta_2_decay: float = -0.8,
        epsilon_1: float = 1e-30,
        epsilon_2: float = 1e-3,
        clip_threshold: float = 1.0,
        relative_step: bool = True,
        name: str | None = "Adafactor",
        **options: Unpack[Options],
    ) -> None:
        super().__init__(learning_rate, name, **options)
        self.beta_2_decay, self.epsilon_1, self.epsilon_2 = beta_2_decay, epsilon_1, epsilon_2
        self.clip_threshold, self.relative_step = clip_threshold, relative_step

    def _slot_order(self) -> tuple[tuple[str, ...], ...]:
        return (("r", "c", "v"),)

    def _make_slot(self, variable: Variable, name: str) -> Any:
        shape = tuple(variable.shape)
        if name not in ("r", "c"):
            return super()._make_slot(variable, name)
        if len(shape) < 2:
            return None  # not factored
        kept = shape[:-1] if name == "r" else (*shape[:-2], shape[-1])
        made = torch.zeros(kept, dtype=variable.parameter.dtype, device=variable.parameter.device)
        return self._track(Variable(made, trainable=False, name=f"{name}/{variable.path}"))

    def _rates(self, group: Group, rate: float, step: int) -> tuple[float, ...]:
        # Keras takes the smaller one twice, so that the step is relative even with `relative_step=False`.
        relative = min(rate, 1.0 / math.sqrt(step))
        return rate, relative, step**self.beta_2_decay

    def _update_group(self, group: Group, grads: list[Tensor], rates: tuple[Rate, ...]) -> None:
        rows, columns, squares = (self._state(group, name) for name in ("r", "c", "v"))
        for place, variable in enumerate(group.variables):
            # Rows and columns are those of Keras's shape.
            to_keras = variable.layout.to_keras
            self._update_one(
                to_keras(group.parameters[place]),
                to_keras(grads[place]),
                (rows[place], columns[place], to_keras(squares[place])),
                rates,
            )

    def _update_one(
        self, weight: Tensor, gradient: Tensor, means: tuple[Tensor, Tensor, Tensor], rates: tuple[Rate, ...]
    ) -> None:
        (row, column, square), (_, rate, new) = means, rates
        fresh = torch.square(gradient) + self.epsilon_1
        if weight.dim() >= 2:
            row.add_((torch.mean(fresh, -1) - row) * new)
            column.add_((torch.mean(fresh, -2) - column) * new)
            ratio = row / torch.mean(row, -1, keepdim=True)
            square.copy_(ratio.unsqueeze(-1) * column.unsqueeze(-2))
        else:
            square.add_((fresh - square) * new)
        update = gradient * torch.rsqrt(square)
        update = update / torch.clamp_min(_rms(update) / self.clip_threshold, 1.0)
        weight.sub_(torch.clamp_min(_rms(weight), self.epsilon_2) * rate * update)

    def get_config(self) -> dict[str, Any]:
        return super().get_config() | {
            "beta_2_decay": self.beta_2_decay,
            "epsilon_1": self.epsilon_1,
            "epsilon_2": self.epsilon_2,
            "clip_threshold": self.clip_threshold,
            "relative_step": self.relative_step,
        }


def _rms(x: Tensor) -> Tensor:
    return torch.sqrt(torch.mean(torch.square(x)))
