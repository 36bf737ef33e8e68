"""Precision and Recall."""

from __future__ import annotations

from typing import Any

from torch import Tensor

from torchkeras.metrics.confusion import ConfusionMetric, ratio
from torchkeras.metrics.thresholds import NEVER, parse_thresholds


class _Share(ConfusionMetric):
    """True positives as a share of them and of another count.

    Args:
        thresholds: a number or a list of numbers in [0, 1]; what is above counts as positive. 0.5 unless this or
            `top_k` is given. With a list the result has one value for each.
        top_k: only the `top_k` largest predictions of each sample can be positive.
        class_id: look at this class alone.
    """

    def __init__(
        self,
        thresholds: Any = None,
        top_k: int | None = None,
        class_id: int | None = None,
        name: str | None = None,
        dtype: Any = None,
    ) -> None:
        super().__init__(name=name, dtype=dtype)
        self.init_thresholds = thresholds
        self.top_k = top_k
        self.class_id = class_id
        self._set_thresholds(parse_thresholds(thresholds, 0.5 if top_k is None else NEVER))
        self._make_counts()

    def result(self) -> Tensor:
        first, second = (getattr(self, name).parameter for name in self._counted)
        found = ratio(first, second)
        return found[0] if len(self.thresholds) == 1 else found

    def get_config(self) -> dict[str, Any]:
        own = {"thresholds": self.init_thresholds, "top_k": self.top_k, "class_id": self.class_id}
        return super().get_config() | own


class Precision(_Share):
    """Which share of what is predicted as positive is so: `tp / (tp + fp)`.

    Example: `m = Precision(); m.update_state([0, 1, 1, 1], [1, 0, 1, 1]); m.result()` is 2 / 3.
    """

    _counted = ("true_positives", "false_positives")


class Recall(_Share):
    """Which share of the positives is predicted as such: `tp / (tp + fn)`.

    Example: `m = Recall(); m.update_state([0, 1, 1, 1], [1, 0, 1, 1]); m.result()` is 2 / 3.
    """

    _counted = ("true_positives", "false_negatives")
