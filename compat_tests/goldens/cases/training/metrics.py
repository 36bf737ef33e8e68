"""Metrics and losses given as names, functions, objects and classes; losses of layers and models."""

from __future__ import annotations

from typing import Any

from .models import (
    autoencoder,
    binary,
    classifier,
    layer_with_loss,
    mean,
    model_with_loss,
    penalized,
    regression,
    regularized,
    regularized_heads,
    several,
)
from .schema import SPARSE, CaseList, xy

ACC = {"loss": SPARSE, "metrics": ["accuracy"]}
_CLASS_WEIGHT = {0: 1.0, 1: 3.0, 2: 0.5}

CASES = CaseList()


def gap(y_true: Any, y_pred: Any) -> Any:
    return abs(y_true - y_pred) + 0.5


def square(y_true: Any, y_pred: Any) -> Any:
    return (y_true - y_pred) ** 2


def _metric_class(keras: Any) -> Any:
    class MeanOfMeans(keras.metrics.Metric):
        def __init__(self, name: str = "mean_of_means", **kwargs: Any) -> None:
            super().__init__(name=name, **kwargs)
            self.total = self.add_weight(name="total", initializer="zeros")
            self.count = self.add_weight(name="count", initializer="zeros")

        def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
            self.total.assign_add(mean(keras, abs(y_true - y_pred)))
            self.count.assign_add(1.0)

        def result(self) -> Any:
            return self.total / self.count

    return MeanOfMeans()


CASES.fit(
    "metrics-mixed",
    classifier,
    lambda k: {
        "loss": "categorical_crossentropy",
        "metrics": ["mse", gap, k.metrics.MeanAbsoluteError(name="distance"), k.metrics.CategoricalAccuracy()],
    },
    xy("onehot", validation_split=0.2),
)
CASES.fit("metrics-lambda", classifier, lambda k: {"loss": "mse", "metrics": [lambda y, p: (y - p) ** 2]}, xy("onehot"))
CASES.fit(
    "metrics-functions-and-losses",
    classifier,
    lambda k: {"loss": "mse", "metrics": [k.metrics.mae, k.losses.mean_squared_error, k.losses.Huber(name="hub")]},
    xy("onehot"),
)
CASES.fit("metrics-class", classifier, lambda k: {"loss": "mse", "metrics": [_metric_class(k), "mae"]}, xy("onehot"))
CASES.fit(
    "metrics-binary",
    binary,
    lambda k: {
        "loss": "binary_crossentropy",
        "metrics": [k.metrics.Precision(), k.metrics.Recall(name="recall"), k.metrics.AUC(name="auc"), "accuracy"],
        "weighted_metrics": [k.metrics.BinaryAccuracy(threshold=0.4)],
    },
    lambda k, d: {"x": d.x, "y": d.binary, "sample_weight": d.weight, "validation_split": 0.2},
)
CASES.fit(
    "metrics-weighted-same-name",
    classifier,
    {"loss": SPARSE, "metrics": ["acc"], "weighted_metrics": ["acc"]},
    xy("y", class_weight=_CLASS_WEIGHT),
)
CASES.fit(
    "metrics-aliases", classifier, {"loss": "MSE", "metrics": ["mse", "MAE", "mape", "cosine_similarity"]}, xy("onehot")
)
CASES.fit(
    "metrics-top_k",
    classifier,
    lambda k: {"loss": SPARSE, "metrics": ["sparse_top_k_categorical_accuracy", "sparse_categorical_accuracy"]},
    xy("y"),
)


CASES.fit("loss-function", classifier, {"loss": square, "metrics": ["mse"]}, xy("onehot"))
CASES.fit("loss-function-scalar", classifier, lambda k: {"loss": lambda y, p: mean(k, abs(y - p))}, xy("onehot"))
CASES.fit(
    "loss-function-weighted",
    classifier,
    {"loss": square},
    lambda k, d: {"x": d.x, "y": d.onehot, "sample_weight": d.weight[:, None]},
)
CASES.fit("loss-function-float64-labels", regression, {"loss": square}, lambda k, d: {
    "x": d.x2, "y": d.value[:, 0].astype("float64"),
})  # fmt: skip
CASES.fit(
    "loss-sum",
    classifier,
    lambda k: {
        "loss": k.losses.SparseCategoricalCrossentropy(reduction="sum"),
        "optimizer": k.optimizers.SGD(0.01),
        "metrics": ["acc"],
    },
    lambda k, d: {"x": d.x, "y": d.y, "sample_weight": d.weight},
)
CASES.fit(
    "loss-none-reduction",
    classifier,
    lambda k: {"loss": k.losses.SparseCategoricalCrossentropy(reduction="none"), "optimizer": k.optimizers.SGD(0.01)},
    xy("y"),
)


def _loss_class(keras: Any) -> Any:
    class Asymmetric(keras.losses.Loss):
        def call(self, y_true: Any, y_pred: Any) -> Any:
            return (abs(y_true - y_pred) + 0.3 * (y_true - y_pred))[:, 0]

    return Asymmetric(name="asymmetric")


CASES.fit(
    "loss-class",
    regression,
    lambda k: {"loss": _loss_class(k), "metrics": ["mae"]},
    lambda k, d: {"x": d.x2, "y": d.value, "sample_weight": d.weight},
)
for _loss in ("mae", "mape", "msle", "huber", "log_cosh", "poisson", "kl_divergence", "hinge", "cosine_similarity"):
    CASES.fit(f"loss-{_loss}", several, lambda k, name=_loss: {"loss": name, "metrics": ["mae"]}, xy("several"))


CASES.fit("regularized", regularized, ACC, xy("y", validation_split=0.2))
CASES.fit("regularized-short-batch", regularized, ACC, xy("y", batch_size=32))
CASES.fit("layer-add_loss", layer_with_loss, ACC, xy("y", validation_split=0.2))
CASES.fit("model-add_loss", model_with_loss, ACC, xy("y", validation_split=0.2))
CASES.fit("add_loss-alone", autoencoder, {}, lambda k, d: {"x": d.x})
CASES.fit("add_loss-alone-validation", autoencoder, {}, lambda k, d: {"x": d.x, "validation_data": (d.val.x,)})
# The bias has no gradient, of which both warn.
CASES.fit("regularizer-alone", penalized, {}, lambda k, d: {"x": d.x}, warns=True)
CASES.fit("regularizer-and-metric", penalized, {"metrics": ["mae"]}, xy("onehot"), warns=True)
CASES.fit(
    "regularizer-two-heads",
    regularized_heads,
    {"loss": [SPARSE, "mse"], "loss_weights": [1.0, 0.1]},
    lambda k, d: {"x": [d.x, d.x2], "y": [d.y, d.value]},
)
