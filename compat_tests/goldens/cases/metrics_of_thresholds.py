"""Metrics that count what is above thresholds: positives and negatives, precision and recall, areas under curves."""

from __future__ import annotations

from .metric_schema import (
    BINARY,
    BINARY_COLUMN,
    BINARY_MATRIX,
    EACH,
    MIXED,
    ONE_HOT,
    PLAIN,
    MetricCase,
    case,
)

_COUNTS = ("TruePositives", "TrueNegatives", "FalsePositives", "FalseNegatives")
_CONFUSION = [
    one
    for metric in (*_COUNTS, "Precision", "Recall")
    for one in (
        case(metric, "vector", BINARY, MIXED),
        case(metric, "column", BINARY_COLUMN, MIXED),
        case(metric, "matrix", BINARY_MATRIX, (*EACH, "sample")),
        case(metric, "vector_beside_column", (("labels", ()), ("grid", (1,)))),
        case(metric, "threshold", BINARY, MIXED, {"thresholds": 0.3}),
        case(metric, "uneven_thresholds", BINARY_MATRIX, MIXED, {"thresholds": [0.2, 0.35, 0.8]}),
        case(metric, "even_thresholds", BINARY_MATRIX, MIXED, {"thresholds": [0.0, 0.5, 1.0]}),
        case(metric, "outside", (("binary", ()), ("normal", ())), MIXED, {"thresholds": [0.0, 0.25, 0.5, 0.75, 1.0]}),
    )
] + [
    one
    for metric in ("Precision", "Recall")
    for one in (
        case(metric, "top_k", (("multi_hot", (5,)), ("ties", (5,))), MIXED, {"top_k": 2}),
        case(metric, "top_k_threshold", (("multi_hot", (5,)), ("grid", (5,))), PLAIN, {"top_k": 3, "thresholds": 0.4}),
        case(metric, "class_id", ONE_HOT, MIXED, {"class_id": 1}),
        case(metric, "top_k_class_id", ONE_HOT, MIXED, {"class_id": 2, "top_k": 2}),
        case(metric, "lists", BINARY, MIXED, given_as="lists"),
    )
]

_TRADE_OFFS = [
    one
    for metric, bound in (
        ("SensitivityAtSpecificity", "specificity"),
        ("SpecificityAtSensitivity", "sensitivity"),
        ("PrecisionAtRecall", "recall"),
        ("RecallAtPrecision", "precision"),
    )
    for one in (
        case(metric, "half", BINARY, MIXED, {bound: 0.5}),
        case(metric, "high", (("binary", ()), ("probability", ())), MIXED, {bound: 0.8}),
        case(metric, "few_thresholds", BINARY_MATRIX, EACH, {bound: 0.7, "num_thresholds": 6}),
        case(metric, "one_threshold", BINARY_MATRIX, MIXED, {bound: 0.3, "num_thresholds": 1}),
        case(metric, "class_id", ONE_HOT, MIXED, {bound: 0.4, "class_id": 1}),
    )
]

_AUC = [
    *[
        case(
            "AUC",
            f"{curve}_{summation}",
            (("binary", ()), ("probability", ())),
            MIXED,
            {"curve": curve, "summation_method": summation, "num_thresholds": 20},
        )
        for curve in ("ROC", "PR", "PR_GAIN")
        for summation in ("interpolation", "majoring", "minoring")
    ],
    case("AUC", "default", (("binary", ()), ("probability", ())), MIXED),
    case("AUC", "column", (("binary", (1,)), ("grid", (1,))), MIXED),
    case("AUC", "matrix", BINARY_MATRIX, EACH),
    case("AUC", "pr", BINARY, MIXED, {"curve": "PR"}),
    case("AUC", "logits", (("binary", ()), ("normal", ())), MIXED, {"from_logits": True}),
    case("AUC", "outside", (("binary", ()), ("normal", ())), MIXED, {"num_thresholds": 8}),
    case("AUC", "thresholds", (("binary", ()), ("probability", ())), MIXED, {"thresholds": [0.8, 0.1, 0.45]}),
    case("AUC", "even_thresholds", BINARY, MIXED, {"thresholds": [0.25, 0.5, 0.75]}),
    case(
        "AUC",
        "multi_label",
        BINARY_MATRIX,
        ("plain", "sample", "reset", "plain"),
        {"multi_label": True, "num_thresholds": 9},
    ),
    case(
        "AUC",
        "multi_label_num_labels",
        BINARY_MATRIX,
        PLAIN,
        {"multi_label": True, "num_labels": 3, "num_thresholds": 9},
    ),
    case(
        "AUC",
        "multi_label_weights",
        BINARY_MATRIX,
        PLAIN,
        {"multi_label": True, "label_weights": [0.2, 0.5, 1.0], "num_thresholds": 9},
    ),
    case(
        "AUC",
        "multi_label_pr",
        BINARY_MATRIX,
        PLAIN,
        {"multi_label": True, "curve": "PR", "label_weights": [0.2, 0.5, 1.0], "num_thresholds": 9},
    ),
    case(
        "AUC",
        "multi_label_thresholds",
        BINARY_MATRIX,
        ("plain", "sample"),
        {"multi_label": True, "thresholds": [0.15, 0.3, 0.7]},
    ),
    case(
        "AUC",
        "label_weights",
        BINARY_MATRIX,
        ("plain", "sample"),
        {"label_weights": [0.2, 0.5, 1.0], "num_thresholds": 9},
    ),
    case(
        "AUC",
        "label_weights_thresholds",
        BINARY_MATRIX,
        ("plain", "sample"),
        {"label_weights": [0.2, 0.5, 1.0], "thresholds": [0.15, 0.3]},
    ),
    case("AUC", "lists", BINARY, MIXED, given_as="lists"),
]


CASES: list[MetricCase] = [*_CONFUSION, *_TRADE_OFFS, *_AUC]
