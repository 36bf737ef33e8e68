"""Labels of all kinds, what accuracy becomes, and inputs of all kinds."""

from __future__ import annotations

from .models import binary, classifier, logits, masked_tagger, normalized, regression, several, tagger
from .schema import SPARSE, CaseList, xy

ACC = {"loss": SPARSE, "metrics": ["accuracy"]}
_BINARY = {"loss": "binary_crossentropy", "metrics": ["accuracy"]}
_TAGS = {"loss": SPARSE, "metrics": ["accuracy"], "weighted_metrics": [SPARSE]}

CASES = CaseList()

CASES.fit("labels-int64", classifier, ACC, xy("y"))
CASES.fit("labels-column", classifier, ACC, lambda k, d: {"x": d.x, "y": d.y[:, None]})
for _dtype in ("int8", "uint8", "int32", "float32", "float64"):
    CASES.fit(f"labels-{_dtype}", classifier, ACC, lambda k, d, t=_dtype: {"x": d.x, "y": d.y.astype(t)})
CASES.fit("labels-column-float32", classifier, ACC, lambda k, d: {"x": d.x, "y": d.y[:, None].astype("float32")})
CASES.fit("onehot", classifier, {"loss": "categorical_crossentropy", "metrics": ["accuracy"]}, xy("onehot"))
CASES.fit(
    "onehot-int64",
    classifier,
    {"loss": "categorical_crossentropy", "metrics": ["acc"]},
    lambda k, d: {"x": d.x, "y": d.onehot.astype("int64")},
)
CASES.fit("onehot-mse-accuracy", classifier, {"loss": "mse", "metrics": ["accuracy"]}, xy("onehot"))
CASES.fit("binary-int64", binary, _BINARY, xy("binary"))
CASES.fit("binary-column", binary, _BINARY, lambda k, d: {"x": d.x, "y": d.binary[:, None]})
CASES.fit("binary-bool", binary, _BINARY, lambda k, d: {"x": d.x, "y": d.binary.astype(bool)})
CASES.fit("binary-float32", binary, _BINARY, lambda k, d: {"x": d.x, "y": d.binary.astype("float32")})
CASES.fit("binary-mse", binary, {"loss": "mse", "metrics": ["acc", "crossentropy"]}, xy("binary"))
CASES.fit("several-labels", several, {"loss": "binary_crossentropy", "metrics": ["accuracy"]}, xy("several"))
CASES.fit(
    "several-labels-binary_accuracy",
    several,
    {"loss": "binary_crossentropy", "metrics": ["binary_accuracy", "binary_crossentropy"]},
    xy("several"),
)
CASES.fit("crossentropy-sparse", classifier, {"loss": SPARSE, "metrics": ["crossentropy", "acc"]}, xy("y"))
CASES.fit("crossentropy-onehot", classifier, {"loss": "mse", "metrics": ["ce"]}, xy("onehot"))
CASES.fit("Accuracy", classifier, {"loss": SPARSE, "metrics": ["Accuracy", "ACC"]}, xy("y"))
CASES.fit("metrics-one-string", classifier, {"loss": SPARSE, "metrics": "accuracy"}, xy("y"))
CASES.fit(
    "logits",
    logits,
    lambda k: {"loss": k.losses.SparseCategoricalCrossentropy(from_logits=True), "metrics": ["accuracy"]},
    xy("y"),
)
CASES.fit(
    "logits-smoothed",
    logits,
    lambda k: {
        "loss": k.losses.CategoricalCrossentropy(from_logits=True, label_smoothing=0.1),
        "metrics": ["accuracy"],
        "optimizer": "adam",
    },
    xy("onehot"),
)
CASES.fit(
    "tags", tagger, {"loss": SPARSE, "metrics": ["accuracy"]}, lambda k, d: {"x": d.tokens, "y": d.tags, "epochs": 2}
)
CASES.fit(
    "tags-weighted",
    tagger,
    {"loss": SPARSE, "metrics": ["accuracy"], "weighted_metrics": ["accuracy"]},
    lambda k, d: {"x": d.tokens, "y": d.tags, "sample_weight": d.token_weight},
)
CASES.fit("tags-masked", masked_tagger, _TAGS, lambda k, d: {"x": d.tokens, "y": d.tags})
CASES.fit(
    "tags-masked-weighted",
    masked_tagger,
    _TAGS,
    lambda k, d: {"x": d.tokens, "y": d.tags, "sample_weight": d.token_weight, "validation_split": 0.2},
)


CASES.fit("x-float64", classifier, ACC, lambda k, d: {"x": d.x.astype("float64"), "y": d.y})
CASES.fit("x-int64", classifier, ACC, lambda k, d: {"x": (2 * d.x).astype("int64"), "y": d.y})
CASES.fit("x-lists", classifier, ACC, lambda k, d: {"x": d.x.tolist(), "y": d.y.tolist()})
CASES.fit("x-bytes", classifier, ACC, lambda k, d: {"x": d.bytes, "y": d.y})
CASES.fit("batch-of-all", classifier, ACC, xy("y", batch_size=64))
CASES.fit("batch-default", classifier, ACC, xy("y", batch_size=None))
CASES.fit("batch-of-one", classifier, ACC, lambda k, d: {"x": d.x[:6], "y": d.y[:6], "batch_size": 1})
CASES.fit("regression", regression, {"loss": "mse", "metrics": ["mae"]}, lambda k, d: {"x": d.x2, "y": d.value})
CASES.fit(
    "regression-flat",
    regression,
    {"loss": "mse", "metrics": ["mae", "mse"], "optimizer": "rmsprop"},
    lambda k, d: {"x": d.x2, "y": d.value[:, 0]},
)
CASES.fit("normalized", normalized, {**ACC, "optimizer": "adam"}, xy("y", validation_split=0.2))
