"""Losses: every class and every function, their settings, weights, reductions and extremes."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class LossCase:
    """A loss and what it is called on.

    Args:
        name: Unique; starts with the loss's name.
        loss: A class or a function of `keras.losses`.
        kwargs: Constructor arguments of a class, arguments of a function.
        targets: How `y_true` is drawn: a name of `loss_arrays.KINDS`, and a shape.
        predictions: The same for `y_pred`.
        weights: The same for `sample_weight`, or None.
        mask: The same for a mask on `y_pred`, or None.
        activation: "softmax" or "sigmoid", applied to the predictions before the loss sees them.
        source: "tf_keras", or "keras3" for what only Keras 3 has.
        given_as: "tensors", or "lists" of Python numbers.
    """

    name: str
    loss: str
    kwargs: dict[str, Any] = field(default_factory=dict)
    targets: tuple[str, tuple[int, ...]] = ("normal", (4, 5))
    predictions: tuple[str, tuple[int, ...]] = ("normal", (4, 5))
    weights: tuple[str, tuple[int, ...]] | None = None
    mask: tuple[str, tuple[int, ...]] | None = None
    activation: str | None = None
    source: str = "tf_keras"
    given_as: str = "tensors"

    @property
    def is_class(self) -> bool:
        return self.loss[0].isupper()


def _case(loss: str, label: str, targets: Any, predictions: Any, **options: Any) -> LossCase:
    fields = {key: options.pop(key) for key in tuple(options) if key in LossCase.__dataclass_fields__}
    return LossCase(f"{loss}-{label}", loss, options, targets, predictions, **fields)


# Of each class: the function, settings, targets and predictions, and Keras's version that has it.
_ALL: list[tuple[str, str, dict[str, Any], str, str, str]] = [
    ("MeanSquaredError", "mean_squared_error", {}, "normal", "normal", "tf_keras"),
    ("MeanAbsoluteError", "mean_absolute_error", {}, "normal", "normal", "tf_keras"),
    ("MeanAbsolutePercentageError", "mean_absolute_percentage_error", {}, "normal", "normal", "tf_keras"),
    ("MeanSquaredLogarithmicError", "mean_squared_logarithmic_error", {}, "normal", "normal", "tf_keras"),
    ("BinaryCrossentropy", "binary_crossentropy", {}, "binary", "probability", "tf_keras"),
    ("BinaryFocalCrossentropy", "binary_focal_crossentropy", {}, "binary", "probability", "tf_keras"),
    ("CategoricalCrossentropy", "categorical_crossentropy", {}, "one_hot", "shares", "tf_keras"),
    ("CategoricalFocalCrossentropy", "categorical_focal_crossentropy", {}, "one_hot", "shares", "tf_keras"),
    ("SparseCategoricalCrossentropy", "sparse_categorical_crossentropy", {}, "labels", "shares", "tf_keras"),
    ("Hinge", "hinge", {}, "signs", "normal", "tf_keras"),
    ("SquaredHinge", "squared_hinge", {}, "signs", "normal", "tf_keras"),
    ("CategoricalHinge", "categorical_hinge", {}, "one_hot", "normal", "tf_keras"),
    ("Huber", "huber", {}, "normal", "wide", "tf_keras"),
    ("LogCosh", "log_cosh", {}, "normal", "wide", "tf_keras"),
    ("Poisson", "poisson", {}, "counts", "positive", "tf_keras"),
    ("KLDivergence", "kl_divergence", {}, "shares", "shares", "tf_keras"),
    ("CosineSimilarity", "cosine_similarity", {}, "normal", "normal", "tf_keras"),
    ("Dice", "dice", {"axis": -1}, "binary", "probability", "keras3"),
    ("Tversky", "tversky", {"alpha": 0.3, "beta": 0.6, "axis": -1}, "binary", "probability", "keras3"),
    ("Circle", "circle", {}, "labels", "unit", "keras3"),
    (
        "CategoricalGeneralizedCrossEntropy", "categorical_generalized_cross_entropy", {"q": 0.6},
        "labels", "shares", "keras3",
    ),
]  # fmt: skip

_REDUCTIONS = {
    "weights": {"weights": ("positive", (6,))},
    "weight": {"weights": ("positive", ())},
    "sum": {"reduction": "sum"},
    "none": {"reduction": "none"},
    "none_weights": {"reduction": "none", "weights": ("positive", (6, 1))},
}


def _of_all() -> list[LossCase]:
    cases = []
    for name, function, settings, targets, predictions, source in _ALL:
        flat = targets == "labels"
        given = ((targets, (6,) if flat else (6, 4)), (predictions, (6, 4)))
        rows = {"default": {}, **_REDUCTIONS}
        if source == "keras3":  # which makes the losses (N, 1) beside weights of that shape
            rows["none_weights"] = {"reduction": "none", "weights": ("positive", (6,))}
        cases += [_case(name, label, *given, source=source, **settings, **row) for label, row in rows.items()]
        cases.append(_case(function, "default", *given, source=source, **settings))
        if name != "Circle":
            deep = ((targets, (3, 5) if flat else (3, 5, 4)), (predictions, (3, 5, 4)))
            cases.append(_case(function, "3d", *deep, source=source, **settings))
            each = ("positive", (3,) if source == "tf_keras" else (3, 1))  # Keras 3 adds no axis to weights
            cases.append(_case(name, "3d", *deep, source=source, weights=each, **settings))
            cases.append(_case(name, "3d_steps", *deep, source=source, weights=("positive", (3, 5)), **settings))
    return cases


_N, _N1, _NC, _NTC = (8,), (8, 1), (8, 5), (3, 4, 5)

_SHAPES = [
    _case("MeanSquaredError", "N_for_N1", ("normal", _N), ("normal", _N1)),
    _case("MeanSquaredError", "N1_for_N", ("normal", _N1), ("normal", _N)),
    _case("MeanSquaredError", "NT_for_NT1", ("normal", (3, 5)), ("normal", (3, 5, 1)), weights=("positive", (3,))),
    _case("MeanSquaredError", "N_for_N1_none", ("normal", _N), ("normal", _N1), reduction="none"),
    _case("MeanSquaredError", "N1_weights", ("normal", _N1), ("normal", _N1), weights=("positive", _N1)),
    _case("MeanSquaredError", "integers", ("counts_int", _NC), ("normal", _NC)),
    _case("MeanSquaredError", "lists", ("normal", _NC), ("normal", _NC), given_as="lists"),
    _case("mean_squared_error", "lists", ("normal", _NC), ("normal", _NC), given_as="lists"),
    _case("MeanSquaredError", "one_row", ("normal", (1, 5)), ("normal", (1, 5))),
    _case("MeanSquaredError", "broadcast", ("normal", _N1), ("normal", _NC)),
    _case("MeanAbsoluteError", "N_for_N1", ("normal", _N), ("normal", _N1)),
    _case("MeanAbsoluteError", "ties", ("counts", _NC), ("counts", _NC)),
    _case("BinaryCrossentropy", "N_for_N1", ("binary", _N), ("probability", _N1)),
    _case("BinaryCrossentropy", "N_for_N1_logits", ("binary", _N), ("normal", _N1), from_logits=True),
    _case("Huber", "N_for_N1", ("normal", _N), ("wide", _N1)),
    _case("Hinge", "N_for_N1", ("binary", _N), ("normal", _N1)),
    _case("Poisson", "N_for_N1", ("counts", _N), ("positive", _N1)),
    _case("SparseCategoricalCrossentropy", "N1_labels", ("labels", _N1), ("shares", _NC)),
    _case("SparseCategoricalCrossentropy", "NT1_labels", ("labels", (3, 4, 1)), ("shares", _NTC)),
    _case("sparse_categorical_crossentropy", "NT1_labels", ("labels", (3, 4, 1)), ("shares", _NTC)),
    _case("SparseCategoricalCrossentropy", "float_labels", ("float_labels", _N1), ("shares", _NC)),
    _case("SparseCategoricalCrossentropy", "byte_labels", ("byte_labels", _N), ("shares", _NC)),
    _case("SparseCategoricalCrossentropy", "lists", ("labels", _N), ("shares", _NC), given_as="lists"),
    _case("sparse_categorical_crossentropy", "images", ("labels", (2, 3, 4)), ("shares", (2, 3, 4, 5))),
    _case("sparse_categorical_crossentropy", "axis_1", ("labels", (3, 4)), ("normal", (3, 5, 4)), axis=1,
          from_logits=True),
    _case("sparse_categorical_crossentropy", "axis_0", ("labels", (4,)), ("normal", (5, 4)), axis=0, from_logits=True),
    _case("categorical_crossentropy", "axis_1", ("shares", (3, 5, 4)), ("normal", (3, 5, 4)), axis=1,
          from_logits=True),
    _case("categorical_crossentropy", "axis_1_smoothed", ("shares", (3, 5, 4)), ("probability", (3, 5, 4)), axis=1,
          label_smoothing=0.2),
    _case("binary_crossentropy", "axis_1", ("binary", (3, 5, 4)), ("probability", (3, 5, 4)), axis=1),
    _case("cosine_similarity", "axis_1", ("normal", (3, 5, 4)), ("normal", (3, 5, 4)), axis=1),
    _case("CosineSimilarity", "axis_1", ("normal", (3, 5, 4)), ("normal", (3, 5, 4)), axis=1),
]  # fmt: skip

_SETTINGS = [
    _case("BinaryCrossentropy", "logits", ("binary", _NC), ("wide", _NC), from_logits=True),
    _case("BinaryCrossentropy", "smoothed", ("binary", _NC), ("probability", _NC), label_smoothing=0.1),
    _case("BinaryCrossentropy", "logits_smoothed", ("binary", _NC), ("wide", _NC), from_logits=True,
          label_smoothing=0.3, weights=("positive", _N)),
    _case("BinaryCrossentropy", "soft", ("probability", _NC), ("probability", _NC)),
    _case("BinaryCrossentropy", "bool_targets", ("binary_bool", _NC), ("probability", _NC)),
    _case("binary_crossentropy", "logits", ("binary", _NC), ("wide", _NC), from_logits=True),
    _case("BinaryFocalCrossentropy", "balanced", ("binary", _NC), ("probability", _NC), apply_class_balancing=True,
          alpha=0.7, gamma=1.5),
    _case("BinaryFocalCrossentropy", "logits", ("binary", _NC), ("wide", _NC), from_logits=True, gamma=3.0),
    _case("BinaryFocalCrossentropy", "smoothed", ("binary", _NC), ("probability", _NC), label_smoothing=0.2),
    _case("CategoricalCrossentropy", "logits", ("one_hot", _NC), ("wide", _NC), from_logits=True),
    _case("CategoricalCrossentropy", "smoothed", ("one_hot", _NC), ("shares", _NC), label_smoothing=0.1),
    _case("CategoricalCrossentropy", "logits_smoothed", ("one_hot", _NC), ("wide", _NC), from_logits=True,
          label_smoothing=0.1, weights=("positive", _N)),
    _case("CategoricalCrossentropy", "integer_targets", ("one_hot_int", _NC), ("shares", _NC)),
    _case("CategoricalCrossentropy", "unnormalised", ("one_hot", _NC), ("positive", _NC)),
    # TensorFlow's gradient of logits is softmax - targets even where the targets do not sum to 1.
    _case("CategoricalCrossentropy", "multi_hot_logits", ("binary", _NC), ("wide", _NC), from_logits=True),
    _case("categorical_crossentropy", "multi_hot_logits", ("binary", _NC), ("wide", _NC), from_logits=True),
    _case("CategoricalCrossentropy", "zero_rows_logits", ("zeros", _NC), ("wide", _NC), from_logits=True),
    _case("CategoricalCrossentropy", "3d_logits", ("one_hot", _NTC), ("wide", _NTC), from_logits=True,
          weights=("positive", (3, 4))),
    _case("CategoricalFocalCrossentropy", "logits", ("one_hot", _NC), ("wide", _NC), from_logits=True, gamma=1.0,
          alpha=0.5),
    _case("CategoricalFocalCrossentropy", "alphas", ("one_hot", _NC), ("shares", _NC),
          alpha=[0.1, 0.2, 0.3, 0.4, 0.5]),
    _case("CategoricalFocalCrossentropy", "smoothed", ("one_hot", _NC), ("shares", _NC), label_smoothing=0.2),
    _case("SparseCategoricalCrossentropy", "logits", ("labels", _N), ("wide", _NC), from_logits=True),
    _case("SparseCategoricalCrossentropy", "logits_weights", ("labels", _N), ("wide", _NC), from_logits=True,
          weights=("positive", _N)),
    _case("SparseCategoricalCrossentropy", "3d_logits", ("labels", (3, 4)), ("wide", _NTC), from_logits=True,
          weights=("positive", (3, 4))),
    _case("SparseCategoricalCrossentropy", "ignore", ("labels", _N), ("wide", _NC), from_logits=True, ignore_class=2),
    _case("SparseCategoricalCrossentropy", "ignore_none", ("labels", _N), ("wide", _NC), from_logits=True,
          ignore_class=2, reduction="none"),
    _case("SparseCategoricalCrossentropy", "ignore_sum", ("labels", _N), ("shares", _NC), ignore_class=0,
          reduction="sum"),
    _case("SparseCategoricalCrossentropy", "ignore_minus_1", ("labels_or_minus_1", (3, 4)), ("wide", _NTC),
          from_logits=True, ignore_class=-1, weights=("positive", (3,))),
    _case("sparse_categorical_crossentropy", "ignore", ("labels", (3, 4)), ("shares", _NTC), ignore_class=1),
    _case("Huber", "delta", ("normal", _NC), ("wide", _NC), delta=0.4),
    _case("huber", "delta", ("normal", _NC), ("wide", _NC), delta=2.5),
    _case("Hinge", "zeros_and_ones", ("binary", _NC), ("normal", _NC)),
    _case("SquaredHinge", "zeros_and_ones", ("binary", _NC), ("normal", _NC)),
    _case("Hinge", "other_targets", ("normal", _NC), ("normal", _NC)),
    # Where a maximum has equal arguments, TensorFlow lets the gradient through.
    _case("Hinge", "at_the_margin", ("signs", _NC), ("signs", _NC)),
    _case("SquaredHinge", "at_the_margin", ("binary", _NC), ("signs", _NC)),
    _case("CategoricalHinge", "ties", ("one_hot", _NC), ("counts", _NC)),
    _case("Huber", "ties", ("counts", _NC), ("counts", _NC)),
    _case("MeanSquaredLogarithmicError", "ties", ("counts", _NC), ("counts", _NC)),
    _case("KLDivergence", "not_normalised", ("normal", _NC), ("normal", _NC)),
    _case("CosineSimilarity", "zeros", ("normal", _NC), ("zeros", _NC)),
    _case("MeanAbsolutePercentageError", "zero_targets", ("binary", _NC), ("normal", _NC)),
    _case("Dice", "all", ("binary", _NC), ("probability", _NC), source="keras3"),
    _case("Dice", "axes", ("binary", _NTC), ("probability", _NTC), axis=(1, 2), source="keras3"),
    _case("Tversky", "all", ("binary", _NC), ("probability", _NC), source="keras3"),
    _case("Circle", "diagonal", ("labels", _N), ("unit", _NC), remove_diagonal=False, source="keras3"),
    _case("Circle", "margin", ("labels", _N), ("unit", _NC), gamma=10.0, margin=0.2, source="keras3"),
    _case("CTC", "default", ("ctc_labels", (3, 4)), ("normal", (3, 10, 6)), source="keras3"),
    _case("CTC", "none", ("ctc_labels", (3, 4)), ("wide", (3, 10, 6)), reduction="none", source="keras3"),
    _case("CTC", "weights", ("ctc_labels", (3, 4)), ("wide", (3, 9, 6)), weights=("positive", (3,)), source="keras3"),
    _case("ctc", "default", ("ctc_labels", (3, 4)), ("normal", (3, 10, 6)), source="keras3"),
    _case("MeanSquaredError", "mean_with_weights", ("normal", _NC), ("normal", _NC), weights=("positive", _N),
          reduction="mean_with_sample_weight", source="keras3"),
    _case("MeanSquaredError", "mean_with_weights_mask", ("normal", _NTC), ("normal", _NTC),
          weights=("positive", (3, 4)), mask=("mask", (3, 4)), reduction="mean_with_sample_weight", source="keras3"),
]  # fmt: skip

# Probabilities of exactly 0 and 1, and next to them; logits far out.
_EXTREMES = [
    _case(loss, "extremes", (targets, (7, 7)), (predictions, (7, 7)), **options)
    for loss, targets, predictions, options in (
        ("BinaryCrossentropy", "binary", "extreme_probability", {}),
        ("binary_crossentropy", "binary", "extreme_probability", {}),
        ("BinaryFocalCrossentropy", "binary", "extreme_probability", {}),
        ("CategoricalCrossentropy", "one_hot", "extreme_probability", {}),
        ("CategoricalFocalCrossentropy", "one_hot", "extreme_probability", {}),
        ("categorical_crossentropy", "one_hot", "extreme_probability", {}),
        ("KLDivergence", "extreme_probability", "extreme_probability", {}),
        ("Poisson", "counts", "extreme_probability", {}),
        ("MeanSquaredLogarithmicError", "extreme_probability", "extreme_probability", {}),
        ("LogCosh", "normal", "far", {}),
        ("Huber", "normal", "far", {}),
    )
] + [
    _case("SparseCategoricalCrossentropy", "extremes", ("labels", (7,)), ("extreme_probability", (7, 7))),
    _case("BinaryCrossentropy", "logits_extremes", ("binary", (7, 7)), ("far", (7, 7)), from_logits=True),
    _case("CategoricalCrossentropy", "logits_extremes", ("one_hot", (7, 7)), ("far", (7, 7)), from_logits=True),
    _case("SparseCategoricalCrossentropy", "logits_extremes", ("labels", (7,)), ("far", (7, 7)), from_logits=True),
]

# A softmax's or a sigmoid's result: tf_keras computes from the logits behind it.
_BEHIND = [
    _case(loss, f"{activation}_{kind}", targets, (kind, shape), activation=activation, **options)
    for loss, activation, targets, shape, options in (
        ("BinaryCrossentropy", "sigmoid", ("binary", (7, 7)), (7, 7), {}),
        ("binary_crossentropy", "sigmoid", ("binary", (7, 7)), (7, 7), {"label_smoothing": 0.1}),
        ("BinaryFocalCrossentropy", "sigmoid", ("binary", (7, 7)), (7, 7), {}),
        ("CategoricalCrossentropy", "softmax", ("one_hot", (7, 7)), (7, 7), {"label_smoothing": 0.1}),
        ("categorical_crossentropy", "softmax", ("one_hot", (7, 7)), (7, 7), {}),
        ("CategoricalFocalCrossentropy", "softmax", ("one_hot", (7, 7)), (7, 7), {}),
        ("SparseCategoricalCrossentropy", "softmax", ("labels", (7,)), (7, 7), {}),
        ("sparse_categorical_crossentropy", "softmax", ("labels", (2, 7)), (2, 7, 7), {}),
    )
    for kind in ("wide", "far")
] + [
    # Squeezed predictions have lost their logits.
    _case("BinaryCrossentropy", "sigmoid_N_for_N1", ("binary", _N), ("far", _N1), activation="sigmoid"),
    _case("MeanSquaredError", "sigmoid", ("binary", _NC), ("wide", _NC), activation="sigmoid"),
]

_MASKS = [
    _case("MeanSquaredError", "mask", ("normal", _NTC), ("normal", _NTC), mask=("mask", (3, 4))),
    _case("MeanSquaredError", "mask_weights", ("normal", _NTC), ("normal", _NTC), mask=("mask", (3, 4)),
          weights=("positive", (3, 4))),
    _case("MeanSquaredError", "mask_weights_N", ("normal", _NTC), ("normal", _NTC), mask=("mask", (3, 4)),
          weights=("positive", (3,))),
    _case("MeanSquaredError", "mask_sum", ("normal", _NTC), ("normal", _NTC), mask=("mask", (3, 4)), reduction="sum"),
    _case("MeanSquaredError", "mask_none", ("normal", _NTC), ("normal", _NTC), mask=("mask", (3, 4)),
          reduction="none"),
    _case("SparseCategoricalCrossentropy", "mask", ("labels", (3, 4)), ("shares", _NTC), mask=("mask", (3, 4))),
    _case("SparseCategoricalCrossentropy", "mask_ignore", ("labels", (3, 4)), ("wide", _NTC), mask=("mask", (3, 4)),
          from_logits=True, ignore_class=2, weights=("positive", (3,))),
    _case("CategoricalCrossentropy", "mask", ("one_hot", _NTC), ("wide", _NTC), mask=("mask", (3, 4)),
          from_logits=True),
    _case("BinaryCrossentropy", "mask", ("binary", _NTC), ("wide", _NTC), mask=("mask", (3, 4)), from_logits=True),
]  # fmt: skip

LOSSES: list[LossCase] = [*_of_all(), *_SHAPES, *_SETTINGS, *_EXTREMES, *_BEHIND, *_MASKS]
