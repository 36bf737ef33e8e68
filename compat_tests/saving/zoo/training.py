"""A small model with each optimizer, with schedules, losses and metrics."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .model import MODELS, ZooModel, classes, classification, normal, regression, zoo


def _network(keras: Any) -> Any:
    """Another width everywhere, so that no two variables can be taken for each other."""
    layers = keras.layers
    return keras.Sequential(
        [
            keras.Input((4,)),
            layers.Dense(6, activation="tanh", name="first"),
            layers.BatchNormalization(name="normalized"),
            layers.Dense(2, name="last"),
        ],
        name="network",
    )


_OPTIMIZERS: dict[str, Callable[[Any], Any]] = {
    "sgd": lambda o: o.SGD(0.05),
    "sgd_momentum": lambda o: o.SGD(0.05, momentum=0.9),
    "sgd_nesterov": lambda o: o.SGD(0.05, momentum=0.8, nesterov=True, clipnorm=0.5),
    "adam": lambda o: o.Adam(0.01, beta_1=0.8, epsilon=1e-6, clipvalue=0.5),
    "adam_amsgrad": lambda o: o.Adam(0.01, amsgrad=True, global_clipnorm=1.0),
    "adamw": lambda o: o.AdamW(0.01, weight_decay=0.02),
    "rmsprop": lambda o: o.RMSprop(0.01),
    "rmsprop_centered": lambda o: o.RMSprop(0.01, rho=0.8, momentum=0.7, centered=True),
    "adagrad": lambda o: o.Adagrad(0.05, initial_accumulator_value=0.2),
    "adadelta": lambda o: o.Adadelta(0.5, rho=0.9),
    "adamax": lambda o: o.Adamax(0.01),
    "nadam": lambda o: o.Nadam(0.01),
    "ftrl": lambda o: o.Ftrl(0.05, l1_regularization_strength=0.001, l2_shrinkage_regularization_strength=0.01),
    "lion": lambda o: o.Lion(0.01, weight_decay=0.01),
    "adafactor": lambda o: o.Adafactor(0.01),
    "ema": lambda o: o.Adam(0.01, use_ema=True, ema_momentum=0.8, ema_overwrite_frequency=None),
    "exponential": lambda o: o.Adam(o.schedules.ExponentialDecay(0.05, 3, 0.5, staircase=True)),
    "cosine": lambda o: o.SGD(o.schedules.CosineDecay(0.05, 10, alpha=0.1), momentum=0.5),
    "piecewise": lambda o: o.RMSprop(o.schedules.PiecewiseConstantDecay([1, 2, 3], [0.05, 0.04, 0.02, 0.01])),
    "polynomial": lambda o: o.Adam(o.schedules.PolynomialDecay(0.05, 8, 0.01, power=2.0)),
    "inverse_time": lambda o: o.Nadam(o.schedules.InverseTimeDecay(0.05, 2, 0.5)),
}


def _settings(make: Callable[[Any], Any]) -> Callable[[Any], dict[str, Any]]:
    return lambda keras: {"optimizer": make(keras.optimizers), "loss": "mse", "metrics": ["mae"]}


_AVERAGES = "without the optimizer's state: Keras 3 begins averages in another way"

for _name, _make in _OPTIMIZERS.items():
    MODELS[f"optimizer_{_name}"] = ZooModel(
        f"optimizer_{_name}",
        _network,
        regression((4,), 2),
        settings=_settings(_make),
        missing=dict.fromkeys(("keras:weights.h5", "keras:h5"), _AVERAGES) if _name == "ema" else {},
    )

_NEWER: dict[str, Callable[[Any], Any]] = {
    "lamb": lambda o: o.Lamb(0.01),
    "muon": lambda o: o.Muon(0.01),
    "accumulation": lambda o: o.Adam(0.01, gradient_accumulation_steps=2),
}
for _name, _make in _NEWER.items():
    MODELS[f"optimizer_{_name}"] = ZooModel(
        f"optimizer_{_name}",
        _network,
        regression((4,), 2),
        settings=_settings(_make),
        missing={"tf_keras": f"tf_keras has no {_name}"},
    )


MODELS["uncompiled"] = ZooModel("uncompiled", _network, regression((4,), 2), settings=None)


@zoo(
    classification((4,), 3),
    settings=lambda keras: {
        "loss": keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        "metrics": [
            "accuracy",
            keras.metrics.SparseTopKCategoricalAccuracy(k=2, name="top"),
            keras.metrics.SparseCategoricalCrossentropy(from_logits=True),
        ],
        "weighted_metrics": ["sparse_categorical_accuracy"],
    },
)
def metrics_of_classes(keras: Any) -> Any:
    layers = keras.layers
    return keras.Sequential([keras.Input((4,)), layers.Dense(5, activation="relu"), layers.Dense(3)])


@zoo(
    lambda random: (normal(random, 4), classes(random, 2, 1).astype("float32")),
    settings=lambda keras: {
        "loss": keras.losses.BinaryCrossentropy(label_smoothing=0.1),
        "metrics": [
            keras.metrics.AUC(num_thresholds=30),
            keras.metrics.Precision(thresholds=0.4),
            keras.metrics.Recall(),
            keras.metrics.BinaryAccuracy(threshold=0.6),
            keras.metrics.TruePositives(),
            keras.metrics.RootMeanSquaredError(),
            keras.metrics.CosineSimilarity(axis=-1),
        ],
    },
)
def metrics_of_pairs(keras: Any) -> Any:
    layers = keras.layers
    return keras.Sequential([keras.Input((4,)), layers.Dense(5, activation="relu"), layers.Dense(1, "sigmoid")])


@zoo(
    lambda random: (normal(random, 4), [normal(random, 3) for _ in range(5)]),
    settings=lambda keras: {
        "loss": [
            keras.losses.Huber(delta=0.5),
            "mae",
            keras.losses.LogCosh(),
            keras.losses.CosineSimilarity(axis=-1),
            keras.losses.MeanSquaredError(reduction="sum"),
        ],
        "loss_weights": [1.0, 0.5, 2.0, 0.3, 0.1],
    },
)
def losses(keras: Any) -> Any:
    layers = keras.layers
    inputs = keras.Input((4,))
    x = layers.Dense(5, activation="relu")(inputs)
    return keras.Model(inputs, [layers.Dense(3, name=f"out_{letter}")(x) for letter in "abcde"])


@zoo(
    lambda random: (normal(random, 4), classes(random, 3)),
    settings=lambda keras: {
        "optimizer": "nadam",
        "loss": "sparse_categorical_crossentropy",
        "metrics": ["acc", "sparse_categorical_crossentropy"],
    },
)
def names_for_all(keras: Any) -> Any:
    """Compiled with names alone."""
    layers = keras.layers
    return keras.Sequential([keras.Input((4,)), layers.Dense(5, "relu"), layers.Dense(3, activation="softmax")])
