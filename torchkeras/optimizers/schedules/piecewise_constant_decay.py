"""PiecewiseConstantDecay."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from torchkeras.optimizers.schedules.schedule import FormulaSchedule, Number


class PiecewiseConstantDecay(FormulaSchedule):
    """`values[0]` up to and including step `boundaries[0]`, then `values[1]` up to `boundaries[1]`, and so on.

    Args:
        boundaries: steps, increasing.
        values: the rates, one more than boundaries.
    """

    floating_step = False  # boundaries are compared in the type of the step

    def __init__(self, boundaries: Sequence[float], values: Sequence[float], name: str | None = None) -> None:
        if len(boundaries) != len(values) - 1:
            raise ValueError(
                f"The length of boundaries should be 1 less than the length of values. Received: "
                f"boundaries={boundaries} of length {len(boundaries)}, and values={values} of length {len(values)}."
            )
        self.boundaries, self.values, self.name = boundaries, values, name

    def rate(self, step: Number) -> Number:
        limits = np.asarray([float(one) for one in self.boundaries]).astype(step.dtype)
        values = np.asarray([float(one) for one in self.values], dtype=np.float32)
        return values[np.searchsorted(limits, step, side="left")]

    def get_config(self) -> dict[str, Any]:
        return {"boundaries": self.boundaries, "values": self.values, "name": self.name}
