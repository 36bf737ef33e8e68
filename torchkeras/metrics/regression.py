"""Mean errors of predicted values."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor
from torch.nn import functional

from torchkeras import losses
from torchkeras.losses.inputs import squeezed
from torchkeras.metrics.count import divide_no_nan
from torchkeras.metrics.inputs import as_tensor, cast
from torchkeras.metrics.reduction import Mean, MeanMetricWrapper


class MeanSquaredError(MeanMetricWrapper):
    """The mean of squared differences."""

    def __init__(self, name: str | None = "mean_squared_error", dtype: Any = None) -> None:
        super().__init__(losses.mean_squared_error, name, dtype)


class RootMeanSquaredError(MeanMetricWrapper):
    """The root of the mean of squared differences."""

    def __init__(self, name: str | None = "root_mean_squared_error", dtype: Any = None) -> None:
        super().__init__(squared_difference, name, dtype)

    def _add_mean_of_all(self, y_true: Tensor, y_pred: Tensor) -> bool:
        if y_true.shape != y_pred.shape:
            return False
        self._add_sum(functional.mse_loss(y_pred, y_true, reduction="sum"), 1)
        self._add_number(y_pred.numel())
        return True

    def result(self) -> Tensor:
        return torch.sqrt(super().result())


def squared_difference(y_true: Tensor, y_pred: Tensor) -> Tensor:
    """`(y_pred - y_true)²`, value by value."""
    return torch.square(y_pred - y_true)


class MeanAbsoluteError(MeanMetricWrapper):
    """The mean of absolute differences."""

    def __init__(self, name: str | None = "mean_absolute_error", dtype: Any = None) -> None:
        super().__init__(losses.mean_absolute_error, name, dtype)


class MeanAbsolutePercentageError(MeanMetricWrapper):
    """The mean of absolute differences in per cent of the labels."""

    def __init__(self, name: str | None = "mean_absolute_percentage_error", dtype: Any = None) -> None:
        super().__init__(losses.mean_absolute_percentage_error, name, dtype)


class MeanSquaredLogarithmicError(MeanMetricWrapper):
    """The mean of squared differences of `log(x + 1)`."""

    def __init__(self, name: str | None = "mean_squared_logarithmic_error", dtype: Any = None) -> None:
        super().__init__(losses.mean_squared_logarithmic_error, name, dtype)


class LogCoshError(MeanMetricWrapper):
    """The mean of `log(cosh(y_pred - y_true))`."""

    def __init__(self, name: str | None = "logcosh", dtype: Any = None) -> None:
        super().__init__(losses.log_cosh, name, dtype)


class CosineSimilarity(MeanMetricWrapper):
    """The mean cosine of the angle between labels and predictions: 1 where they point the same way.

    Args:
        axis: along which the vectors lie.
    """

    def __init__(self, name: str | None = "cosine_similarity", dtype: Any = None, axis: int = -1) -> None:
        super().__init__(cosine_similarity, name, dtype, axis=axis)


def cosine_similarity(y_true: Any, y_pred: Any, axis: int = -1) -> Tensor:
    """The cosine between labels and predictions along an axis; the loss of this name is its negative."""
    return -losses.cosine_similarity(y_true, y_pred, axis=axis)


class MeanRelativeError(Mean):
    """The mean of absolute differences over given values.

    Args:
        normalizer: the values to divide by, in the shape of the predictions.

    Example: `m = MeanRelativeError(normalizer=[1, 3, 2, 3]); m.update_state([1, 3, 2, 3], [2, 4, 6, 8])` gives 1.25.
    """

    def __init__(self, normalizer: Any, name: str | None = None, dtype: Any = None) -> None:
        super().__init__(name=name, dtype=dtype)
        self.normalizer = cast(as_tensor(normalizer).to(self._device), self._state_dtype)

    def update_state(  # type: ignore[override]
        self, y_true: Any, y_pred: Any, sample_weight: Any = None
    ) -> None:
        y_true = cast(as_tensor(y_true, self._device), self._state_dtype)
        y_pred = cast(as_tensor(y_pred, self._device), self._state_dtype)
        y_true, y_pred = squeezed(y_true, y_pred)
        y_pred, normalizer = squeezed(y_pred, self.normalizer)
        if y_true.shape != y_pred.shape:
            raise ValueError(f"Shapes {tuple(y_pred.shape)} and {tuple(y_true.shape)} are incompatible")
        super().update_state(divide_no_nan((y_true - y_pred).abs(), normalizer), sample_weight)

    def get_config(self) -> dict[str, Any]:
        return super().get_config() | {"normalizer": self.normalizer.tolist()}
