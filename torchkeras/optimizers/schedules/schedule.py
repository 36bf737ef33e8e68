"""The base class of learning rate schedules, and what the built-in ones share."""

from __future__ import annotations

from typing import Any, TypeVar

import numpy as np
import torch
from torch import Tensor

from torchkeras.core.kinds import bridge
from torchkeras.core.variable import Variable

S = TypeVar("S", bound="LearningRateSchedule")
#: What the formulas compute in: a scalar or an array, float32 as in Keras.
Number = Any


class LearningRateSchedule:
    """A learning rate that is a function of the optimizer's step: pass one as `learning_rate`.

    A subclass defines `__call__(step)`, and `get_config` if it is to be saved.

    Example:
        class Warmup(keras.optimizers.schedules.LearningRateSchedule):
            def __call__(self, step):
                return 1e-3 * torch.clamp(step / 100, max=1.0)
    """

    def __call__(self, step: Any) -> Any:
        raise NotImplementedError(
            f"Learning rate schedule '{type(self).__name__}' must override `__call__(self, step)`."
        )

    def get_config(self) -> dict[str, Any]:
        raise NotImplementedError(
            f"Learning rate schedule '{type(self).__name__}' must override `get_config()` in order to be serializable."
        )

    @classmethod
    def from_config(cls: type[S], config: dict[str, Any]) -> S:
        return cls(**config)


class FormulaSchedule(LearningRateSchedule):
    """A schedule that is a formula. The optimizer's step is on the CPU, and a few NumPy scalars are the fastest there.

    A subclass defines `rate(step)` for a step of any shape.
    """

    #: Whether the formula wants the step in float32 or as it came.
    floating_step = True

    def rate(self, step: Number) -> Number:
        raise NotImplementedError

    def at(self, step: int) -> float:
        """The rate at one step."""
        with np.errstate(all="ignore"):
            return float(self.rate(np.float32(step) if self.floating_step else np.int64(step)))

    def __call__(self, step: Any) -> Tensor:
        if bridge.active:
            step = bridge.lower(step)
        device = step.device if isinstance(step, Tensor) else None
        if isinstance(step, Variable):
            device = step.parameter.device
        values = step.detach().cpu().numpy() if isinstance(step, Tensor) else np.asarray(step)
        with np.errstate(all="ignore"):
            found = self.rate(values.astype(np.float32) if self.floating_step else values)
        rate = torch.from_numpy(np.array(found, dtype=np.float32)).to(device or "cpu")
        return bridge.lend(rate) if bridge.active else rate


def f32(value: Any) -> np.float32:
    """A setting as Keras casts it: to the type of the initial rate, float32."""
    return np.float32(float(value))
