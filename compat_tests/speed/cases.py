"""The fixed models whose steps are counted, and the kinds of step."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import torch

import torchkeras as keras
from benchmarks.networks import lenet
from torchkeras import layers

BATCH = 8
Run = Callable[[int], Any]


def _mlp() -> Any:
    return keras.Sequential(
        [keras.Input((784,)), layers.Dense(30, "relu"), layers.Dense(20, "relu"), layers.Dense(10, "softmax")]
    )


def _lenet() -> Any:
    return lenet.keras_model(keras)


def _cnn() -> Any:
    return keras.Sequential(
        [
            keras.Input((32, 32, 3)),
            layers.Conv2D(16, 3, activation="relu"),
            layers.MaxPooling2D(),
            layers.Conv2D(32, 3, activation="relu"),
            layers.MaxPooling2D(),
            layers.Flatten(),
            layers.Dropout(0.5),
            layers.Dense(64, activation="relu"),
            layers.Dense(10, activation="softmax"),
        ]
    )


def _resnet() -> Any:
    inputs = keras.Input((16, 16, 3))
    x = layers.Conv2D(8, 3, padding="same", use_bias=False)(inputs)
    x = layers.Activation("relu")(layers.BatchNormalization()(x))
    for filters, strides in ((8, 1), (16, 2)):
        y = layers.Conv2D(filters, 3, strides, padding="same", use_bias=False)(x)
        y = layers.ReLU()(layers.BatchNormalization()(y))
        y = layers.Conv2D(filters, 3, padding="same", use_bias=False)(y)
        y = layers.BatchNormalization()(y)
        if strides > 1:
            x = layers.BatchNormalization()(layers.Conv2D(filters, 1, strides, use_bias=False)(x))
        x = layers.ReLU()(layers.Add()([x, y]))
    x = layers.GlobalAveragePooling2D()(x)
    return keras.Model(inputs, layers.Dense(10, activation="softmax")(x))


def _lstm() -> Any:
    return keras.Sequential(
        [keras.Input((12,)), layers.Embedding(50, 8), layers.LSTM(16), layers.Dense(1, activation="sigmoid")]
    )


def _transformer() -> Any:
    inputs = keras.Input((12,))
    x = layers.Embedding(50, 16)(inputs)
    attended = layers.MultiHeadAttention(num_heads=2, key_dim=8)(x, x)
    x = layers.LayerNormalization(epsilon=1e-6)(x + layers.Dropout(0.1)(attended))
    y = layers.Dense(16)(layers.Dense(32, activation="relu")(x))
    x = layers.LayerNormalization(epsilon=1e-6)(x + layers.Dropout(0.1)(y))
    x = layers.GlobalAveragePooling1D()(x)
    return keras.Model(inputs, layers.Dense(1, activation="sigmoid")(x))


#: Model, shape of a sample, optimizer; those over texts are told apart by a two-class loss.
MODELS: dict[str, tuple[Callable[[], Any], tuple[int, ...], Callable[[], Any]]] = {
    "mlp": (_mlp, (784,), keras.optimizers.Adam),
    "lenet": (_lenet, (28, 28, 1), keras.optimizers.Adam),
    "cnn": (_cnn, (32, 32, 3), keras.optimizers.Adam),
    "resnet": (_resnet, (16, 16, 3), lambda: keras.optimizers.SGD(0.1, momentum=0.9)),
    "lstm": (_lstm, (12,), keras.optimizers.RMSprop),
    "transformer": (_transformer, (12,), keras.optimizers.Adam),
}


def samples(model: str, count: int) -> tuple[Any, Any]:
    """Inputs and labels for a model of the table."""
    random, shape = np.random.default_rng(0), MODELS[model][1]
    if model in ("lstm", "transformer"):
        return random.integers(0, 50, (count, *shape)), random.integers(0, 2, count).astype("float32")
    return random.random((count, *shape), "float32"), random.integers(0, 10, count)


def compiled(name: str) -> Any:
    """A model of the table, built and compiled."""
    make, _, optimizer = MODELS[name]
    keras.backend.clear_session()
    keras.utils.set_random_seed(0)
    model = make()
    text = name in ("lstm", "transformer")
    loss = "binary_crossentropy" if text else "sparse_categorical_crossentropy"
    model.compile(optimizer(), loss, metrics=["accuracy"])
    return model


def _whole(name: str, method: str) -> Run:
    """fit, evaluate or predict of arrays."""
    model = compiled(name)
    x, y = samples(name, 7 * BATCH)

    def run(steps: int) -> None:
        size = steps * BATCH
        if method == "predict":
            model.predict(x[:size], batch_size=BATCH, verbose=0)
        else:
            getattr(model, method)(x[:size], y[:size], batch_size=BATCH, verbose=0)

    return run


def _call(name: str) -> Run:
    model = compiled(name)
    x = torch.from_numpy(samples(name, 1)[0])

    def run(steps: int) -> None:
        for _ in range(steps):
            model(x)

    return run


def _tape(name: str) -> Run:
    """The training loop of TensorFlow's tutorials."""
    import torchkeras.tensorflow as tf

    model, optimizer = compiled(name), MODELS[name][2]()
    inputs, labels = samples(name, BATCH)
    x, y = tf.constant(inputs), tf.constant(labels)
    if name in ("lstm", "transformer"):
        loss_function: Any = keras.losses.BinaryCrossentropy()
        y = tf.reshape(y, (-1, 1))
    else:
        loss_function = keras.losses.SparseCategoricalCrossentropy()

    def run(steps: int) -> None:
        for _ in range(steps):
            with tf.GradientTape() as tape:
                loss = loss_function(y, model(x, training=True))
            gradients = tape.gradient(loss, model.trainable_variables)
            optimizer.apply_gradients(zip(gradients, model.trainable_variables))

    return run


def _dataset(name: str) -> Run:
    """fit of a tf.data pipeline."""
    import torchkeras.tensorflow as tf

    model = compiled(name)
    x, y = samples(name, 7 * BATCH)

    def run(steps: int) -> None:
        data = tf.data.Dataset.from_tensor_slices((x[: steps * BATCH], y[: steps * BATCH]))
        model.fit(data.shuffle(7 * BATCH).batch(BATCH).prefetch(tf.data.AUTOTUNE), verbose=0)

    return run


#: What is counted, one step of each. The latter two need the tf namespace, which stays loaded.
KINDS: dict[str, Callable[[str], Run]] = {
    "fit": lambda name: _whole(name, "fit"),
    "evaluate": lambda name: _whole(name, "evaluate"),
    "predict": lambda name: _whole(name, "predict"),
    "call": _call,
    "tape": _tape,
    "dataset": _dataset,
}
WITH_TF = ("tape", "dataset")
