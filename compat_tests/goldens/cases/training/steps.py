"""Trainings step by step: models, and the optimizer each is trained with.

Smooth networks and small rates: a change of one weight in its last bit must not grow to what a wrong formula does.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from .schema import SPARSE, StepsCase


def mlp(keras: Any) -> Any:
    layers = keras.layers
    return keras.Sequential(
        [
            keras.Input((8,), name="features"),
            layers.Dense(24, activation="relu", name="hidden_1"),
            layers.Dense(16, activation="tanh", kernel_regularizer="l2", name="hidden_2"),
            layers.Dense(5, activation="softmax", name="classes"),
        ],
        name="mlp",
    )


def lenet5(keras: Any) -> Any:
    layers = keras.layers
    return keras.Sequential(
        [
            keras.Input((28, 28, 1), name="image"),
            layers.Conv2D(6, 5, padding="same", activation="tanh", name="c1"),
            layers.AveragePooling2D(2, name="s2"),
            layers.Conv2D(16, 5, activation="tanh", name="c3"),
            layers.AveragePooling2D(2, name="s4"),
            layers.Flatten(name="flatten"),
            layers.Dense(120, activation="tanh", name="c5"),
            layers.Dense(84, activation="tanh", name="f6"),
            layers.Dense(10, activation="softmax", name="output"),
        ],
        name="lenet5",
    )


def small_lenet(keras: Any) -> Any:
    layers = keras.layers
    return keras.Sequential(
        [
            keras.Input((12, 12, 1), name="image"),
            layers.Conv2D(4, 3, padding="same", activation="tanh", name="c1"),
            layers.AveragePooling2D(2, name="s2"),
            layers.Conv2D(8, 3, activation="tanh", name="c3"),
            layers.AveragePooling2D(2, name="s4"),
            layers.Flatten(name="flatten"),
            layers.Dense(20, activation="tanh", name="f6"),
            layers.Dense(10, activation="softmax", name="output"),
        ],
        name="small_lenet",
    )


def normalized_cnn(keras: Any) -> Any:
    layers = keras.layers
    return keras.Sequential(
        [
            keras.Input((12, 12, 3), name="image"),
            # No bias before a normalization: its gradient would be rounding noise, which Adam makes steps of.
            layers.Conv2D(8, 3, padding="same", use_bias=False, name="conv1"),
            layers.BatchNormalization(name="norm1"),
            layers.Activation("relu", name="relu1"),
            layers.MaxPooling2D(2, name="pool1"),
            layers.Conv2D(12, 3, strides=2, padding="same", use_bias=False, name="conv2"),
            layers.BatchNormalization(momentum=0.9, name="norm2"),
            layers.Activation("swish", name="swish2"),
            layers.Dropout(0.0, name="dropout"),
            layers.GlobalAveragePooling2D(name="pool2"),
            layers.Dense(4, name="logits"),
        ],
        name="normalized_cnn",
    )


def two_in_two_out(keras: Any) -> Any:
    layers = keras.layers
    image = keras.Input((8, 8, 2), name="image")
    facts = keras.Input((5,), name="facts")
    x = layers.Conv2D(6, 3, activation="tanh", name="conv")(image)
    x = layers.GlobalAveragePooling2D(name="pool")(x)
    y = layers.Dense(6, activation="tanh", name="facts_dense")(facts)
    both = layers.Concatenate(name="both")([x, y])
    kind = layers.Dense(3, activation="softmax", name="kind")(both)
    size = layers.Dense(1, name="size")(layers.Multiply(name="product")([x, y]))
    return keras.Model(inputs=[image, facts], outputs=[kind, size], name="two_in_two_out")


def _images(random: np.random.RandomState, shape: tuple[int, ...], classes: int, count: int = 80) -> tuple:
    """One pattern for each class, with noise."""
    labels = random.randint(0, classes, size=count)
    patterns = random.normal(size=(classes, *shape))
    images = 0.6 * patterns[labels] + 0.6 * random.normal(size=(count, *shape))
    return images.astype(np.float32), labels, None


def _two_in_two_out_data(random: np.random.RandomState) -> tuple:
    image, kind, _ = _images(random, (8, 8, 2), 3)
    facts = random.normal(size=(80, 5)).astype(np.float32)
    size = (facts.sum(axis=1, keepdims=True) + 0.3 * random.normal(size=(80, 1))).astype(np.float32)
    weights = [random.uniform(0.2, 2.0, size=80).astype(np.float32) for _ in range(2)]
    return {"image": image, "facts": facts}, [kind, size], weights


MLP_DATA = lambda random: _images(random, (8,), 5)  # noqa: E731
LENET_DATA = lambda random: _images(random, (28, 28, 1), 10)  # noqa: E731
SMALL_LENET_DATA = lambda random: _images(random, (12, 12, 1), 10)  # noqa: E731
CNN_DATA = lambda random: _images(random, (12, 12, 3), 4)  # noqa: E731

_OPTIMIZERS: dict[str, Callable[[Any], Any]] = {
    "sgd": lambda k: k.optimizers.SGD(0.05),
    "sgd-momentum": lambda k: k.optimizers.SGD(0.02, momentum=0.9),
    "sgd-nesterov": lambda k: k.optimizers.SGD(learning_rate=0.02, momentum=0.9, nesterov=True),
    "sgd-decay": lambda k: k.optimizers.SGD(0.05, weight_decay=0.01),
    "sgd-momentum-clipnorm": lambda k: k.optimizers.SGD(0.05, momentum=0.9, clipnorm=0.05),
    "sgd-clipvalue": lambda k: k.optimizers.SGD(0.1, clipvalue=0.01),
    "sgd-global_clipnorm": lambda k: k.optimizers.SGD(0.1, global_clipnorm=0.2),
    "sgd-ema": lambda k: k.optimizers.SGD(0.05, use_ema=True, ema_momentum=0.9, ema_overwrite_frequency=20),
    "rmsprop": lambda k: k.optimizers.RMSprop(),
    "rmsprop-momentum": lambda k: k.optimizers.RMSprop(0.001, rho=0.8, momentum=0.7),
    "rmsprop-centered": lambda k: k.optimizers.RMSprop(0.001, centered=True, epsilon=1e-3),
    "rmsprop-centered-momentum-clipnorm": lambda k: k.optimizers.RMSprop(
        0.001, momentum=0.5, centered=True, epsilon=1e-2, clipnorm=0.1
    ),
    "rmsprop-decay": lambda k: k.optimizers.RMSprop(0.001, weight_decay=0.05),
    "adagrad": lambda k: k.optimizers.Adagrad(0.01),
    "adagrad-settings": lambda k: k.optimizers.Adagrad(0.02, initial_accumulator_value=0.01, epsilon=1e-3),
    "adadelta": lambda k: k.optimizers.Adadelta(1.0),
    "adadelta-settings": lambda k: k.optimizers.Adadelta(0.5, rho=0.9, epsilon=1e-4, weight_decay=0.001),
    "adam": lambda k: "adam",
    "adam-settings": lambda k: k.optimizers.Adam(0.002, beta_1=0.8, beta_2=0.95, epsilon=1e-4),
    "adam-amsgrad": lambda k: k.optimizers.Adam(0.002, beta_2=0.8, amsgrad=True),
    "adam-clipnorm": lambda k: k.optimizers.Adam(0.002, clipnorm=0.05),
    "adam-clipvalue": lambda k: k.optimizers.Adam(0.002, clipvalue=0.005),
    "adam-global_clipnorm": lambda k: k.optimizers.Adam(0.002, global_clipnorm=0.1, epsilon=1e-3),
    "adam-decay": lambda k: k.optimizers.Adam(0.002, weight_decay=0.02),
    "adam-ema": lambda k: k.optimizers.Adam(0.002, use_ema=True, ema_momentum=0.8, ema_overwrite_frequency=25),
    "adamw": lambda k: k.optimizers.AdamW(0.002),
    "adamw-settings": lambda k: k.optimizers.AdamW(0.002, beta_2=0.8, weight_decay=0.1, amsgrad=True, clipnorm=0.5),
    "adamax": lambda k: k.optimizers.Adamax(0.002),
    "adamax-settings": lambda k: k.optimizers.Adamax(0.004, beta_1=0.7, beta_2=0.99, epsilon=1e-3),
    "nadam": lambda k: k.optimizers.Nadam(0.001),
    "nadam-settings": lambda k: k.optimizers.Nadam(0.002, beta_1=0.8, beta_2=0.99, epsilon=1e-4, clipvalue=0.05),
    "ftrl": lambda k: k.optimizers.Ftrl(0.05),
    "ftrl-settings": lambda k: k.optimizers.Ftrl(
        0.05,
        learning_rate_power=-0.6,
        initial_accumulator_value=0.2,
        l1_regularization_strength=0.001,
        l2_regularization_strength=0.01,
        l2_shrinkage_regularization_strength=0.001,
        beta=0.1,
    ),
    "lion": lambda k: k.optimizers.Lion(1e-4),
    "lion-settings": lambda k: k.optimizers.Lion(1e-4, beta_1=0.8, beta_2=0.95, weight_decay=0.1),
    "adafactor": lambda k: k.optimizers.Adafactor(0.002),
    "adafactor-settings": lambda k: k.optimizers.Adafactor(
        0.01, beta_2_decay=-0.7, epsilon_1=1e-8, epsilon_2=1e-2, clip_threshold=0.8, relative_step=False
    ),
}

_SCHEDULES: dict[str, Callable[[Any], Any]] = {
    "exponential": lambda s: s.ExponentialDecay(0.05, decay_steps=10, decay_rate=0.7),
    "exponential-staircase": lambda s: s.ExponentialDecay(0.05, decay_steps=15, decay_rate=0.5, staircase=True),
    "piecewise": lambda s: s.PiecewiseConstantDecay([10, 30], [0.05, 0.02, 0.005]),
    "polynomial": lambda s: s.PolynomialDecay(0.05, decay_steps=40, end_learning_rate=0.001, power=2.0),
    "polynomial-cycle": lambda s: s.PolynomialDecay(0.05, decay_steps=20, end_learning_rate=0.01, cycle=True),
    "inverse_time": lambda s: s.InverseTimeDecay(0.05, decay_steps=10, decay_rate=0.5),
    "cosine": lambda s: s.CosineDecay(0.05, decay_steps=50, alpha=0.1),
    "cosine-warmup": lambda s: s.CosineDecay(0.0, decay_steps=40, warmup_target=0.05, warmup_steps=15),
    "cosine-restarts": lambda s: s.CosineDecayRestarts(0.05, first_decay_steps=12, t_mul=1.5, m_mul=0.8),
}


def _small_lenet_case(name: str, optimizer: Callable[[Any], Any]) -> StepsCase:
    # In a graph tf_keras's Nadam multiplies its product of momenta once for each variable, and not once for each step.
    mode = {"run_eagerly": True} if name.startswith("nadam") else {}
    return StepsCase(
        f"steps-{name}", small_lenet, SMALL_LENET_DATA, lambda k: {"optimizer": optimizer(k), "loss": SPARSE, **mode}
    )


def _scheduled(schedule: Callable[[Any], Any], momentum: float = 0.9) -> Callable[[Any], Any]:
    return lambda k: k.optimizers.SGD(schedule(k.optimizers.schedules), momentum=momentum)


STEPS: list[StepsCase] = [
    StepsCase("steps-mlp", mlp, MLP_DATA, lambda k: {"optimizer": k.optimizers.Adam(0.002), "loss": SPARSE}),
    StepsCase("steps-lenet5", lenet5, LENET_DATA, lambda k: {"optimizer": "adam", "loss": SPARSE}),
    StepsCase("steps-lenet5-sgd", lenet5, LENET_DATA, lambda k: {"optimizer": "sgd", "loss": SPARSE}),
    StepsCase(
        "steps-normalized_cnn",
        normalized_cnn,
        CNN_DATA,
        lambda k: {
            "optimizer": k.optimizers.Adam(0.001),
            "loss": k.losses.SparseCategoricalCrossentropy(from_logits=True),
            "metrics": ["accuracy"],
        },
    ),
    StepsCase(
        "steps-two_in_two_out",
        two_in_two_out,
        _two_in_two_out_data,
        lambda k: {
            "optimizer": k.optimizers.Adam(0.005),
            "loss": {"kind": SPARSE, "size": "mse"},
            "loss_weights": {"kind": 1.0, "size": 0.25},
            "metrics": {"kind": ["accuracy"], "size": ["mae"]},
            "weighted_metrics": {"size": ["mae"]},
        },
    ),
    *[_small_lenet_case(name, optimizer) for name, optimizer in _OPTIMIZERS.items()],
    *[_small_lenet_case(f"schedule-{name}", _scheduled(schedule)) for name, schedule in _SCHEDULES.items()],
    _small_lenet_case(
        "schedule-adam", lambda k: k.optimizers.Adam(k.optimizers.schedules.ExponentialDecay(0.004, 10, 0.6))
    ),
    _small_lenet_case(
        "schedule-adamw-decay",
        lambda k: k.optimizers.AdamW(k.optimizers.schedules.CosineDecay(0.004, 50), weight_decay=0.1),
    ),
    _small_lenet_case("legacy-sgd-decay", lambda k: k.optimizers.legacy.SGD(0.05, momentum=0.9, decay=0.01)),
    _small_lenet_case("legacy-adam-decay", lambda k: k.optimizers.legacy.Adam(0.002, decay=0.02)),
]
