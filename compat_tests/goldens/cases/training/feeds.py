"""Validation, sample and class weights, steps and epochs, generators and sequences."""

from __future__ import annotations

from .models import binary, classifier, regression, two_heads
from .schema import SPARSE, CaseList, batches, make_sequence, xy

ACC = {"loss": SPARSE, "metrics": ["accuracy"]}

CASES = CaseList()

CASES.fit("validation_data", classifier, ACC, lambda k, d: {"x": d.x, "y": d.y, "validation_data": (d.val.x, d.val.y)})
CASES.fit(
    "validation_data-list", classifier, ACC, lambda k, d: {"x": d.x, "y": d.y, "validation_data": [d.val.x, d.val.y]}
)
CASES.fit(
    "validation_data-weighted",
    classifier,
    {**ACC, "weighted_metrics": ["accuracy"]},
    lambda k, d: {"x": d.x, "y": d.y, "validation_data": (d.val.x, d.val.y, d.val.weight)},
)
CASES.fit("validation_split", classifier, ACC, xy("y", validation_split=0.3))
CASES.fit(
    "validation_split-weighted",
    classifier,
    {"loss": SPARSE, "weighted_metrics": ["acc"]},
    lambda k, d: {"x": d.x, "y": d.y, "sample_weight": d.weight, "validation_split": 0.25},
)
CASES.fit(
    "validation_split-with-data",
    classifier,
    ACC,
    lambda k, d: {"x": d.x, "y": d.y, "validation_split": 0.3, "validation_data": (d.val.x, d.val.y)},
)
CASES.fit("validation_freq-2", classifier, ACC, xy("y", validation_split=0.3, validation_freq=2, epochs=5))
CASES.fit("validation_freq-list", classifier, ACC, xy("y", validation_split=0.3, validation_freq=[1, 4], epochs=5))
CASES.fit(
    "validation_batch_size",
    classifier,
    ACC,
    xy("y", validation_split=0.5, validation_batch_size=7, validation_steps=2),
)
CASES.fit(
    "validation-sequence",
    classifier,
    ACC,
    lambda k, d: {"x": d.x, "y": d.y, "validation_data": make_sequence(k, d.val.x, d.val.y)},
)
CASES.fit(
    "validation-generator",
    classifier,
    ACC,
    lambda k, d: {
        "x": d.x,
        "y": d.y,
        # All batches alike: how many are read ahead, and lost between epochs, is chance in tf_keras.
        "validation_data": ((d.val.x, d.val.y) for _ in range(50)),
        "validation_steps": 2,
    },
)


CASES.fit(
    "sample_weight",
    classifier,
    {**ACC, "weighted_metrics": ["accuracy", SPARSE]},
    lambda k, d: {"x": d.x, "y": d.y, "sample_weight": d.weight},
    evaluate=lambda k, d: {"x": d.x, "y": d.y, "sample_weight": d.weight},
)
CASES.fit(
    "sample_weight-float64-column",
    regression,
    {"loss": "mae", "weighted_metrics": ["mse"]},
    lambda k, d: {"x": d.x2, "y": d.value, "sample_weight": d.weight[:, None].astype("float64")},
)
CASES.fit(
    "sample_weight-int",
    classifier,
    {**ACC, "weighted_metrics": ["acc"]},
    lambda k, d: {"x": d.x, "y": d.y, "sample_weight": (10 * d.weight).astype("int64")},
)
_CLASS_WEIGHT = {0: 1.0, 1: 3.0, 2: 0.5}
CASES.fit("class_weight", classifier, ACC, xy("y", class_weight=_CLASS_WEIGHT))
CASES.fit("class_weight-ints", classifier, ACC, xy("y", class_weight={0: 1, 1: 3, 2: 2}))
CASES.fit(
    "class_weight-column",
    classifier,
    ACC,
    lambda k, d: {"x": d.x, "y": d.y[:, None].astype("float32"), "class_weight": _CLASS_WEIGHT},
)
CASES.fit(
    "class_weight-onehot-validation",
    classifier,
    {"loss": "categorical_crossentropy", "metrics": ["accuracy"], "weighted_metrics": ["accuracy"]},
    lambda k, d: {
        "x": d.x,
        "y": d.onehot,
        "class_weight": _CLASS_WEIGHT,
        "validation_data": (d.val.x, d.val.onehot),
    },
)
CASES.fit(
    "class_weight-binary",
    binary,
    {"loss": "binary_crossentropy", "metrics": ["accuracy"]},
    xy("binary", class_weight={0: 0.3, 1: 2.0}),
)


CASES.fit("steps_per_epoch-2", classifier, ACC, xy("y", steps_per_epoch=2, epochs=5))
CASES.fit("steps_per_epoch-6", classifier, ACC, xy("y", steps_per_epoch=6, epochs=2), warns=True)
CASES.fit("steps_per_epoch-no-batch_size", classifier, ACC, xy("y", steps_per_epoch=3, batch_size=None))
CASES.fit("initial_epoch", classifier, ACC, xy("y", initial_epoch=2, epochs=5))
CASES.fit("initial_epoch-none-left", classifier, ACC, xy("y", initial_epoch=3, epochs=3))
CASES.fit("steps_per_execution", classifier, {**ACC, "steps_per_execution": 2}, xy("y"))
CASES.fit("run_eagerly", classifier, {**ACC, "run_eagerly": True}, xy("y"))


_GENERATOR_ENDS = {
    "evaluate": lambda k, d: {"x": batches(d.x, d.y), "batch_size": None},
    "predict": lambda k, d: {"x": batches(d.x), "batch_size": None},
}
CASES.fit(
    "generator",
    classifier,
    ACC,
    lambda k, d: {"x": batches(d.x, d.y), "batch_size": None, "epochs": 1},
    **_GENERATOR_ENDS,
)
CASES.fit(
    "generator-steps",
    classifier,
    ACC,
    lambda k, d: {"x": batches(d.x, d.y, rounds=4), "batch_size": None, "steps_per_epoch": 3},
    **_GENERATOR_ENDS,
)
CASES.fit(
    "generator-weights",
    classifier,
    {**ACC, "weighted_metrics": ["acc"]},
    lambda k, d: {"x": batches(d.x, d.y, d.weight, rounds=4), "batch_size": None, "steps_per_epoch": 4},
    **_GENERATOR_ENDS,
)
CASES.fit(
    "generator-lists-class_weight",
    classifier,
    ACC,
    lambda k, d: {
        "x": (list(batch) for batch in batches(d.x, d.y, rounds=3)),
        "batch_size": None,
        "steps_per_epoch": 4,
        "class_weight": _CLASS_WEIGHT,
    },
    **_GENERATOR_ENDS,
)
CASES.fit(
    "generator-dicts",
    two_heads,
    {"loss": [SPARSE, "mse"], "metrics": ["mae"]},
    lambda k, d: {
        "x": (
            ({"right": b, "left": a}, {"size": v, "kind": y})
            for a, b, y, v in batches(d.x, d.x2, d.y, d.value, rounds=2)
        ),
        "batch_size": None,
        "epochs": 2,
        "steps_per_epoch": 4,
    },
    evaluate=lambda k, d: {"x": {"left": d.x, "right": d.x2}, "y": {"kind": d.y, "size": d.value}},
)
CASES.fit(
    "generator-exhausted",
    classifier,
    ACC,
    lambda k, d: {"x": batches(d.x, d.y), "batch_size": None, "epochs": 4, "steps_per_epoch": 3},
    warns=True,
    **_GENERATOR_ENDS,
)
_SEQUENCE_ENDS = {
    "evaluate": lambda k, d: {"x": make_sequence(k, d.x, d.y), "batch_size": None},
    "predict": lambda k, d: {"x": make_sequence(k, d.x), "batch_size": None},
}
CASES.fit(
    "sequence",
    classifier,
    ACC,
    lambda k, d: {"x": make_sequence(k, d.x, d.y), "batch_size": None},
    **_SEQUENCE_ENDS,
)
CASES.fit(
    "sequence-steps",
    classifier,
    ACC,
    lambda k, d: {"x": make_sequence(k, d.x, d.y), "batch_size": None, "steps_per_epoch": 3},
    **_SEQUENCE_ENDS,
)
CASES.fit(
    "sequence-weights-validation",
    classifier,
    {**ACC, "weighted_metrics": ["acc"]},
    lambda k, d: {
        "x": make_sequence(k, d.x, d.y, d.weight),
        "batch_size": None,
        "validation_data": make_sequence(k, d.val.x, d.val.y, d.val.weight),
    },
    **_SEQUENCE_ENDS,
)
