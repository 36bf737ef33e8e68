"""The best of one rate while another is kept: SensitivityAtSpecificity and its kin."""

from __future__ import annotations

from typing import Any

from torch import Tensor

from torchkeras.metrics.confusion import ConfusionMetric, ratio
from torchkeras.metrics.thresholds import even_thresholds


class _TradeOff(ConfusionMetric):
    """The largest value of one rate over all thresholds at which another is at least `value`, else 0.

    Args:
        num_thresholds: how many thresholds between 0 and 1 are tried.
        class_id: look at this class alone.
    """

    _counted = ("true_positives", "true_negatives", "false_positives", "false_negatives")
    #: What the value is called.
    _bound = ""

    def __init__(
        self,
        value: float,
        num_thresholds: int = 200,
        class_id: int | None = None,
        name: str | None = None,
        dtype: Any = None,
    ) -> None:
        if value < 0 or value > 1:
            raise ValueError(f"Argument `{self._bound}` must be in the range [0, 1]. Received: {self._bound}={value}")
        if num_thresholds <= 0:
            raise ValueError(
                f"Argument `num_thresholds` must be an integer > 0. Received: num_thresholds={num_thresholds}"
            )
        super().__init__(name=name, dtype=dtype)
        self.value = value
        self.num_thresholds = num_thresholds
        self.class_id = class_id
        self._set_thresholds([0.5] if num_thresholds == 1 else even_thresholds(num_thresholds))
        self._even = num_thresholds > 1
        self._make_counts()

    def _rates(self) -> tuple[Tensor, Tensor]:
        """The rate that must reach the value, and the one to make large."""
        raise NotImplementedError

    def result(self) -> Tensor:
        bounded, wanted = self._rates()
        return wanted.masked_fill(bounded < self.value, 0.0).max()

    def _sensitivity(self) -> Tensor:
        return ratio(self.true_positives.parameter, self.false_negatives.parameter)

    def _specificity(self) -> Tensor:
        return ratio(self.true_negatives.parameter, self.false_positives.parameter)

    def _precision(self) -> Tensor:
        return ratio(self.true_positives.parameter, self.false_positives.parameter)

    def get_config(self) -> dict[str, Any]:
        own = {"class_id": self.class_id, "num_thresholds": self.num_thresholds, self._bound: self.value}
        return super().get_config() | own


class SensitivityAtSpecificity(_TradeOff):
    """The best sensitivity `tp / (tp + fn)` where the specificity `tn / (tn + fp)` is at least `specificity`."""

    _bound = "specificity"

    def __init__(
        self,
        specificity: float,
        num_thresholds: int = 200,
        class_id: int | None = None,
        name: str | None = None,
        dtype: Any = None,
    ) -> None:
        super().__init__(specificity, num_thresholds, class_id, name, dtype)
        self.specificity = specificity

    def _rates(self) -> tuple[Tensor, Tensor]:
        return self._specificity(), self._sensitivity()


class SpecificityAtSensitivity(_TradeOff):
    """The best specificity `tn / (tn + fp)` where the sensitivity `tp / (tp + fn)` is at least `sensitivity`."""

    _bound = "sensitivity"

    def __init__(
        self,
        sensitivity: float,
        num_thresholds: int = 200,
        class_id: int | None = None,
        name: str | None = None,
        dtype: Any = None,
    ) -> None:
        super().__init__(sensitivity, num_thresholds, class_id, name, dtype)
        self.sensitivity = sensitivity

    def _rates(self) -> tuple[Tensor, Tensor]:
        return self._sensitivity(), self._specificity()


class PrecisionAtRecall(_TradeOff):
    """The best precision `tp / (tp + fp)` where the recall `tp / (tp + fn)` is at least `recall`."""

    _bound = "recall"

    def __init__(
        self,
        recall: float,
        num_thresholds: int = 200,
        class_id: int | None = None,
        name: str | None = None,
        dtype: Any = None,
    ) -> None:
        super().__init__(recall, num_thresholds, class_id, name, dtype)
        self.recall = recall

    def _rates(self) -> tuple[Tensor, Tensor]:
        return self._sensitivity(), self._precision()


class RecallAtPrecision(_TradeOff):
    """The best recall `tp / (tp + fn)` where the precision `tp / (tp + fp)` is at least `precision`."""

    _bound = "precision"

    def __init__(
        self,
        precision: float,
        num_thresholds: int = 200,
        class_id: int | None = None,
        name: str | None = None,
        dtype: Any = None,
    ) -> None:
        super().__init__(precision, num_thresholds, class_id, name, dtype)
        self.precision = precision

    def _rates(self) -> tuple[Tensor, Tensor]:
        return self._precision(), self._sensitivity()
