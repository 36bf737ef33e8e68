"""F1Score and FBetaScore: means of precision and recall."""

from __future__ import annotations

from typing import Any

from torch import Tensor

from torchkeras.core.variable import Variable
from torchkeras.metrics.confusion import ratio
from torchkeras.metrics.count import divide_no_nan
from torchkeras.metrics.inputs import as_tensor, cast
from torchkeras.metrics.metric import Metric

_COUNTS = ("true_positives", "false_positives", "false_negatives", "intermediate_weights")


class FBetaScore(Metric):
    """The harmonic mean of precision and recall, recall counting `beta` times, for each class.

    Args:
        average: None for one score per class; 'micro' counts over all classes, 'macro' takes the mean of the scores,
            'weighted' their mean weighted by how often a class occurs.
        beta: the weight of recall.
        threshold: predictions above it count as 1; None takes the largest of a sample.

    Example:
        m = FBetaScore(beta=2.0, threshold=0.5)
        m.update_state([[1, 1, 1], [1, 0, 0]], [[0.2, 0.6, 0.7], [0.2, 0.6, 0.6]])
    """

    true_positives: Variable
    false_positives: Variable
    false_negatives: Variable
    intermediate_weights: Variable

    def __init__(
        self,
        average: str | None = None,
        beta: float = 1.0,
        threshold: float | None = None,
        name: str | None = "fbeta_score",
        dtype: Any = None,
    ) -> None:
        super().__init__(name=name, dtype=dtype)
        if average not in (None, "micro", "macro", "weighted"):
            raise ValueError(
                f"Invalid `average` argument value. Expected one of: {{None, 'micro', 'macro', 'weighted'}}. "
                f"Received: average={average}"
            )
        _check_float("beta", beta)
        if beta <= 0.0:
            raise ValueError(f"Invalid `beta` argument value. It should be > 0. Received: beta={beta}")
        if threshold is not None:
            _check_float("threshold", threshold)
            if threshold > 1.0 or threshold <= 0.0:
                raise ValueError(
                    f"Invalid `threshold` argument value. It should verify 0 < threshold <= 1. "
                    f"Received: threshold={threshold}"
                )
        self.average = average
        self.beta = beta
        self.threshold = threshold
        self.built = False

    def build(self, y_true_shape: Any, y_pred_shape: Any) -> None:
        if len(y_pred_shape) != 2 or len(y_true_shape) != 2:
            raise ValueError(
                f"{type(self).__name__} expects 2D inputs with shape (batch_size, output_dim). Received input shapes: "
                f"y_pred.shape={tuple(y_pred_shape)} and y_true.shape={tuple(y_true_shape)}."
            )
        shape = () if self.average == "micro" else (y_pred_shape[-1],)
        for name in _COUNTS:
            setattr(self, name, self.add_weight(name, shape=shape))
        self.built = True

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        y_true = cast(as_tensor(y_true, self._device), self._state_dtype)
        y_pred = cast(as_tensor(y_pred, self._device), self._state_dtype)
        if not self.built:
            self.build(y_true.shape, y_pred.shape)
        if self.threshold is None:
            # A sample of zeros predicts nothing, not everything.
            chosen = (y_pred >= y_pred.amax(-1, keepdim=True)) & (y_pred.abs() > 1e-9)
        else:
            chosen = y_pred > self.threshold
        weighted_true, weighted_pred = y_true, cast(chosen, self._state_dtype)
        if sample_weight is not None:
            weight = cast(as_tensor(sample_weight, self._device).to(self._device), self._state_dtype)
            weight = weight.unsqueeze(-1) if weight.dim() == 1 else weight
            weighted_true, weighted_pred = y_true * weight, weighted_pred * weight
        axes = (0, 1) if self.average == "micro" else (0,)
        hits = (weighted_pred * y_true).sum(axes)
        supported = weighted_true.sum(axes)
        self.true_positives.parameter.add_(hits)
        self.false_positives.parameter.add_(weighted_pred.sum(axes) - hits)
        self.false_negatives.parameter.add_(supported - hits)
        self.intermediate_weights.parameter.add_(supported)

    def result(self) -> Tensor:
        hits, wrong, missed, support = (getattr(self, name).parameter for name in _COUNTS)
        precision, recall = ratio(hits, wrong), ratio(hits, missed)
        square = self.beta**2
        score = divide_no_nan(precision * recall, square * precision + recall) * (1 + square)
        if self.average == "weighted":
            return (score * divide_no_nan(support, support.sum())).sum()
        return score if self.average is None else score.mean()

    def get_config(self) -> dict[str, Any]:
        return super().get_config() | {"average": self.average, "beta": self.beta, "threshold": self.threshold}


class F1Score(FBetaScore):
    """The harmonic mean of precision and recall, for each class.

    Args:
        average: as in FBetaScore.
        threshold: as in FBetaScore.
    """

    def __init__(
        self,
        average: str | None = None,
        threshold: float | None = None,
        name: str | None = "f1_score",
        dtype: Any = None,
    ) -> None:
        super().__init__(average=average, beta=1.0, threshold=threshold, name=name, dtype=dtype)

    def get_config(self) -> dict[str, Any]:
        config = super().get_config()
        del config["beta"]
        return config


def _check_float(what: str, value: Any) -> None:
    if not isinstance(value, float):
        raise ValueError(
            f"Invalid `{what}` argument value. It should be a Python float. "
            f"Received: {what}={value} of type '{type(value)}'"
        )
