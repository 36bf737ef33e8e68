"""PearsonCorrelation and ConcordanceCorrelation."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from torchkeras.core import config
from torchkeras.losses.inputs import same_form, tensors
from torchkeras.metrics.reduction import MeanMetricWrapper


def pearson_correlation(y_true: Any, y_pred: Any, axis: Any = -1) -> Tensor:
    """The correlation of labels and predictions along an axis: 1 where one is a rising line of the other."""
    y_true, y_pred = same_form(*tensors(y_true, y_pred))
    y_true, y_pred = y_true - y_true.mean(axis, keepdim=True), y_pred - y_pred.mean(axis, keepdim=True)
    spread = y_true.square().mean(axis).sqrt() * y_pred.square().mean(axis).sqrt()
    return (y_true * y_pred).mean(axis) / spread


def concordance_correlation(y_true: Any, y_pred: Any, axis: Any = -1) -> Tensor:
    """How near labels and predictions are to `y_pred = y_true`, along an axis: 1 where they are equal (Lin 1989)."""
    y_true, y_pred = same_form(*tensors(y_true, y_pred))
    true_variance, true_mean = torch.var_mean(y_true, axis, correction=0)
    pred_variance, pred_mean = torch.var_mean(y_pred, axis, correction=0, keepdim=True)
    covariance = (y_true * (y_pred - pred_mean)).mean(axis)
    apart = (true_mean - pred_mean.squeeze(axis)).square()
    return 2 * covariance / (true_variance + pred_variance.squeeze(axis) + apart + config.epsilon())


class PearsonCorrelation(MeanMetricWrapper):
    """The mean correlation of labels and predictions.

    Args:
        axis: along which they are compared, the last unless given.
    """

    def __init__(self, name: str | None = "pearson_correlation", dtype: Any = None, axis: Any = -1) -> None:
        super().__init__(pearson_correlation, name, dtype, axis=axis)


class ConcordanceCorrelation(MeanMetricWrapper):
    """The mean concordance of labels and predictions: their correlation, less for a shift or another scale.

    Args:
        axis: along which they are compared, the last unless given.
    """

    def __init__(self, name: str | None = "concordance_correlation", dtype: Any = None, axis: Any = -1) -> None:
        super().__init__(concordance_correlation, name, dtype, axis=axis)
