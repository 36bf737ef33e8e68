"""R2Score: the coefficient of determination."""

from __future__ import annotations

import warnings
from typing import Any

import torch
from torch import Tensor

from torchkeras.metrics.inputs import as_tensor, cast
from torchkeras.metrics.metric import Metric

_AGGREGATIONS = (None, "uniform_average", "variance_weighted_average")


class R2Score(Metric):
    """Which share of the labels' variance the predictions explain: 1 at best, 0 for predicting the mean.

    Args:
        class_aggregation: over the columns: None for one score each, 'uniform_average' or 'variance_weighted_average'.
        num_regressors: for the adjusted score, the number of inputs; 0 for the plain one.
    """

    def __init__(
        self,
        class_aggregation: str | None = "uniform_average",
        num_regressors: int = 0,
        name: str | None = "r2_score",
        dtype: Any = None,
    ) -> None:
        super().__init__(name=name, dtype=dtype)
        if class_aggregation not in _AGGREGATIONS:
            raise ValueError(
                f"Invalid value for argument `class_aggregation`. Expected one of {_AGGREGATIONS}. "
                f"Received: class_aggregation={class_aggregation}"
            )
        if num_regressors < 0:
            raise ValueError(
                f"Invalid value for argument `num_regressors`. Expected a value >= 0. "
                f"Received: num_regressors={num_regressors}"
            )
        self.class_aggregation = class_aggregation
        self.num_regressors = num_regressors
        self.num_samples = self._add_count("num_samples", dtype="int32")
        self.built = False

    def build(self, y_true_shape: Any, y_pred_shape: Any) -> None:
        if len(y_pred_shape) != 2 or len(y_true_shape) != 2:
            raise ValueError(
                f"R2Score expects 2D inputs with shape (batch_size, output_dim). Received input shapes: "
                f"y_pred.shape={tuple(y_pred_shape)} and y_true.shape={tuple(y_true_shape)}."
            )
        columns = (y_pred_shape[-1],)
        self.squared_sum = self.add_weight("squared_sum", shape=columns)
        self.sum = self.add_weight("sum", shape=columns)
        self.total_mse = self.add_weight("residual", shape=columns)
        self.count = self.add_weight("count", shape=columns)
        self.built = True

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        y_true = cast(as_tensor(y_true, self._device), self._state_dtype)
        y_pred = cast(as_tensor(y_pred, self._device), self._state_dtype)
        if not self.built:
            self.build(y_true.shape, y_pred.shape)
        weighted, errors = y_true, torch.square(y_true - y_pred)
        if sample_weight is None:
            self.count.parameter.add_(y_true.shape[0])
        else:
            weight = cast(as_tensor(sample_weight, self._device).to(self._device), self._state_dtype)
            weight = (weight.unsqueeze(-1) if weight.dim() == 1 else weight).expand(y_true.shape)
            self.count.parameter.add_(weight.sum(0))
            weighted, errors = y_true * weight, errors * weight
        self.sum.parameter.add_(weighted.sum(0))
        self.squared_sum.parameter.add_((y_true * weighted).sum(0))
        self.total_mse.parameter.add_(errors.sum(0))
        self.num_samples.add(y_true.numel())

    def result(self) -> Tensor:
        sums = self.sum.parameter
        variation = self.squared_sum.parameter - sums * (sums / self.count.parameter)
        score = 1 - self.total_mse.parameter / variation
        score = score.masked_fill(torch.isinf(score), 0.0)
        if self.class_aggregation == "uniform_average":
            score = score.mean()
        elif self.class_aggregation == "variance_weighted_average":
            score = (variation * score).sum() / variation.sum()
        return score if self.num_regressors == 0 else self._adjusted(score)

    def _adjusted(self, score: Tensor) -> Tensor:
        samples = int(self.num_samples)
        free = samples - self.num_regressors - 1
        if free > 0:
            return 1.0 - (1.0 - score) * ((samples - 1.0) / free)
        reason = "Division by zero in" if free == 0 else "More independent predictors than datapoints in"
        warnings.warn(f"{reason} adjusted R2 score. Falling back to standard R2 score.", stacklevel=3)
        return score

    def get_config(self) -> dict[str, Any]:
        own = {"class_aggregation": self.class_aggregation, "num_regressors": self.num_regressors}
        return super().get_config() | own
