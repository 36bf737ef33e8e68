"""Models of several inputs and outputs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .models import classifier, dict_heads, dict_subclass, tuple_subclass, two_heads
from .schema import SPARSE, CaseList, xy
from .steps import two_in_two_out

CASES = CaseList()

_TWO = {"loss": [SPARSE, "mse"]}


def two(*targets: str, **fixed: Any) -> Callable[[Any, Any], dict[str, Any]]:
    """Train `two_heads` on lists."""
    names = targets or ("y", "value")
    return lambda k, d: {"x": [d.x, d.x2], "y": [getattr(d, name) for name in names], **fixed}


def _two_named(d: Any) -> dict[str, Any]:
    return {"x": {"right": d.x2, "left": d.x}, "y": {"size": d.value, "kind": d.y}}


CASES.fit("two", two_heads, _TWO, two())
CASES.fit("two-metrics-for-all", two_heads, {**_TWO, "metrics": ["mae", "acc"]}, two())
CASES.fit("two-metrics-one-string", two_heads, {**_TWO, "metrics": "mae"}, two())
CASES.fit("two-metrics-lists", two_heads, {**_TWO, "metrics": [["acc"], ["mae", "mse"]]}, two())
CASES.fit("two-metrics-none", two_heads, {**_TWO, "metrics": [None, "mae"]}, two())
CASES.fit(
    "two-weighted_metrics",
    two_heads,
    {**_TWO, "metrics": ["mae"], "weighted_metrics": [["mae", "acc"], ["mse"]]},
    lambda k, d: {"x": [d.x, d.x2], "y": [d.y, d.value], "sample_weight": [d.weight, d.weight2]},
)
CASES.fit(
    "two-dicts",
    two_heads,
    {
        "loss": {"size": "mse", "kind": SPARSE},
        "loss_weights": {"size": 0.2, "kind": 2.0},
        "metrics": {"size": ["mae", "mse"], "kind": "accuracy"},
    },
    lambda k, d: {
        **_two_named(d),
        "validation_data": ({"left": d.val.x, "right": d.val.x2}, {"kind": d.val.y, "size": d.val.value}),
    },
)
CASES.fit("two-loss_weights", two_heads, {**_TWO, "loss_weights": [0.5, 2.0]}, two())
CASES.fit("two-loss_weights-partial", two_heads, {**_TWO, "loss_weights": {"size": 0.1}}, two())
CASES.fit("two-one-loss", two_heads, {"loss": "mse", "metrics": ["mae"]}, two("onehot", "value"))
CASES.fit("two-loss-none", two_heads, {"loss": [SPARSE, None], "metrics": ["mae"]}, two(), warns=True)
CASES.fit("two-loss-partial", two_heads, {"loss": {"size": "mse"}, "metrics": {"kind": "acc"}}, two(), warns=True)
CASES.fit(
    "two-target-missing",
    two_heads,
    {**_TWO, "metrics": {"kind": "acc", "size": "mae"}},
    lambda k, d: {"x": [d.x, d.x2], "y": {"kind": d.y}},
    warns=True,
)
CASES.fit(
    "two-sample_weight-one",
    two_heads,
    _TWO,
    lambda k, d: {"x": [d.x, d.x2], "y": [d.y, d.value], "sample_weight": d.weight},
)
CASES.fit(
    "two-sample_weight-dict",
    two_heads,
    {**_TWO, "weighted_metrics": ["mae"]},
    lambda k, d: {"x": [d.x, d.x2], "y": [d.y, d.value], "sample_weight": {"kind": d.weight}},
)
CASES.fit(
    "two-sample_weight-list-none",
    two_heads,
    _TWO,
    lambda k, d: {"x": [d.x, d.x2], "y": [d.y, d.value], "sample_weight": [None, d.weight]},
)
CASES.fit(
    "two-validation_split",
    two_heads,
    {**_TWO, "metrics": {"kind": ["accuracy"]}},
    lambda k, d: {**_two_named(d), "validation_split": 0.2},
)
CASES.fit(
    "two-loss-objects",
    two_heads,
    lambda k: {
        "loss": {"kind": k.losses.SparseCategoricalCrossentropy(), "size": k.losses.Huber(0.5)},
        "metrics": {
            "kind": [k.metrics.SparseCategoricalAccuracy(), k.metrics.SparseTopKCategoricalAccuracy(2, name="top2")],
            "size": [k.metrics.RootMeanSquaredError(), "mae"],
        },
        "optimizer": k.optimizers.Adam(0.02),
    },
    two(),
)
CASES.fit(
    "two-metric-objects-for-all",
    two_heads,
    lambda k: {"loss": "mse", "metrics": [k.metrics.MeanSquaredError(name="second"), "mae"]},
    two("onehot", "value"),
)
CASES.fit(
    "two-inputs-extra",
    two_heads,
    _TWO,
    lambda k, d: {"x": {"left": d.x, "zz": d.x, "right": d.x2}, "y": [d.y, d.value]},
    warns=True,
)
CASES.fit("two-cnn", two_in_two_out, _TWO, lambda k, d: {
    "x": {"image": _image(d), "facts": d.x}, "y": [d.y, d.value],
})  # fmt: skip
CASES.fit(
    "tuple-subclass",
    tuple_subclass,
    {**_TWO, "metrics": ["mae"]},
    lambda k, d: {"x": d.x, "y": (d.y, d.value)},
)
CASES.fit(
    "tuple-subclass-named",
    tuple_subclass,
    {"loss": {"output_2": "mse", "output_1": SPARSE}, "metrics": {"output_1": "acc"}},
    lambda k, d: {"x": d.x, "y": {"output_1": d.y, "output_2": d.value}},
)
_DICT_HEADS = {"loss": {"big": "mse", "what": SPARSE}, "metrics": {"what": "acc", "big": ["mae"]}}
for _model in (dict_subclass, dict_heads):
    CASES.fit(
        _model.__name__.replace("_", "-"),
        _model,
        _DICT_HEADS,
        lambda k, d: {"x": d.x, "y": {"what": d.y, "big": d.value}},
    )
CASES.fit(
    "dict-heads-loss_weights",
    dict_heads,
    {**_DICT_HEADS, "loss_weights": {"big": 0.3}},
    lambda k, d: {
        "x": {"features": d.x},
        "y": {"what": d.y, "big": d.value},
        "sample_weight": {"what": d.weight, "big": d.weight2},
    },
)
CASES.fit("loss-list", classifier, {"loss": [SPARSE], "metrics": [["acc"]]}, xy("y"))
CASES.fit(
    "loss-dict",
    classifier,
    {"loss": {"classes": SPARSE}, "metrics": {"classes": ["acc", "mae"]}},
    lambda k, d: {"x": d.x, "y": {"classes": d.y}},
)


def _image(d: Any) -> Any:
    return (d.x[:, :4].repeat(32, axis=1) * d.x2[:, :1]).reshape(-1, 8, 8, 2)
