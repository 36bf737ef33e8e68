"""How often predictions are right."""

from __future__ import annotations

from typing import Any

from torch import Tensor

from torchkeras.core.dtypes import torch_dtype
from torchkeras.losses.inputs import tensors
from torchkeras.metrics.reduction import MeanMetricWrapper


def matches(y_true: Tensor, y_pred: Tensor) -> Tensor:
    """Where the two are equal."""
    if y_true.shape != y_pred.shape:
        raise ValueError(f"Shapes {tuple(y_true.shape)} and {tuple(y_pred.shape)} are incompatible")
    return y_true == y_pred


def binary_matches(y_true: Tensor, y_pred: Tensor, threshold: float = 0.5) -> Tensor:
    """Where a truth value (0 or 1) is that of `y_pred > threshold`."""
    return y_true == (y_pred > threshold)


def categorical_matches(y_true: Tensor, y_pred: Tensor) -> Tensor:
    """Where the largest entries of two vectors are in the same place."""
    return sparse_categorical_matches(y_true.argmax(-1), y_pred)


def sparse_categorical_matches(y_true: Tensor, y_pred: Tensor) -> Tensor:
    """Where a class number is the place of the largest entry of `y_pred`; shaped like `y_true`."""
    if y_true.dim() != y_pred.dim():
        return y_true == y_pred.argmax(-1)
    if y_true.shape[-1] != 1:
        raise ValueError(
            f"Sparse categorical accuracy takes class numbers as `y_true`. Received: y_true.shape="
            f"{tuple(y_true.shape)}, y_pred.shape={tuple(y_pred.shape)}. For one-hot `y_true` use categorical accuracy."
        )
    return y_true == y_pred.argmax(-1, keepdim=True)


def accuracy(y_true: Any, y_pred: Any) -> Tensor:
    """1 where the two are equal, else 0."""
    y_true, y_pred = tensors(y_true, y_pred)
    return as_float(matches(y_true, y_pred.to(y_true.dtype)))


def binary_accuracy(y_true: Any, y_pred: Any, threshold: float = 0.5) -> Tensor:
    """How often truth values are met, over the last axis.

    Example: `binary_accuracy([[1, 0]], [[0.9, 0.8]])` is `[0.5]`.
    """
    return as_float(binary_matches(*tensors(y_true, y_pred), threshold)).mean(-1)


def categorical_accuracy(y_true: Any, y_pred: Any) -> Tensor:
    """1 where the largest entries of one-hot `y_true` and of `y_pred` are in the same place, else 0."""
    return as_float(categorical_matches(*tensors(y_true, y_pred)))


def sparse_categorical_accuracy(y_true: Any, y_pred: Any) -> Tensor:
    """1 where the class number `y_true` is the place of the largest entry of `y_pred`, else 0."""
    found = as_float(sparse_categorical_matches(*tensors(y_true, y_pred)))
    return found.squeeze(-1) if found.dim() > 1 else found


def as_float(truth: Tensor) -> Tensor:
    return truth.to(torch_dtype(None))


class Matching(MeanMetricWrapper):
    """The share of truth values; class numbers are compared as they are, without a cast."""

    _casts = False


class Accuracy(Matching):
    """How often predictions equal labels.

    Example: `m = Accuracy(); m.update_state([1, 2, 3, 4], [0, 2, 3, 4]); m.result()` is 0.75.
    """

    def __init__(self, name: str | None = "accuracy", dtype: Any = None) -> None:
        super().__init__(matches, name, dtype)


class BinaryAccuracy(Matching):
    """How often predictions are on the right side of `threshold`.

    Args:
        threshold: a prediction above it counts as 1.
    """

    def __init__(self, name: str | None = "binary_accuracy", dtype: Any = None, threshold: float = 0.5) -> None:
        super().__init__(binary_matches, name, dtype, threshold=threshold)


class CategoricalAccuracy(Matching):
    """How often the largest prediction is where one-hot labels are 1."""

    def __init__(self, name: str | None = "categorical_accuracy", dtype: Any = None) -> None:
        super().__init__(categorical_matches, name, dtype)


class SparseCategoricalAccuracy(Matching):
    """How often the largest prediction is at the place of the class number.

    Example: `m = SparseCategoricalAccuracy(); m.update_state([2, 1], [[.1, .6, .3], [.05, .95, 0]])` gives 0.5.
    """

    def __init__(self, name: str | None = "sparse_categorical_accuracy", dtype: Any = None) -> None:
        super().__init__(sparse_categorical_matches, name, dtype)
