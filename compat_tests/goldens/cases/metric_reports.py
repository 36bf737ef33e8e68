"""The functions of keras.metrics, and the names and values that `evaluate` reports."""

from __future__ import annotations

from typing import Any

from .metric_schema import (
    BINARY,
    BINARY_COLUMN,
    BINARY_MATRIX,
    CLASSES,
    CLASSES_COLUMN,
    ONE_HOT,
    VALUES,
    MetricFunctionCase,
    ReportCase,
)


def _function(function: str, label: str, data: Any, source: str = "tf_keras", **kwargs: Any) -> MetricFunctionCase:
    return MetricFunctionCase(f"{function}-{label}", function, data, kwargs, source)


METRIC_FUNCTIONS = [
    _function("binary_accuracy", "matrix", BINARY_MATRIX),
    _function("binary_accuracy", "threshold", BINARY_MATRIX, threshold=0.3),
    _function("binary_accuracy", "vector", BINARY),
    _function("categorical_accuracy", "matrix", ONE_HOT),
    _function("categorical_accuracy", "steps", (("one_hot", (3, 4)), ("shares", (3, 4)))),
    _function("sparse_categorical_accuracy", "vector", CLASSES),
    _function("sparse_categorical_accuracy", "column", CLASSES_COLUMN),
    _function("sparse_categorical_accuracy", "steps", (("labels", (3,)), ("shares", (3, 4)))),
    _function("top_k_categorical_accuracy", "k", (("one_hot", (6,)), ("ties", (6,))), k=2),
    _function("top_k_categorical_accuracy", "default", (("one_hot", (8,)), ("normal", (8,)))),
    _function("sparse_top_k_categorical_accuracy", "k", (("labels", ()), ("ties", (6,))), k=2),
    _function("sparse_top_k_categorical_accuracy", "column", (("labels", (1,)), ("ties", (6,))), k=2),
    _function("sparse_top_k_categorical_accuracy", "steps", (("labels", (3,)), ("normal", (3, 4))), k=2),
    _function("mean_squared_error", "matrix", VALUES),
    _function("mae", "matrix", VALUES),
    _function("kullback_leibler_divergence", "matrix", (("shares", (4,)), ("shares", (4,)))),
    _function("hinge", "matrix", (("signs", (3,)), ("normal", (3,)))),
    _function("binary_crossentropy", "matrix", (("binary", (3,)), ("probability", (3,)))),
    _function("pearson_correlation", "matrix", (("normal", (5,)), ("normal", (5,))), "keras3"),
    _function("pearson_correlation", "axis_0", (("normal", (5,)), ("normal", (5,))), "keras3", axis=0),
    _function("concordance_correlation", "matrix", (("normal", (5,)), ("normal", (5,))), "keras3"),
    _function("concordance_correlation", "axis_0", (("normal", (5,)), ("normal", (5,))), "keras3", axis=0),
]


def _report(identifier: str, label: str, data: Any, weighted: bool = False) -> ReportCase:
    return ReportCase(f"{identifier}-{label}{'_weighted' if weighted else ''}", identifier, data, weighted)


REPORTS = [
    *[
        _report(identifier, label, data, weighted)
        for identifier in ("accuracy", "acc", "crossentropy", "ce")
        for label, data in (
            ("binary", (("binary", (1,)), ("probability", (1,)))),
            ("binary_vector", (("binary", ()), ("probability", (1,)))),
            ("binary_steps", (("binary", (3, 1)), ("probability", (3, 1)))),
            ("sparse", CLASSES),
            ("sparse_column", CLASSES_COLUMN),
            ("sparse_steps", (("labels", (3,)), ("shares", (3, 4)))),
            ("one_hot", ONE_HOT),
            ("one_hot_steps", (("one_hot", (3, 4)), ("shares", (3, 4)))),
        )
        for weighted in ((False, True) if label in ("binary", "sparse", "one_hot") else (False,))
        if not (weighted and identifier in ("acc", "ce"))
    ],
    _report("Accuracy", "sparse", CLASSES),
    _report("ACC", "one_hot", ONE_HOT),
    *[
        _report(name, "matrix", VALUES)
        for name in ("mse", "MSE", "mae", "mean_squared_error", "mape", "cosine_similarity")
    ],
    *[_report(name, "matrix", VALUES, True) for name in ("mse", "mae", "logcosh")],
    _report("binary_accuracy", "matrix", BINARY_MATRIX),
    _report("binary_accuracy", "matrix", BINARY_MATRIX, True),
    _report("categorical_accuracy", "matrix", ONE_HOT),
    _report("sparse_categorical_accuracy", "vector", CLASSES),
    _report("sparse_categorical_accuracy", "vector", CLASSES, True),
    _report("top_k_categorical_accuracy", "matrix", (("one_hot", (8,)), ("normal", (8,)))),
    _report("sparse_categorical_crossentropy", "vector", CLASSES),
    _report("AUC", "matrix", BINARY_MATRIX),
    _report("Precision", "column", BINARY_COLUMN),
    _report("MeanSquaredError", "matrix", VALUES),
    _report("own_function", "matrix", VALUES),
    _report("own_scalar_function", "matrix", VALUES),
    _report("own_class", "column", BINARY_COLUMN),
    _report("own_class", "column", BINARY_COLUMN, True),
    _report("own_loss_object", "matrix", VALUES),
    _report("auc_object", "column", BINARY_COLUMN),
    _report("named_object", "column", BINARY_COLUMN, True),
]
