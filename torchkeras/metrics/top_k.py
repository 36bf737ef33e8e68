"""How often the right class is among the k most probable."""

from __future__ import annotations

from typing import Any

from torch import Tensor

from torchkeras.losses.inputs import tensors
from torchkeras.metrics.matching import Matching, as_float


def top_k_matches(y_true: Tensor, y_pred: Tensor, k: int = 5) -> Tensor:
    """Where fewer than `k` predictions are larger than that of the one-hot class."""
    return _in_top_k(y_true.argmax(-1, keepdim=True), y_pred, k).reshape(y_true.shape[:-1])


def sparse_top_k_matches(y_true: Tensor, y_pred: Tensor, k: int = 5) -> Tensor:
    """Where fewer than `k` predictions are larger than that of class number `y_true`; shaped like `y_true`."""
    classes = y_pred.shape[-1]
    labels = y_true.reshape(*y_pred.shape[:-1], 1).long()
    known = labels.clamp(0, classes - 1)  # a number of no class is never found
    found = _in_top_k(known, y_pred, k) & (known == labels)
    return found.reshape(y_true.shape)


def _in_top_k(labels: Tensor, y_pred: Tensor, k: int) -> Tensor:
    # Counted as "not larger", so that a NaN does not pass for right.
    not_larger = (y_pred <= y_pred.gather(-1, labels)).sum(-1, keepdim=True)
    return not_larger > max(y_pred.shape[-1] - k, 0)


def top_k_categorical_accuracy(y_true: Any, y_pred: Any, k: int = 5) -> Tensor:
    """1 where the one-hot class is among the `k` largest predictions, else 0.

    Example: `top_k_categorical_accuracy([[0, 0, 1]], [[0.1, 0.9, 0.8]], k=2)` is `[1.]`.
    """
    return as_float(top_k_matches(*tensors(y_true, y_pred), k))


def sparse_top_k_categorical_accuracy(y_true: Any, y_pred: Any, k: int = 5) -> Tensor:
    """1 where class number `y_true` is among the `k` largest predictions, else 0."""
    return as_float(sparse_top_k_matches(*tensors(y_true, y_pred), k))


class TopKCategoricalAccuracy(Matching):
    """How often the class of one-hot labels is among the `k` largest predictions."""

    def __init__(self, k: int = 5, name: str | None = "top_k_categorical_accuracy", dtype: Any = None) -> None:
        super().__init__(top_k_matches, name, dtype, k=k)


class SparseTopKCategoricalAccuracy(Matching):
    """How often the class number is among the `k` largest predictions."""

    def __init__(self, k: int = 5, name: str | None = "sparse_top_k_categorical_accuracy", dtype: Any = None) -> None:
        super().__init__(sparse_top_k_matches, name, dtype, k=k)
