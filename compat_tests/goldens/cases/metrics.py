"""Metrics: every class over several updates, every function, and the names that `compile` reports."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

#: How values are drawn (a name of `metric_arrays.KINDS`), and their shape without the batch axis.
Data = tuple[str, tuple[int, ...]]


@dataclass(frozen=True)
class MetricCase:
    """A metric and the updates it gets; its result is recorded after each.

    Args:
        name: Unique; starts with the class name.
        metric: A class in `keras.metrics`.
        config: Constructor arguments.
        data: What each update is called with: y_true and y_pred, or values alone.
        steps: One word per update: "plain" for no weights, a name of `metric_arrays.WEIGHTS`, or "reset".
        source: "tf_keras", or "keras3" for what only that has.
        given_as: "tensors", "arrays" or "lists".
    """

    name: str
    metric: str
    config: dict[str, Any]
    data: tuple[Data, ...]
    steps: tuple[str, ...]
    source: str = "tf_keras"
    given_as: str = "tensors"


@dataclass(frozen=True)
class MetricFunctionCase:
    """A function of `keras.metrics` and its arguments."""

    name: str
    function: str
    data: tuple[Data, ...]
    kwargs: dict[str, Any] = field(default_factory=dict)
    source: str = "tf_keras"


@dataclass(frozen=True)
class ReportCase:
    """What `evaluate` reports for an entry of `compile(metrics=[...])`.

    Args:
        name: Unique.
        identifier: A string, or the name of an object that `metric_arrays.OWN` makes of a Keras-like namespace.
        data: y_true and y_pred.
        weighted: Whether it is given as a weighted metric, with a weight per sample.
    """

    name: str
    identifier: str
    data: tuple[Data, ...]
    weighted: bool = False


PLAIN = ("plain", "plain", "reset", "plain")
MIXED = ("plain", "sample", "reset", "sample", "plain")
WEIGHTED = ("sample", "column", "scalar")
EACH = ("full", "reset", "full", "scalar")

_CLASSES_4: tuple[Data, Data] = (("labels", ()), ("shares", (4,)))
_LABELS_1: tuple[Data, Data] = (("labels", (1,)), ("shares", (4,)))
_ONE_HOT: tuple[Data, Data] = (("one_hot", (4,)), ("shares", (4,)))
_BINARY: tuple[Data, Data] = (("binary", ()), ("grid", ()))
_BINARY_1: tuple[Data, Data] = (("binary", (1,)), ("grid", (1,)))
_BINARY_3: tuple[Data, Data] = (("binary", (3,)), ("grid", (3,)))
_VALUES: tuple[Data, Data] = (("normal", (3,)), ("normal", (3,)))


def _case(metric: str, label: str, data: Any, steps: Any = PLAIN, config: Any = None, **options: Any) -> MetricCase:
    return MetricCase(f"{metric}-{label}", metric, dict(config or {}), data, steps, **options)


def _table(
    metric: str, data: Any, rows: dict[str, dict[str, Any]], steps: Any = MIXED, **options: Any
) -> list[MetricCase]:
    return [_case(metric, label, data, steps, config, **options) for label, config in rows.items()]


# Of each class whose values are one per sample: what it is called on, and its settings.
_PER_SAMPLE: dict[str, tuple[Any, dict[str, dict[str, Any]]]] = {
    "CategoricalAccuracy": (_ONE_HOT, {}),
    "SparseCategoricalAccuracy": (_CLASSES_4, {}),
    "TopKCategoricalAccuracy": (_ONE_HOT, {"k_2": {"k": 2}, "k_1": {"k": 1}}),
    "SparseTopKCategoricalAccuracy": (_CLASSES_4, {"k_2": {"k": 2}, "k_3": {"k": 3}}),
    "MeanSquaredError": (_VALUES, {}),
    "MeanAbsoluteError": (_VALUES, {}),
    "MeanAbsolutePercentageError": (_VALUES, {}),
    "MeanSquaredLogarithmicError": ((("positive", (3,)), ("positive", (3,))), {}),
    "LogCoshError": (_VALUES, {}),
    "CosineSimilarity": (_VALUES, {"axis_1": {"axis": 1}}),
    "Hinge": ((("signs", (3,)), ("normal", (3,))), {}),
    "SquaredHinge": ((("binary", (3,)), ("normal", (3,))), {}),
    "CategoricalHinge": ((("one_hot", (4,)), ("normal", (4,))), {}),
    "Poisson": ((("counts", (3,)), ("positive", (3,))), {}),
    "KLDivergence": ((("shares", (4,)), ("shares", (4,))), {}),
    "BinaryCrossentropy": (
        (("binary", (3,)), ("probability", (3,))),
        {"smoothing": {"label_smoothing": 0.2}},
    ),
    "CategoricalCrossentropy": (_ONE_HOT, {"smoothing": {"label_smoothing": 0.1}}),
    "SparseCategoricalCrossentropy": (_CLASSES_4, {}),
}

_STEPWISE = [
    case
    for metric, (data, settings) in _PER_SAMPLE.items()
    for case in (
        _case(metric, "plain", data),
        _case(metric, "mixed", data, MIXED),
        _case(metric, "weighted", data, WEIGHTED),
        *_table(metric, data, settings),
    )
]

_REDUCTIONS = [
    case
    for metric in ("Mean", "Sum")
    for case in (
        _case(metric, "plain", (("normal", ()),)),
        _case(metric, "matrix", (("normal", (3,)),)),
        _case(metric, "matrix_mixed", (("normal", (3,)),), MIXED),
        _case(metric, "matrix_weighted", (("normal", (3,)),), (*WEIGHTED, "full")),
        _case(metric, "images", (("normal", (2, 3)),), ("sample", "plain", "column")),
        _case(metric, "steps", (("normal", (2,)),), ("full", "mask", "zero")),
        _case(metric, "weighted_vector", (("normal", ()),), ("sample", "column", "mask", "zero", "scalar")),
        _case(metric, "counts", (("counts_int", (2,)),), MIXED),
        _case(metric, "zero_weights", (("normal", ()),), ("zero", "reset")),
        _case(metric, "lists", (("normal", (3,)),), MIXED, given_as="lists"),
        _case(metric, "float64", (("normal", (3,)),), MIXED, {"dtype": "float64"}, given_as="arrays"),
    )
] + [
    _case("MeanTensor", "plain", (("normal", (3,)),), ("same", "same", "reset", "same")),
    _case("MeanTensor", "weighted", (("normal", (3,)),), ("same", "same_sample", "same_full", "same_scalar")),
    _case("MeanTensor", "shape", (("normal", (3,)),), ("same",), {"shape": (4, 3)}),
    _case("MeanTensor", "lists", (("normal", ()),), ("same", "same_full"), given_as="lists"),
    _case("MeanRelativeError", "plain", (("normal", ()), ("normal", ())), ("same", "same"), {"normalizer": [1, 3, 2, 0]}),
    _case(
        "MeanRelativeError", "weighted", (("normal", (3,)), ("normal", (3,))), MIXED, {"normalizer": [[1.0, 3.0, 0.5]]}
    ),
]  # fmt: skip

_MATCHING = [
    _case("Accuracy", "labels", (("labels", ()), ("labels", ()))),
    _case("Accuracy", "column", (("labels", (1,)), ("labels", (1,))), MIXED),
    _case("Accuracy", "vector_beside_column", (("labels", ()), ("float_labels", (1,))), PLAIN),
    _case("Accuracy", "matrix", (("labels", (3,)), ("float_labels", (3,))), (*WEIGHTED, "full")),
    _case("Accuracy", "bool", (("binary_bool", ()), ("binary_bool", ())), MIXED),
    _case("BinaryAccuracy", "vector", _BINARY, MIXED),
    _case("BinaryAccuracy", "column", _BINARY_1, MIXED),
    _case("BinaryAccuracy", "vector_beside_column", (("binary", ()), ("grid", (1,)))),
    _case("BinaryAccuracy", "column_beside_vector", (("binary", (1,)), ("grid", ())), MIXED),
    _case("BinaryAccuracy", "matrix", _BINARY_3, (*WEIGHTED, "full")),
    _case("BinaryAccuracy", "int_labels", (("labels", (1,)), ("grid", (1,))), MIXED),
    _case("BinaryAccuracy", "bool_labels", (("binary_bool", (1,)), ("grid", (1,))), MIXED),
    _case("BinaryAccuracy", "logits", (("binary", (1,)), ("normal", (1,))), MIXED, {"threshold": 0.0}),
    _case("BinaryAccuracy", "threshold", _BINARY_1, MIXED, {"threshold": 0.3}),
    _case("BinaryAccuracy", "pixels", (("binary", (2, 2, 1)), ("grid", (2, 2, 1))), ("plain", "sample")),
    _case("BinaryAccuracy", "arrays", (("binary", (1,)), ("grid", (1,))), MIXED, given_as="arrays"),
    _case("CategoricalAccuracy", "ties", (("one_hot", (4,)), ("ties", (4,))), MIXED),
    _case("CategoricalAccuracy", "int_labels", (("one_hot_int", (4,)), ("normal", (4,))), MIXED),
    _case("CategoricalAccuracy", "steps", (("one_hot", (3, 4)), ("shares", (3, 4))), ("plain", "sample", "full_values")),
    _case("SparseCategoricalAccuracy", "column", _LABELS_1, MIXED),
    _case("SparseCategoricalAccuracy", "column_weighted", _LABELS_1, WEIGHTED),
    _case("SparseCategoricalAccuracy", "float_labels", (("float_labels", ()), ("shares", (4,))), MIXED),
    _case("SparseCategoricalAccuracy", "byte_labels", (("byte_labels", ()), ("ties", (4,))), MIXED),
    _case("SparseCategoricalAccuracy", "steps", (("labels", (3,)), ("shares", (3, 4))), ("plain", "sample", "full_values")),
    _case("SparseCategoricalAccuracy", "steps_column", (("labels", (3, 1)), ("shares", (3, 4))), ("plain", "sample")),
    _case("SparseCategoricalAccuracy", "mask", (("labels", (3,)), ("shares", (3, 4))), ("mask_values", "plain")),
    _case("SparseCategoricalAccuracy", "lists", _CLASSES_4, MIXED, given_as="lists"),
    _case("TopKCategoricalAccuracy", "ties", (("one_hot", (6,)), ("ties", (6,))), MIXED, {"k": 2}),
    _case("TopKCategoricalAccuracy", "more_than_classes", _ONE_HOT, MIXED, {"k": 9}),
    _case("SparseTopKCategoricalAccuracy", "column", _LABELS_1, PLAIN, {"k": 2}),
    _case("SparseTopKCategoricalAccuracy", "no_class", (("labels_or_minus_1", ()), ("shares", (4,))), PLAIN, {"k": 2}),
    _case("SparseTopKCategoricalAccuracy", "steps", (("labels", (3,)), ("ties", (3, 4))), ("plain", "sample"), {"k": 2}),
]  # fmt: skip

_COUNTS = ("TruePositives", "TrueNegatives", "FalsePositives", "FalseNegatives")
_CONFUSION = [
    case
    for metric in (*_COUNTS, "Precision", "Recall")
    for case in (
        _case(metric, "vector", _BINARY, MIXED),
        _case(metric, "column", _BINARY_1, MIXED),
        _case(metric, "matrix", _BINARY_3, (*EACH, "sample")),
        _case(metric, "vector_beside_column", (("labels", ()), ("grid", (1,)))),
        _case(metric, "threshold", _BINARY, MIXED, {"thresholds": 0.3}),
        _case(metric, "uneven_thresholds", _BINARY_3, MIXED, {"thresholds": [0.2, 0.35, 0.8]}),
        _case(metric, "even_thresholds", _BINARY_3, MIXED, {"thresholds": [0.0, 0.5, 1.0]}),
        _case(metric, "outside", (("binary", ()), ("normal", ())), MIXED, {"thresholds": [0.0, 0.25, 0.5, 0.75, 1.0]}),
    )
] + [
    case
    for metric in ("Precision", "Recall")
    for case in (
        _case(metric, "top_k", (("multi_hot", (5,)), ("ties", (5,))), MIXED, {"top_k": 2}),
        _case(metric, "top_k_threshold", (("multi_hot", (5,)), ("grid", (5,))), PLAIN, {"top_k": 3, "thresholds": 0.4}),
        _case(metric, "class_id", _ONE_HOT, MIXED, {"class_id": 1}),
        _case(metric, "top_k_class_id", _ONE_HOT, MIXED, {"class_id": 2, "top_k": 2}),
        _case(metric, "lists", _BINARY, MIXED, given_as="lists"),
    )
]  # fmt: skip

_TRADE_OFFS = [
    case
    for metric, bound in (
        ("SensitivityAtSpecificity", "specificity"),
        ("SpecificityAtSensitivity", "sensitivity"),
        ("PrecisionAtRecall", "recall"),
        ("RecallAtPrecision", "precision"),
    )
    for case in (
        _case(metric, "half", _BINARY, MIXED, {bound: 0.5}),
        _case(metric, "high", (("binary", ()), ("probability", ())), MIXED, {bound: 0.8}),
        _case(metric, "few_thresholds", _BINARY_3, EACH, {bound: 0.7, "num_thresholds": 6}),
        _case(metric, "one_threshold", _BINARY_3, MIXED, {bound: 0.3, "num_thresholds": 1}),
        _case(metric, "class_id", _ONE_HOT, MIXED, {bound: 0.4, "class_id": 1}),
    )
]

_AUC = [
    *[
        _case("AUC", f"{curve}_{summation}", (("binary", ()), ("probability", ())), MIXED,
              {"curve": curve, "summation_method": summation, "num_thresholds": 20})
        for curve in ("ROC", "PR", "PR_GAIN")
        for summation in ("interpolation", "majoring", "minoring")
    ],
    _case("AUC", "default", (("binary", ()), ("probability", ())), MIXED),
    _case("AUC", "column", (("binary", (1,)), ("grid", (1,))), MIXED),
    _case("AUC", "matrix", _BINARY_3, EACH),
    _case("AUC", "pr", _BINARY, MIXED, {"curve": "PR"}),
    _case("AUC", "logits", (("binary", ()), ("normal", ())), MIXED, {"from_logits": True}),
    _case("AUC", "outside", (("binary", ()), ("normal", ())), MIXED, {"num_thresholds": 8}),
    _case("AUC", "thresholds", (("binary", ()), ("probability", ())), MIXED, {"thresholds": [0.8, 0.1, 0.45]}),
    _case("AUC", "even_thresholds", _BINARY, MIXED, {"thresholds": [0.25, 0.5, 0.75]}),
    _case("AUC", "multi_label", _BINARY_3, ("plain", "sample", "reset", "plain"), {"multi_label": True, "num_thresholds": 9}),
    _case("AUC", "multi_label_num_labels", _BINARY_3, PLAIN, {"multi_label": True, "num_labels": 3, "num_thresholds": 9}),
    _case("AUC", "multi_label_weights", _BINARY_3, PLAIN,
          {"multi_label": True, "label_weights": [0.2, 0.5, 1.0], "num_thresholds": 9}),
    _case("AUC", "multi_label_pr", _BINARY_3, PLAIN,
          {"multi_label": True, "curve": "PR", "label_weights": [0.2, 0.5, 1.0], "num_thresholds": 9}),
    _case("AUC", "multi_label_thresholds", _BINARY_3, ("plain", "sample"), {"multi_label": True, "thresholds": [0.15, 0.3, 0.7]}),
    _case("AUC", "label_weights", _BINARY_3, ("plain", "sample"), {"label_weights": [0.2, 0.5, 1.0], "num_thresholds": 9}),
    _case("AUC", "label_weights_thresholds", _BINARY_3, ("plain", "sample"), {"label_weights": [0.2, 0.5, 1.0], "thresholds": [0.15, 0.3]}),
    _case("AUC", "lists", _BINARY, MIXED, given_as="lists"),
]  # fmt: skip

_SCORES = [
    *[
        _case("F1Score", f"{average}_{label}", data, ("plain", "sample", "reset", "plain"), {"average": average, **config})
        for average in (None, "micro", "macro", "weighted")
        for label, data, config in (("argmax", _ONE_HOT, {}), ("threshold", _BINARY_3, {"threshold": 0.5}))
    ],
    _case("F1Score", "ties", (("one_hot", (4,)), ("rectified", (4,)))),
    _case("FBetaScore", "beta_2", _ONE_HOT, MIXED, {"beta": 2.0}),
    _case("FBetaScore", "weighted", _BINARY_3, MIXED, {"beta": 0.5, "threshold": 0.35, "average": "weighted"}),
    _case("FBetaScore", "micro", _BINARY_3, MIXED, {"beta": 3.0, "threshold": 0.6, "average": "micro"}),
    *_table("R2Score", (("normal", (3,)), ("normal", (3,))), {
        "default": {},
        "none": {"class_aggregation": None},
        "variance": {"class_aggregation": "variance_weighted_average"},
        "adjusted": {"num_regressors": 2},
    }),
    _case("R2Score", "column", (("normal", (1,)), ("normal", (1,)))),
    _case("RootMeanSquaredError", "vector", (("normal", ()), ("normal", ())), MIXED),
    _case("RootMeanSquaredError", "matrix", _VALUES, (*WEIGHTED, "full")),
    _case("RootMeanSquaredError", "plain", _VALUES),
    _case("RootMeanSquaredError", "vector_beside_column", (("normal", ()), ("normal", (1,)))),
]  # fmt: skip

_PIXELS: tuple[Data, Data] = (("labels", (3, 2)), ("labels", (3, 2)))
_IOU = [
    _case("IoU", "one", (("labels", ()), ("labels", ())), MIXED, {"num_classes": 4, "target_class_ids": [1]}),
    _case("IoU", "some", _PIXELS, ("full", "reset", "full", "plain"), {"num_classes": 5, "target_class_ids": [0, 2, 4]}),
    _case("IoU", "ignore_class", (("labels_or_minus_1", (3,)), ("labels", (3,))), ("full", "reset", "full", "plain"),
          {"num_classes": 4, "target_class_ids": [0, 1], "ignore_class": -1}),
    _case("IoU", "dense", (("one_hot", (4,)), ("shares", (4,))), MIXED,
          {"num_classes": 4, "target_class_ids": [0, 1], "sparse_y_true": False, "sparse_y_pred": False}),
    _case("MeanIoU", "vector", (("labels", ()), ("labels", ())), MIXED, {"num_classes": 4}),
    _case("MeanIoU", "pixels", _PIXELS, ("full", "reset", "full", "plain"), {"num_classes": 4}),
    _case("MeanIoU", "absent_class", _PIXELS, PLAIN, {"num_classes": 6}),
    _case("MeanIoU", "ignore_class", (("labels_or_minus_1", (3,)), ("labels", (3,))), ("full", "reset", "full", "plain"), {"num_classes": 4, "ignore_class": -1}),
    _case("MeanIoU", "dense_predictions", (("labels", (3,)), ("shares", (3, 4))), PLAIN, {"num_classes": 4, "sparse_y_pred": False}),
    _case("MeanIoU", "axis", (("labels", (3,)), ("shares", (4, 3))), PLAIN, {"num_classes": 4, "sparse_y_pred": False, "axis": 1}),
    _case("MeanIoU", "float_labels", (("float_labels", (3,)), ("float_labels", (3,))), PLAIN, {"num_classes": 4}),
    *_table("BinaryIoU", _BINARY, {
        "default": {}, "class_0": {"target_class_ids": [0], "threshold": 0.3}, "class_1": {"target_class_ids": [1]},
    }),
    _case("BinaryIoU", "logits", (("binary", (3,)), ("normal", (3,))), ("full", "reset", "full", "plain"), {"threshold": 0.0}),
    _case("OneHotIoU", "some", (("one_hot", (3, 4)), ("shares", (3, 4))), PLAIN, {"num_classes": 4, "target_class_ids": [0, 2]}),
    _case("OneHotIoU", "weighted", _ONE_HOT, MIXED, {"num_classes": 4, "target_class_ids": [3]}),
    _case("OneHotMeanIoU", "pixels", (("one_hot", (3, 4)), ("shares", (3, 4))), PLAIN, {"num_classes": 4}),
    _case("OneHotMeanIoU", "sparse_predictions", (("one_hot", (3, 4)), ("labels", (3,))), PLAIN, {"num_classes": 4, "sparse_y_pred": True}),
]  # fmt: skip

_PROBABILITIES = [
    _case("BinaryCrossentropy", "column", (("binary", (1,)), ("probability", (1,))), MIXED),
    _case("BinaryCrossentropy", "logits", (("binary", (3,)), ("wide", (3,))), MIXED, {"from_logits": True}),
    _case("BinaryCrossentropy", "extremes", (("binary", (3,)), ("extreme_probability", (3,)))),
    _case("CategoricalCrossentropy", "logits", (("one_hot", (4,)), ("wide", (4,))), MIXED, {"from_logits": True}),
    _case("CategoricalCrossentropy", "steps", (("one_hot", (3, 4)), ("shares", (3, 4))), ("plain", "sample", "full_values")),
    _case("SparseCategoricalCrossentropy", "column", _LABELS_1, MIXED),
    _case("SparseCategoricalCrossentropy", "logits", (("labels", ()), ("wide", (4,))), MIXED, {"from_logits": True}),
    _case("SparseCategoricalCrossentropy", "ignore_class", (("labels_or_minus_1", (3,)), ("shares", (3, 4))),
          ("plain", "plain", "reset", "plain"), {"ignore_class": -1}),
    _case("SparseCategoricalCrossentropy", "ignore_class_weighted", (("labels_or_minus_1", (3,)), ("shares", (3, 4))),
          ("full_values", "sample"), {"ignore_class": -1}),
    _case("SparseCategoricalCrossentropy", "steps", (("labels", (3,)), ("shares", (3, 4))), ("plain", "sample", "full_values")),
    _case("MeanSquaredError", "vector", (("normal", ()), ("normal", ()))),
    _case("MeanSquaredError", "vector_beside_column", (("normal", ()), ("normal", (1,)))),
    _case("MeanSquaredError", "steps", (("normal", (2, 3)), ("normal", (2, 3))), ("plain", "sample", "full_values")),
    _case("MeanSquaredError", "int_labels", (("counts_int", (3,)), ("normal", (3,))), MIXED),
    _case("MeanAbsoluteError", "lists", _VALUES, MIXED, given_as="lists"),
    _case("MeanAbsoluteError", "float64", _VALUES, MIXED, {"dtype": "float64"}, given_as="arrays"),
]  # fmt: skip

_CORRELATIONS = [
    case
    for metric in ("PearsonCorrelation", "ConcordanceCorrelation")
    for case in (
        _case(metric, "plain", (("normal", (4,)), ("normal", (4,))), PLAIN, source="keras3"),
        _case(metric, "weighted", (("normal", (4,)), ("normal", (4,))), ("sample", "plain"), source="keras3"),
    )
]

METRICS = [
    *_REDUCTIONS, *_MATCHING, *_STEPWISE, *_CONFUSION, *_TRADE_OFFS, *_AUC, *_SCORES, *_IOU, *_PROBABILITIES,
    *_CORRELATIONS,
]  # fmt: skip


def _function(function: str, label: str, data: Any, source: str = "tf_keras", **kwargs: Any) -> MetricFunctionCase:
    return MetricFunctionCase(f"{function}-{label}", function, data, kwargs, source)


METRIC_FUNCTIONS = [
    _function("binary_accuracy", "matrix", _BINARY_3),
    _function("binary_accuracy", "threshold", _BINARY_3, threshold=0.3),
    _function("binary_accuracy", "vector", _BINARY),
    _function("categorical_accuracy", "matrix", _ONE_HOT),
    _function("categorical_accuracy", "steps", (("one_hot", (3, 4)), ("shares", (3, 4)))),
    _function("sparse_categorical_accuracy", "vector", _CLASSES_4),
    _function("sparse_categorical_accuracy", "column", _LABELS_1),
    _function("sparse_categorical_accuracy", "steps", (("labels", (3,)), ("shares", (3, 4)))),
    _function("top_k_categorical_accuracy", "k", (("one_hot", (6,)), ("ties", (6,))), k=2),
    _function("top_k_categorical_accuracy", "default", (("one_hot", (8,)), ("normal", (8,)))),
    _function("sparse_top_k_categorical_accuracy", "k", (("labels", ()), ("ties", (6,))), k=2),
    _function("sparse_top_k_categorical_accuracy", "column", (("labels", (1,)), ("ties", (6,))), k=2),
    _function("sparse_top_k_categorical_accuracy", "steps", (("labels", (3,)), ("normal", (3, 4))), k=2),
    _function("mean_squared_error", "matrix", _VALUES),
    _function("mae", "matrix", _VALUES),
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
            ("sparse", _CLASSES_4),
            ("sparse_column", _LABELS_1),
            ("sparse_steps", (("labels", (3,)), ("shares", (3, 4)))),
            ("one_hot", _ONE_HOT),
            ("one_hot_steps", (("one_hot", (3, 4)), ("shares", (3, 4)))),
        )
        for weighted in ((False, True) if label in ("binary", "sparse", "one_hot") else (False,))
        if not (weighted and identifier in ("acc", "ce"))
    ],
    _report("Accuracy", "sparse", _CLASSES_4),
    _report("ACC", "one_hot", _ONE_HOT),
    *[_report(name, "matrix", _VALUES) for name in ("mse", "MSE", "mae", "mean_squared_error", "mape", "cosine_similarity")],
    *[_report(name, "matrix", _VALUES, True) for name in ("mse", "mae", "logcosh")],
    _report("binary_accuracy", "matrix", _BINARY_3),
    _report("binary_accuracy", "matrix", _BINARY_3, True),
    _report("categorical_accuracy", "matrix", _ONE_HOT),
    _report("sparse_categorical_accuracy", "vector", _CLASSES_4),
    _report("sparse_categorical_accuracy", "vector", _CLASSES_4, True),
    _report("top_k_categorical_accuracy", "matrix", (("one_hot", (8,)), ("normal", (8,)))),
    _report("sparse_categorical_crossentropy", "vector", _CLASSES_4),
    _report("AUC", "matrix", _BINARY_3),
    _report("Precision", "column", _BINARY_1),
    _report("MeanSquaredError", "matrix", _VALUES),
    _report("own_function", "matrix", _VALUES),
    _report("own_scalar_function", "matrix", _VALUES),
    _report("own_class", "column", _BINARY_1),
    _report("own_class", "column", _BINARY_1, True),
    _report("own_loss_object", "matrix", _VALUES),
    _report("auc_object", "column", _BINARY_1),
    _report("named_object", "column", _BINARY_1, True),
]  # fmt: skip
