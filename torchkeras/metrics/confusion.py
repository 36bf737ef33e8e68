"""Counting true and false positives and negatives at many thresholds."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor

from torchkeras.core.variable import Variable
from torchkeras.losses.inputs import squeezed
from torchkeras.metrics.count import divide_no_nan
from torchkeras.metrics.histogram import histogram
from torchkeras.metrics.inputs import align_weight, as_tensor, cast
from torchkeras.metrics.metric import Metric
from torchkeras.metrics.thresholds import NEVER, are_even


class ConfusionMetric(Metric):
    """What the metrics share that count true and false positives and negatives.

    A subclass names in `_counted` those it needs. Each is a state variable with one entry per threshold, or, with
    `multi_label`, per threshold and label.
    """

    _counted: tuple[str, ...] = ()
    #: Whether the first and last threshold stand for less than 0 and more than 1.
    _open_ends = False
    true_positives: Variable
    true_negatives: Variable
    false_positives: Variable
    false_negatives: Variable
    class_id: int | None = None
    top_k: int | None = None

    def _set_thresholds(self, thresholds: Sequence[float]) -> None:
        self.thresholds = list(thresholds)
        self._even = are_even(self.thresholds)
        # A tensor moves with the state; a single number needs none.
        single = len(self.thresholds) == 1
        self._limits: Any = (
            self.thresholds[0]
            if single
            else torch.tensor(self.thresholds, dtype=self._state_dtype, device=self._device).unsqueeze(-1)
        )

    def _make_counts(self, labels: int | None = None) -> None:
        for name in self._counted:
            shape = (len(self.thresholds),) if labels is None else (len(self.thresholds), labels)
            setattr(self, name, self.add_weight(name, shape=shape, initializer="zeros"))

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        self._count(*self._prepare(y_true, y_pred, sample_weight))

    def _prepare(self, y_true: Any, y_pred: Any, sample_weight: Any) -> tuple[Tensor, Tensor, Tensor | None]:
        """Labels, predictions and weights, of one shape."""
        y_true = as_tensor(y_true, self._device)
        y_pred = cast(as_tensor(y_pred, self._device), self._state_dtype)
        y_true, y_pred = squeezed(y_true, y_pred)
        if y_true.shape != y_pred.shape:
            raise ValueError(f"Shapes {tuple(y_pred.shape)} and {tuple(y_true.shape)} are incompatible")
        weight = None
        if sample_weight is not None:
            weight = cast(as_tensor(sample_weight, self._device).to(self._device), self._state_dtype)
        if self.top_k is not None:
            y_pred = keep_top_k(y_pred, self.top_k)
        if self.class_id is not None:
            if weight is not None and weight.shape == y_pred.shape and weight.dim() > 1:
                weight = weight[..., self.class_id, None]
            y_true, y_pred = y_true[..., self.class_id, None], y_pred[..., self.class_id, None]
        if weight is not None:
            weight = align_weight(y_pred, weight)[1]
        return y_true.bool(), y_pred, weight

    def _count(self, label: Tensor, y_pred: Tensor, weight: Tensor | None, multi_label: bool = False) -> None:
        if not multi_label:
            label, y_pred = label.reshape(-1), y_pred.reshape(-1)
            weight = None if weight is None else weight.reshape(-1)
        count = self._count_in_buckets if self._even else self._count_at_each
        for name, found in count(label, y_pred, weight).items():
            getattr(self, name).parameter.add_(found)

    def _count_at_each(self, label: Tensor, y_pred: Tensor, weight: Tensor | None) -> dict[str, Tensor]:
        """Compare every prediction with every threshold."""
        limits = self._limits
        if y_pred.dim() == 2 and isinstance(limits, Tensor):
            limits = limits.unsqueeze(-1)
        above, label = y_pred.unsqueeze(0) > limits, label.unsqueeze(0)
        counts = {}
        for name in self._counted:
            if name == "true_positives":
                found = above & label
            elif name == "false_positives":
                found = above > label
            elif name == "false_negatives":
                found = above < label
            else:
                found = ~(above | label)
            counts[name] = (found if weight is None else found * weight).sum(1)
        return counts

    def _count_in_buckets(self, label: Tensor, y_pred: Tensor, weight: Tensor | None) -> dict[str, Tensor]:
        """Sort predictions into the spaces between thresholds once, and add up the spaces."""
        steps = len(self.thresholds)
        # Bucket b holds what is above threshold b - 1 and not above threshold b. Whole numbers are clipped, so that
        # a NaN has a place too.
        bucket = torch.ceil(y_pred * (steps - 1)).long().clamp_(1 if self._open_ends else 0, steps - 1)
        bucket = torch.add(bucket, label, alpha=steps)
        shape: tuple[int, ...] = (2, steps)
        if bucket.dim() == 2:
            labels = bucket.shape[1]
            bucket = bucket + torch.arange(labels, device=bucket.device) * (2 * steps)
            shape = (labels, 2, steps)
        weight = None if weight is None else weight.double().reshape(-1)
        upto = histogram(bucket.reshape(-1), 2 * steps * (shape[0] if len(shape) == 3 else 1), weight)
        upto = upto.view(shape).cumsum(-1)
        above = upto[..., -1:] - upto
        found = {
            "true_positives": above[..., 1, :],
            "false_positives": above[..., 0, :],
            "true_negatives": upto[..., 0, :],
            "false_negatives": upto[..., 1, :],
        }
        return {name: found[name].t() if len(shape) == 3 else found[name] for name in self._counted}


def keep_top_k(y_pred: Tensor, k: int) -> Tensor:
    """The `k` largest of the last axis, the first among equals, and far below zero all others."""
    order = torch.sort(y_pred, dim=-1, descending=True, stable=True).indices[..., :k]
    return torch.full_like(y_pred, NEVER).scatter(-1, order, y_pred.gather(-1, order))


def ratio(part: Tensor, rest: Tensor) -> Tensor:
    """`part / (part + rest)`, 0 where there is nothing."""
    return divide_no_nan(part, part + rest)
