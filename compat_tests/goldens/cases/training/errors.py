"""Sessions that must fail."""

from __future__ import annotations

from typing import Any

from .models import classifier, two_heads
from .schema import SPARSE, CaseList, batches, make_sequence

_TWO = {"loss": [SPARSE, "mse"]}

CASES = CaseList()

_PLAIN = {"loss": SPARSE}
_NOT_COMPILED = "must compile your model before training/testing"
CASES.fails("fit-not-compiled", _NOT_COMPILED, classifier, None, lambda k, m, d: m.fit(d.x, d.y, verbose=0))
CASES.fails("evaluate-not-compiled", _NOT_COMPILED, classifier, None, lambda k, m, d: m.evaluate(d.x, d.y, verbose=0))
CASES.fails("train_on_batch-not-compiled", _NOT_COMPILED, classifier, None, lambda k, m, d: m.train_on_batch(d.x, d.y))
CASES.fails("test_on_batch-not-compiled", _NOT_COMPILED, classifier, None, lambda k, m, d: m.test_on_batch(d.x, d.y))
CASES.fails("fit-empty", "empty", classifier, _PLAIN, lambda k, m, d: m.fit(d.x[:0], d.y[:0], verbose=0))
CASES.fails("evaluate-empty", "empty", classifier, _PLAIN, lambda k, m, d: m.evaluate(d.x[:0], d.y[:0], verbose=0))
CASES.fails("predict-empty", "empty", classifier, _PLAIN, lambda k, m, d: m.predict(d.x[:0], verbose=0))
CASES.fails("lengths", "50.*40", classifier, _PLAIN, lambda k, m, d: m.fit(d.x, d.y[:40], verbose=0))
CASES.fails("lengths-on_batch", "50.*40", classifier, _PLAIN, lambda k, m, d: m.train_on_batch(d.x, d.y[:40]))
CASES.fails(
    "lengths-sample_weight",
    "sample_weight.*30",
    classifier,
    _PLAIN,
    lambda k, m, d: m.fit(d.x, d.y, sample_weight=d.weight[:30], verbose=0),
)
CASES.fails(
    "validation_split-generator",
    "`validation_split` is only supported for",
    classifier,
    _PLAIN,
    lambda k, m, d: m.fit(batches(d.x, d.y), validation_split=0.2, verbose=0),
)
CASES.fails(
    "validation_split-all",
    "validation_split",
    classifier,
    _PLAIN,
    lambda k, m, d: m.fit(d.x, d.y, validation_split=1.0, verbose=0),
)
CASES.fails(
    "validation_data-four",
    r"\(x, y, sample_weight\)",
    classifier,
    _PLAIN,
    lambda k, m, d: m.fit(d.x, d.y, validation_data=(d.x, d.y, d.weight, d.weight), verbose=0),
)
CASES.fails("no-target", "arget data is missing", classifier, _PLAIN, lambda k, m, d: m.fit(d.x, verbose=0))
CASES.fails("no-loss", "No loss found", classifier, {}, lambda k, m, d: m.fit(d.x, d.y, verbose=0))
CASES.fails("unknown-optimizer", "nope", classifier, {"optimizer": "nope"}, lambda k, m, d: None)
CASES.fails("unknown-loss", "nope", classifier, {"loss": "nope"}, lambda k, m, d: m.fit(d.x, d.y, verbose=0))
CASES.fails("compile-argument", "nope", classifier, {"loss": "mse", "nope": 1}, lambda k, m, d: None)
CASES.fails("fit-argument", "nope", classifier, _PLAIN, lambda k, m, d: m.fit(d.x, d.y, nope=1))
CASES.fails("evaluate-argument", "nope", classifier, _PLAIN, lambda k, m, d: m.evaluate(d.x, d.y, nope=1))
CASES.fails("batch_size", "batch_size", classifier, _PLAIN, lambda k, m, d: m.fit(d.x, d.y, batch_size=0, verbose=0))
CASES.fails("epochs", "epochs", classifier, _PLAIN, lambda k, m, d: m.fit(d.x, d.y, epochs=0, verbose=0))
CASES.fails(
    "initial_epoch", "initial_epoch", classifier, _PLAIN, lambda k, m, d: m.fit(d.x, d.y, initial_epoch=-1, verbose=0)
)
CASES.fails(
    "steps", "steps_per_epoch", classifier, _PLAIN, lambda k, m, d: m.fit(d.x, d.y, steps_per_epoch=0, verbose=0)
)
CASES.fails(
    "generator-y", "`y` argument is not", classifier, _PLAIN, lambda k, m, d: m.fit(batches(d.x), d.y, verbose=0)
)
CASES.fails(
    "sequence-y",
    "`y` argument is not",
    classifier,
    _PLAIN,
    lambda k, m, d: m.fit(make_sequence(k, d.x, d.y), d.y, verbose=0),
)
CASES.fails(
    "generator-sample_weight",
    "`sample_weight` argument is not",
    classifier,
    _PLAIN,
    lambda k, m, d: m.fit(batches(d.x, d.y), sample_weight=d.weight, verbose=0),
)
CASES.fails("x-string", "data adapter|str", classifier, _PLAIN, lambda k, m, d: m.fit("text", d.y, verbose=0))
CASES.fails(
    "class_weight-keys",
    "class_weight",
    classifier,
    _PLAIN,
    lambda k, m, d: m.fit(d.x, d.y, class_weight={0: 1.0, 2: 1.0}, verbose=0),
)
CASES.fails(
    "class_weight-two-heads",
    "single *output",
    two_heads,
    _TWO,
    lambda k, m, d: m.fit([d.x, d.x2], [d.y, d.value], class_weight={0: 1.0, 1: 1.0, 2: 2.0}, verbose=0),
)


def _fit_two(k: Any, m: Any, d: Any) -> Any:
    return m.fit([d.x, d.x2], [d.y, d.value], verbose=0)


CASES.fails("loss-key", "zz", two_heads, {"loss": {"kind": SPARSE, "zz": "mse"}}, _fit_two)
CASES.fails("loss_weights-key", "zz", two_heads, {**_TWO, "loss_weights": {"zz": 1.0}}, _fit_two)
CASES.fails("metrics-key", "zz", two_heads, {**_TWO, "metrics": {"zz": "mae"}}, _fit_two)
CASES.fails(
    "target-key",
    "zz",
    two_heads,
    _TWO,
    lambda k, m, d: m.fit([d.x, d.x2], {"kind": d.y, "size": d.value, "zz": d.y}, verbose=0),
)
CASES.fails(
    "input-key-missing", "right", two_heads, _TWO, lambda k, m, d: m.fit({"left": d.x}, [d.y, d.value], verbose=0)
)
CASES.fails("inputs-short", "2 input", two_heads, _TWO, lambda k, m, d: m.fit([d.x], [d.y, d.value], verbose=0))
CASES.fails("targets-short", "", two_heads, _TWO, lambda k, m, d: m.fit([d.x, d.x2], [d.y], verbose=0))
CASES.fails("targets-long", "", two_heads, _TWO, lambda k, m, d: m.fit([d.x, d.x2], [d.y, d.value, d.y], verbose=0))
CASES.fails("metrics-long", "", two_heads, {**_TWO, "metrics": [["acc"], ["mae"], ["mae"]]}, _fit_two)
CASES.fails(
    "metrics-twice",
    "mae",
    classifier,
    {**_PLAIN, "metrics": ["mae", "mae"]},
    lambda k, m, d: m.fit(d.x, d.y, verbose=0),
)
CASES.fails(
    "metric-object-twice",
    "uplicated",
    classifier,
    lambda k: (lambda metric: {**_PLAIN, "metrics": [metric], "weighted_metrics": [metric]})(
        k.metrics.MeanSquaredError()
    ),
    lambda k, m, d: m.fit(d.x, d.y, verbose=0),
)
CASES.fails("metric-number", "3", classifier, {**_PLAIN, "metrics": [3]}, lambda k, m, d: m.fit(d.x, d.y, verbose=0))
CASES.fails("x-shape", "5.*3", classifier, _PLAIN, lambda k, m, d: m.fit(d.x2, d.y, verbose=0))
CASES.fails(
    "categorical-integer-labels",
    "",
    classifier,
    {"loss": "categorical_crossentropy"},
    lambda k, m, d: m.fit(d.x, d.y, verbose=0),
)
CASES.fails("target-width", "", classifier, {"loss": "mse"}, lambda k, m, d: m.fit(d.x, d.onehot[:, :2], verbose=0))
CASES.fails(
    "eager-and-jit",
    "run_eagerly",
    classifier,
    {**_PLAIN, "run_eagerly": True, "jit_compile": True},
    lambda k, m, d: None,
)
