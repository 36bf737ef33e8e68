"""AdamW."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from torchkeras.optimizers.adam import Adam
from torchkeras.optimizers.built_in import OptionsButDecay

if TYPE_CHECKING:
    from torchkeras.optimizers.built_in import Unpack


class AdamW(Adam):
    """Adam with decoupled weight decay: each step first takes `weight_decay * rate` of a weight away.

    Args:
        learning_rate: a number, a schedule, or a function without arguments.
        weight_decay: how much.
        beta_1: as in Adam, like the others.
        name: of the optimizer.
        options: see `Optimizer`.
    """

    def __init__(
        self,
        learning_rate: Any = 0.001,
        weight_decay: float = 0.004,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        epsilon: float = 1e-7,
        amsgrad: bool = False,
        name: str | None = "AdamW",
        **options: Unpack[OptionsButDecay],
    ) -> None:
        if weight_decay is None:
            raise ValueError("Missing value of `weight_decay` which is required and must be a float value.")
        super().__init__(learning_rate, beta_1, beta_2, epsilon, amsgrad, name, weight_decay=weight_decay, **options)
