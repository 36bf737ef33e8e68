"""AUC: the area under the ROC or precision-recall curve."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor

from torchkeras.core import config
from torchkeras.core.errors import did_you_mean
from torchkeras.metrics.confusion import ConfusionMetric
from torchkeras.metrics.count import divide_no_nan
from torchkeras.metrics.curves import CURVES, SUMMATIONS, area
from torchkeras.metrics.inputs import as_tensor
from torchkeras.metrics.thresholds import are_even, even_thresholds


class AUC(ConfusionMetric):
    """The area under the ROC or precision-recall curve of a binary classifier, by a sum over thresholds.

    Args:
        num_thresholds: how many thresholds between 0 and 1 the curve is made of.
        curve: 'ROC', 'PR' or 'PR_GAIN'.
        summation_method: 'interpolation', 'majoring' or 'minoring'.
        thresholds: thresholds in [0, 1] to use instead.
        multi_label: compute one area per label and average them; else labels are flattened.
        num_labels: with `multi_label`, the number of labels; else taken from the first batch.
        label_weights: weights of the labels.
        from_logits: whether predictions are logits, to which a sigmoid is applied.

    Example: `m = AUC(num_thresholds=3); m.update_state([0, 0, 1, 1], [0, 0.5, 0.3, 0.9]); m.result()` is 0.75.
    """

    _counted = ("true_positives", "true_negatives", "false_positives", "false_negatives")
    _open_ends = True

    def __init__(
        self,
        num_thresholds: int = 200,
        curve: str = "ROC",
        summation_method: str = "interpolation",
        name: str | None = None,
        dtype: Any = None,
        thresholds: Sequence[float] | None = None,
        multi_label: bool = False,
        num_labels: int | None = None,
        label_weights: Any = None,
        from_logits: bool = False,
    ) -> None:
        self.curve = _chosen("curve", curve, CURVES)
        self.summation_method = _chosen("summation method", summation_method, SUMMATIONS)
        if thresholds is None and num_thresholds <= 1:
            raise ValueError(
                f"Argument `num_thresholds` must be an integer > 1. Received: num_thresholds={num_thresholds}"
            )
        if num_labels and not multi_label:
            raise ValueError("`num_labels` is needed only when `multi_label` is True.")
        super().__init__(name=name, dtype=dtype)
        self._init_from_thresholds = thresholds is not None
        given = even_thresholds(num_thresholds) if thresholds is None else [0.0, *sorted(thresholds), 1.0]
        self.num_thresholds = len(given)
        # The ends take in predictions of exactly 0 and 1.
        self._set_thresholds([0.0 - config.epsilon(), *given[1:-1], 1.0 + config.epsilon()])
        self._even = thresholds is None or are_even(given)
        self.multi_label = multi_label
        self.num_labels = num_labels
        self.label_weights: Tensor | None = None
        if label_weights is not None:
            self.label_weights = torch.tensor(np.asarray(label_weights), dtype=self._state_dtype)
            if (self.label_weights < 0).any():
                raise ValueError("All values of `label_weights` must be non-negative.")
            self.label_weights = self.label_weights.to(self._device)
        self._from_logits = from_logits
        if not multi_label or num_labels:
            self._make_counts(num_labels)

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        if self._from_logits:
            y_pred = torch.sigmoid(as_tensor(y_pred, self._device))
        label, y_pred, weight = self._prepare(y_true, y_pred, sample_weight)
        self._check_labels(label)
        if self.label_weights is not None and not self.multi_label:
            by_label = self.label_weights.expand(y_pred.shape)
            weight = by_label if weight is None else weight * by_label
        self._count(label, y_pred, weight, self.multi_label)

    def _check_labels(self, label: Tensor) -> None:
        if not self.multi_label and self.label_weights is None:
            return
        if label.dim() != 2:
            raise ValueError(
                f"`y_pred` must have rank 2 when `multi_label=True` or `label_weights` are given. "
                f"Found rank {label.dim()}. Full shape received for `y_pred`: {tuple(label.shape)}"
            )
        if self.multi_label and "true_positives" not in self.__dict__:
            self._make_counts(label.shape[1])
        wanted = {self.true_positives.shape[1]} if self.multi_label else set()
        wanted |= set() if self.label_weights is None else {self.label_weights.shape[0]}
        if wanted != {label.shape[1]}:
            raise ValueError(
                f"Number of labels is not consistent. Received {label.shape[1]} labels, expected {sorted(wanted)}"
            )

    def result(self) -> Tensor:
        found = area(self.curve, self.summation_method, *(getattr(self, name).parameter for name in self._counted))
        if not self.multi_label:
            return found
        if self.label_weights is None:
            return found.mean()
        return divide_no_nan((found * self.label_weights).sum(), self.label_weights.sum())

    def get_config(self) -> dict[str, Any]:
        own = {
            "num_thresholds": self.num_thresholds,
            "curve": self.curve,
            "summation_method": self.summation_method,
            "multi_label": self.multi_label,
            "num_labels": self.num_labels,
            "label_weights": None if self.label_weights is None else self.label_weights.tolist(),
            "from_logits": self._from_logits,
        }
        if self._init_from_thresholds:
            own["thresholds"] = self.thresholds[1:-1]
        return super().get_config() | own


def _chosen(what: str, given: Any, names: dict[str, str]) -> str:
    found = names.get(getattr(given, "value", given))
    if found is None:
        raise ValueError(
            f'Invalid AUC {what} value: "{given}". Expected one of: {sorted(set(names.values()))}.'
            f"{did_you_mean(str(given), names)}"
        )
    return found
