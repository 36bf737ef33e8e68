"""Metrics: every class over several updates."""

from __future__ import annotations

from typing import Any

from . import metrics_of_thresholds
from .metric_schema import (
    BINARY,
    BINARY_COLUMN,
    BINARY_MATRIX,
    CLASSES,
    CLASSES_COLUMN,
    MIXED,
    ONE_HOT,
    PLAIN,
    VALUES,
    WEIGHTED,
    Data,
    MetricCase,
    case,
    table,
)

# Of each class whose values are one per sample: what it is called on, and its settings.
_PER_SAMPLE: dict[str, tuple[Any, dict[str, dict[str, Any]]]] = {
    "CategoricalAccuracy": (ONE_HOT, {}),
    "SparseCategoricalAccuracy": (CLASSES, {}),
    "TopKCategoricalAccuracy": (ONE_HOT, {"k_2": {"k": 2}, "k_1": {"k": 1}}),
    "SparseTopKCategoricalAccuracy": (CLASSES, {"k_2": {"k": 2}, "k_3": {"k": 3}}),
    "MeanSquaredError": (VALUES, {}),
    "MeanAbsoluteError": (VALUES, {}),
    "MeanAbsolutePercentageError": (VALUES, {}),
    "MeanSquaredLogarithmicError": ((("positive", (3,)), ("positive", (3,))), {}),
    "LogCoshError": (VALUES, {}),
    "CosineSimilarity": (VALUES, {"axis_1": {"axis": 1}}),
    "Hinge": ((("signs", (3,)), ("normal", (3,))), {}),
    "SquaredHinge": ((("binary", (3,)), ("normal", (3,))), {}),
    "CategoricalHinge": ((("one_hot", (4,)), ("normal", (4,))), {}),
    "Poisson": ((("counts", (3,)), ("positive", (3,))), {}),
    "KLDivergence": ((("shares", (4,)), ("shares", (4,))), {}),
    "BinaryCrossentropy": (
        (("binary", (3,)), ("probability", (3,))),
        {"smoothing": {"label_smoothing": 0.2}},
    ),
    "CategoricalCrossentropy": (ONE_HOT, {"smoothing": {"label_smoothing": 0.1}}),
    "SparseCategoricalCrossentropy": (CLASSES, {}),
}

_STEPWISE = [
    one
    for metric, (data, settings) in _PER_SAMPLE.items()
    for one in (
        case(metric, "plain", data),
        case(metric, "mixed", data, MIXED),
        case(metric, "weighted", data, WEIGHTED),
        *table(metric, data, settings),
    )
]

_REDUCTIONS = [
    one
    for metric in ("Mean", "Sum")
    for one in (
        case(metric, "plain", (("normal", ()),)),
        case(metric, "matrix", (("normal", (3,)),)),
        case(metric, "matrix_mixed", (("normal", (3,)),), MIXED),
        case(metric, "matrix_weighted", (("normal", (3,)),), (*WEIGHTED, "full")),
        case(metric, "images", (("normal", (2, 3)),), ("sample", "plain", "column")),
        case(metric, "steps", (("normal", (2,)),), ("full", "mask", "zero")),
        case(metric, "weighted_vector", (("normal", ()),), ("sample", "column", "mask", "zero", "scalar")),
        case(metric, "counts", (("counts_int", (2,)),), MIXED),
        case(metric, "zero_weights", (("normal", ()),), ("zero", "reset")),
        case(metric, "lists", (("normal", (3,)),), MIXED, given_as="lists"),
        case(metric, "float64", (("normal", (3,)),), MIXED, {"dtype": "float64"}, given_as="arrays"),
    )
] + [
    case("MeanTensor", "plain", (("normal", (3,)),), ("same", "same", "reset", "same")),
    case("MeanTensor", "weighted", (("normal", (3,)),), ("same", "same_sample", "same_full", "same_scalar")),
    case("MeanTensor", "shape", (("normal", (3,)),), ("same",), {"shape": (4, 3)}),
    case("MeanTensor", "lists", (("normal", ()),), ("same", "same_full"), given_as="lists"),
    case(
        "MeanRelativeError", "plain", (("normal", ()), ("normal", ())), ("same", "same"), {"normalizer": [1, 3, 2, 0]}
    ),
    case(
        "MeanRelativeError", "weighted", (("normal", (3,)), ("normal", (3,))), MIXED, {"normalizer": [[1.0, 3.0, 0.5]]}
    ),
]

_MATCHING = [
    case("Accuracy", "labels", (("labels", ()), ("labels", ()))),
    case("Accuracy", "column", (("labels", (1,)), ("labels", (1,))), MIXED),
    case("Accuracy", "vector_beside_column", (("labels", ()), ("float_labels", (1,))), PLAIN),
    case("Accuracy", "matrix", (("labels", (3,)), ("float_labels", (3,))), (*WEIGHTED, "full")),
    case("Accuracy", "bool", (("binary_bool", ()), ("binary_bool", ())), MIXED),
    case("BinaryAccuracy", "vector", BINARY, MIXED),
    case("BinaryAccuracy", "column", BINARY_COLUMN, MIXED),
    case("BinaryAccuracy", "vector_beside_column", (("binary", ()), ("grid", (1,)))),
    case("BinaryAccuracy", "column_beside_vector", (("binary", (1,)), ("grid", ())), MIXED),
    case("BinaryAccuracy", "matrix", BINARY_MATRIX, (*WEIGHTED, "full")),
    case("BinaryAccuracy", "int_labels", (("labels", (1,)), ("grid", (1,))), MIXED),
    case("BinaryAccuracy", "bool_labels", (("binary_bool", (1,)), ("grid", (1,))), MIXED),
    case("BinaryAccuracy", "logits", (("binary", (1,)), ("normal", (1,))), MIXED, {"threshold": 0.0}),
    case("BinaryAccuracy", "threshold", BINARY_COLUMN, MIXED, {"threshold": 0.3}),
    case("BinaryAccuracy", "pixels", (("binary", (2, 2, 1)), ("grid", (2, 2, 1))), ("plain", "sample")),
    case("BinaryAccuracy", "arrays", (("binary", (1,)), ("grid", (1,))), MIXED, given_as="arrays"),
    case("CategoricalAccuracy", "ties", (("one_hot", (4,)), ("ties", (4,))), MIXED),
    case("CategoricalAccuracy", "int_labels", (("one_hot_int", (4,)), ("normal", (4,))), MIXED),
    case("CategoricalAccuracy", "steps", (("one_hot", (3, 4)), ("shares", (3, 4))), ("plain", "sample", "full_values")),
    case("SparseCategoricalAccuracy", "column", CLASSES_COLUMN, MIXED),
    case("SparseCategoricalAccuracy", "column_weighted", CLASSES_COLUMN, WEIGHTED),
    case("SparseCategoricalAccuracy", "float_labels", (("float_labels", ()), ("shares", (4,))), MIXED),
    case("SparseCategoricalAccuracy", "byte_labels", (("byte_labels", ()), ("ties", (4,))), MIXED),
    case(
        "SparseCategoricalAccuracy", "steps", (("labels", (3,)), ("shares", (3, 4))), ("plain", "sample", "full_values")
    ),
    case("SparseCategoricalAccuracy", "steps_column", (("labels", (3, 1)), ("shares", (3, 4))), ("plain", "sample")),
    case("SparseCategoricalAccuracy", "mask", (("labels", (3,)), ("shares", (3, 4))), ("mask_values", "plain")),
    case("SparseCategoricalAccuracy", "lists", CLASSES, MIXED, given_as="lists"),
    case("TopKCategoricalAccuracy", "ties", (("one_hot", (6,)), ("ties", (6,))), MIXED, {"k": 2}),
    case("TopKCategoricalAccuracy", "more_than_classes", ONE_HOT, MIXED, {"k": 9}),
    case("SparseTopKCategoricalAccuracy", "column", CLASSES_COLUMN, PLAIN, {"k": 2}),
    case("SparseTopKCategoricalAccuracy", "no_class", (("labels_or_minus_1", ()), ("shares", (4,))), PLAIN, {"k": 2}),
    case("SparseTopKCategoricalAccuracy", "steps", (("labels", (3,)), ("ties", (3, 4))), ("plain", "sample"), {"k": 2}),
]

_SCORES = [
    *[
        case(
            "F1Score", f"{average}_{label}", data, ("plain", "sample", "reset", "plain"), {"average": average, **config}
        )
        for average in (None, "micro", "macro", "weighted")
        for label, data, config in (("argmax", ONE_HOT, {}), ("threshold", BINARY_MATRIX, {"threshold": 0.5}))
    ],
    case("F1Score", "ties", (("one_hot", (4,)), ("rectified", (4,)))),
    case("FBetaScore", "beta_2", ONE_HOT, MIXED, {"beta": 2.0}),
    case("FBetaScore", "weighted", BINARY_MATRIX, MIXED, {"beta": 0.5, "threshold": 0.35, "average": "weighted"}),
    case("FBetaScore", "micro", BINARY_MATRIX, MIXED, {"beta": 3.0, "threshold": 0.6, "average": "micro"}),
    *table(
        "R2Score",
        (("normal", (3,)), ("normal", (3,))),
        {
            "default": {},
            "none": {"class_aggregation": None},
            "variance": {"class_aggregation": "variance_weighted_average"},
            "adjusted": {"num_regressors": 2},
        },
    ),
    case("R2Score", "column", (("normal", (1,)), ("normal", (1,)))),
    case("RootMeanSquaredError", "vector", (("normal", ()), ("normal", ())), MIXED),
    case("RootMeanSquaredError", "matrix", VALUES, (*WEIGHTED, "full")),
    case("RootMeanSquaredError", "plain", VALUES),
    case("RootMeanSquaredError", "vector_beside_column", (("normal", ()), ("normal", (1,)))),
]

_PIXELS: tuple[Data, Data] = (("labels", (3, 2)), ("labels", (3, 2)))
_IOU = [
    case("IoU", "one", (("labels", ()), ("labels", ())), MIXED, {"num_classes": 4, "target_class_ids": [1]}),
    case("IoU", "some", _PIXELS, ("full", "reset", "full", "plain"), {"num_classes": 5, "target_class_ids": [0, 2, 4]}),
    case(
        "IoU",
        "ignore_class",
        (("labels_or_minus_1", (3,)), ("labels", (3,))),
        ("full", "reset", "full", "plain"),
        {"num_classes": 4, "target_class_ids": [0, 1], "ignore_class": -1},
    ),
    case(
        "IoU",
        "dense",
        (("one_hot", (4,)), ("shares", (4,))),
        MIXED,
        {"num_classes": 4, "target_class_ids": [0, 1], "sparse_y_true": False, "sparse_y_pred": False},
    ),
    case("MeanIoU", "vector", (("labels", ()), ("labels", ())), MIXED, {"num_classes": 4}),
    case("MeanIoU", "pixels", _PIXELS, ("full", "reset", "full", "plain"), {"num_classes": 4}),
    case("MeanIoU", "absent_class", _PIXELS, PLAIN, {"num_classes": 6}),
    case(
        "MeanIoU",
        "ignore_class",
        (("labels_or_minus_1", (3,)), ("labels", (3,))),
        ("full", "reset", "full", "plain"),
        {"num_classes": 4, "ignore_class": -1},
    ),
    case(
        "MeanIoU",
        "dense_predictions",
        (("labels", (3,)), ("shares", (3, 4))),
        PLAIN,
        {"num_classes": 4, "sparse_y_pred": False},
    ),
    case(
        "MeanIoU",
        "axis",
        (("labels", (3,)), ("shares", (4, 3))),
        PLAIN,
        {"num_classes": 4, "sparse_y_pred": False, "axis": 1},
    ),
    case("MeanIoU", "float_labels", (("float_labels", (3,)), ("float_labels", (3,))), PLAIN, {"num_classes": 4}),
    *table(
        "BinaryIoU",
        BINARY,
        {
            "default": {},
            "class_0": {"target_class_ids": [0], "threshold": 0.3},
            "class_1": {"target_class_ids": [1]},
        },
    ),
    case(
        "BinaryIoU",
        "logits",
        (("binary", (3,)), ("normal", (3,))),
        ("full", "reset", "full", "plain"),
        {"threshold": 0.0},
    ),
    case(
        "OneHotIoU",
        "some",
        (("one_hot", (3, 4)), ("shares", (3, 4))),
        PLAIN,
        {"num_classes": 4, "target_class_ids": [0, 2]},
    ),
    case("OneHotIoU", "weighted", ONE_HOT, MIXED, {"num_classes": 4, "target_class_ids": [3]}),
    case("OneHotMeanIoU", "pixels", (("one_hot", (3, 4)), ("shares", (3, 4))), PLAIN, {"num_classes": 4}),
    case(
        "OneHotMeanIoU",
        "sparse_predictions",
        (("one_hot", (3, 4)), ("labels", (3,))),
        PLAIN,
        {"num_classes": 4, "sparse_y_pred": True},
    ),
]

_PROBABILITIES = [
    case("BinaryCrossentropy", "column", (("binary", (1,)), ("probability", (1,))), MIXED),
    case("BinaryCrossentropy", "logits", (("binary", (3,)), ("wide", (3,))), MIXED, {"from_logits": True}),
    case("BinaryCrossentropy", "extremes", (("binary", (3,)), ("extreme_probability", (3,)))),
    case("CategoricalCrossentropy", "logits", (("one_hot", (4,)), ("wide", (4,))), MIXED, {"from_logits": True}),
    case(
        "CategoricalCrossentropy",
        "steps",
        (("one_hot", (3, 4)), ("shares", (3, 4))),
        ("plain", "sample", "full_values"),
    ),
    case("SparseCategoricalCrossentropy", "column", CLASSES_COLUMN, MIXED),
    case("SparseCategoricalCrossentropy", "logits", (("labels", ()), ("wide", (4,))), MIXED, {"from_logits": True}),
    case(
        "SparseCategoricalCrossentropy",
        "ignore_class",
        (("labels_or_minus_1", (3,)), ("shares", (3, 4))),
        ("plain", "plain", "reset", "plain"),
        {"ignore_class": -1},
    ),
    case(
        "SparseCategoricalCrossentropy",
        "ignore_class_weighted",
        (("labels_or_minus_1", (3,)), ("shares", (3, 4))),
        ("full_values", "sample"),
        {"ignore_class": -1},
    ),
    case(
        "SparseCategoricalCrossentropy",
        "steps",
        (("labels", (3,)), ("shares", (3, 4))),
        ("plain", "sample", "full_values"),
    ),
    case("MeanSquaredError", "vector", (("normal", ()), ("normal", ()))),
    case("MeanSquaredError", "vector_beside_column", (("normal", ()), ("normal", (1,)))),
    case("MeanSquaredError", "steps", (("normal", (2, 3)), ("normal", (2, 3))), ("plain", "sample", "full_values")),
    case("MeanSquaredError", "int_labels", (("counts_int", (3,)), ("normal", (3,))), MIXED),
    case("MeanAbsoluteError", "lists", VALUES, MIXED, given_as="lists"),
    case("MeanAbsoluteError", "float64", VALUES, MIXED, {"dtype": "float64"}, given_as="arrays"),
]

_CORRELATIONS = [
    one
    for metric in ("PearsonCorrelation", "ConcordanceCorrelation")
    for one in (
        case(metric, "plain", (("normal", (4,)), ("normal", (4,))), PLAIN, source="keras3"),
        case(metric, "weighted", (("normal", (4,)), ("normal", (4,))), ("sample", "plain"), source="keras3"),
    )
]


METRICS: list[MetricCase] = [
    *_REDUCTIONS, *_MATCHING, *_STEPWISE, *metrics_of_thresholds.CASES, *_SCORES, *_IOU, *_PROBABILITIES,
    *_CORRELATIONS,
]  # fmt: skip
