"""TruePositives, TrueNegatives, FalsePositives and FalseNegatives."""

from __future__ import annotations

from typing import Any

from torch import Tensor

from torchkeras.metrics.confusion import ConfusionMetric
from torchkeras.metrics.thresholds import parse_thresholds


class _ConfusionCount(ConfusionMetric):
    """How many predictions are of one kind, or with which total weight.

    Args:
        thresholds: a number or a list of numbers in [0, 1], 0.5 unless given; what is above counts as positive.
            With a list the result has one value for each.
    """

    def __init__(self, thresholds: Any = None, name: str | None = None, dtype: Any = None) -> None:
        super().__init__(name=name, dtype=dtype)
        self.init_thresholds = thresholds
        self._set_thresholds(parse_thresholds(thresholds))
        self.accumulator = self.add_weight("accumulator", shape=(len(self.thresholds),))
        setattr(self, self._counted[0], self.accumulator)

    def result(self) -> Tensor:
        return self.accumulator[0] if len(self.thresholds) == 1 else self.accumulator.value()

    def get_config(self) -> dict[str, Any]:
        return super().get_config() | {"thresholds": self.init_thresholds}


class TruePositives(_ConfusionCount):
    """How many positives are predicted as positive.

    Example: `m = TruePositives(); m.update_state([0, 1, 1, 1], [1, 0, 1, 1]); m.result()` is 2.
    """

    _counted = ("true_positives",)


class TrueNegatives(_ConfusionCount):
    """How many negatives are predicted as negative."""

    _counted = ("true_negatives",)


class FalsePositives(_ConfusionCount):
    """How many negatives are predicted as positive."""

    _counted = ("false_positives",)


class FalseNegatives(_ConfusionCount):
    """How many positives are predicted as negative."""

    _counted = ("false_negatives",)
