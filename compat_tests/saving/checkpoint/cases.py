"""What the checkpoints in data/ are of: models of the zoo, and objects of tf.train.Checkpoint."""

from __future__ import annotations

from typing import Any

import numpy as np

from compat_tests.saving.zoo import MODELS

#: Models of the zoo.
ZOO = (
    "dense", "deferred", "nested", "shared", "subclassed", "own_classes", "bidirectional", "cells", "conv_lstm",
    "multi_head_attention", "normalizations", "words", "numbers", "frozen", "optimizer_sgd", "optimizer_nadam",
    "optimizer_adafactor", "optimizer_adam_amsgrad", "optimizer_rmsprop_centered", "optimizer_ema",
    "optimizer_exponential",
)  # fmt: skip
#: Optimizers of the older generation, with which a small model is trained.
OLDER: dict[str, dict[str, Any]] = {
    "Adadelta": {}, "Adagrad": {}, "Adam": {"amsgrad": True, "decay": 0.05}, "Adamax": {},
    "Ftrl": {"l1_regularization_strength": 0.001}, "RMSprop": {"momentum": 0.5, "centered": True},
    "SGD": {"momentum": 0.9, "nesterov": True},
}  # fmt: skip


def older(keras: Any, name: str, **changes: Any) -> Any:
    """The small model, compiled with an older optimizer."""
    keras.backend.clear_session()
    layers = keras.layers
    model = keras.Sequential([keras.Input((4,)), layers.Dense(3, activation="tanh"), layers.Dense(2)])
    model.compile(getattr(keras.optimizers.legacy, name)(learning_rate=0.05, **(OLDER[name] | changes)), "mse")
    return model


def older_data() -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(5)
    return random.normal(size=(8, 4)).astype("float32"), random.normal(size=(8, 2)).astype("float32")


def made(keras: Any, case: str) -> tuple[Any, Any, Any]:
    """The compiled model of a case, its inputs and its targets."""
    if case.startswith("legacy_"):
        return older(keras, case.removeprefix("legacy_")), *older_data()
    return MODELS[case].compiled(keras), *MODELS[case].data()


CASES = (*ZOO, *(f"legacy_{name}" for name in OLDER))


def train(model: Any, inputs: Any, targets: Any) -> list[float]:
    """The losses of two steps."""
    history = model.fit(inputs, targets, batch_size=8, epochs=2, shuffle=False, verbose=0)
    return [float(loss) for loss in history.history["loss"]]


def outputs(model: Any, inputs: Any) -> np.ndarray:
    """All predictions in a row."""
    found = model.predict(inputs, verbose=0)
    if isinstance(found, dict):
        found = [found[name] for name in sorted(found)]
    return np.concatenate([np.ravel(one) for one in (found if isinstance(found, (list, tuple)) else [found])])


def objects(tf: Any) -> dict[str, Any]:
    """What the checkpoint `objects` holds; all values differ from those of a second call with `tf.zeros_like`."""

    class Module(tf.Module):
        def __init__(self) -> None:
            super().__init__()
            self.w = tf.Variable(tf.reshape(tf.range(6.0), (2, 3)), name="other_name")
            self.inner = [tf.Variable(1.5), {"deep": tf.Variable([1, 2])}]

    return {
        "module": Module(),
        "list": [tf.Variable(2.0), [tf.Variable(3.0)]],
        "dict": {"a": tf.Variable(4.0), "with.dots/and slashes": tf.Variable(5.0)},
        "half": tf.Variable(tf.constant([1.5, -2.0], tf.bfloat16)),
        "flag": tf.Variable([True, False]),
        "complex": tf.Variable(tf.complex([1.0], [2.0])),
        "step": tf.Variable(tf.constant(11, tf.int64)),
        "nested": tf.train.Checkpoint(deep=tf.train.Checkpoint(v=tf.Variable(6.0))),
        "mean": tf.keras.metrics.Mean(),
        "pair": tf.keras.metrics.AUC(num_thresholds=5),
        "generator": tf.random.Generator.from_seed(3),
    }
