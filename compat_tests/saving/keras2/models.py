"""Small models for files of Keras 2, made by a function of a Keras namespace, and data for them."""

from __future__ import annotations

from typing import Any

import numpy as np


def values(*shape: int, phase: float = 0.0) -> np.ndarray:
    """Numbers that look random and are the same everywhere."""
    return np.sin(np.arange(np.prod(shape)) * 1.7 + phase).reshape(shape).astype("float32")


def data(model: Any) -> tuple[Any, Any]:
    """Eight samples for a model: inputs, targets."""
    shapes = [tuple(one.shape)[1:] for one in model.inputs]
    inputs = [values(8, *shape, phase=number) for number, shape in enumerate(shapes)]
    targets = [values(8, *tuple(one.shape)[1:], phase=3 + number) for number, one in enumerate(model.outputs)]
    return (inputs[0] if len(inputs) == 1 else inputs), (targets[0] if len(targets) == 1 else targets)


def losses(model: Any, epochs: int = 2) -> list[float]:
    """A step an epoch on all samples."""
    inputs, targets = data(model)
    history = model.fit(inputs, targets, batch_size=8, epochs=epochs, shuffle=False, verbose=0).history
    return [float(loss) for loss in history["loss"]]


def two_layers(keras: Any) -> Any:
    layers = keras.layers
    return keras.Sequential(
        [keras.Input((4,)), layers.Dense(3, activation="tanh", name="a"), layers.Dense(2, name="b")]
    )


# --- whole models -------------------------------------------------------------------------------------------


def nested(keras: Any) -> Any:
    """A shared layer, an inner model within an inner model, BatchNormalization, a frozen layer."""
    layers = keras.layers
    inner = keras.Sequential([keras.Input((3,)), layers.Dense(4), layers.BatchNormalization()], name="inner")
    x = keras.Input((5,))
    shared = layers.Dense(3, activation="tanh", name="shared")
    y = layers.Concatenate()([shared(x), shared(layers.Dense(5, trainable=False, name="frozen")(x))])
    outer_in = keras.Input((6,))
    outer = keras.Model(outer_in, inner(layers.Dense(3)(outer_in)), name="outer")
    return keras.Model(x, layers.Dense(2, name="last")(outer(y)))


def images(keras: Any) -> Any:
    layers = keras.layers
    return keras.Sequential(
        [
            keras.Input((6, 6, 2)),
            layers.Conv2D(3, 3, padding="same", activation="relu"),
            layers.BatchNormalization(),
            layers.DepthwiseConv2D(2),
            layers.SeparableConv2D(2, 2),
            layers.Conv2DTranspose(2, 2),
            layers.GlobalAveragePooling2D(),
            layers.Dense(1),
        ]
    )


def sequences(keras: Any) -> Any:
    layers = keras.layers
    return keras.Sequential(
        [
            keras.Input((4, 3)),
            layers.Bidirectional(layers.LSTM(2, return_sequences=True)),
            layers.TimeDistributed(layers.Dense(3)),
            layers.GRU(2, return_sequences=True),
            layers.GRU(3, reset_after=False, return_sequences=True),
            layers.RNN([layers.LSTMCell(2), layers.GRUCell(2)]),
            layers.Dense(1),
        ]
    )


def two_outputs(keras: Any) -> Any:
    layers = keras.layers
    one, two = keras.Input((3,), name="one"), keras.Input((4,), name="two")
    x = layers.Concatenate()([one, two])
    return keras.Model([one, two], [layers.Dense(2, name="p")(x), layers.Dense(1, name="q")(x)])


def deferred(keras: Any) -> Any:
    """A stack whose input's shape is known from data alone."""
    layers = keras.layers
    model = keras.Sequential([layers.Dense(3, activation="tanh"), layers.Dense(2)])
    model.build((None, 4))
    return model


WHOLE = {"nested": nested, "images": images, "sequences": sequences, "two_outputs": two_outputs, "deferred": deferred}

#: The arguments of `compile`, where they are not Adam(0.01), mse and mae.
SETTINGS: dict[str, dict[str, Any]] = {
    "two_outputs": {"loss": {"p": "mse", "q": "mae"}, "loss_weights": {"p": 0.5, "q": 2.0}, "metrics": {"p": ["mae"]}},
}


def compiled(keras: Any, name: str) -> Any:
    model = WHOLE[name](keras)
    settings = {"optimizer": keras.optimizers.Adam(0.01), "loss": "mse", "metrics": ["mae"]}
    model.compile(**(settings | SETTINGS.get(name, {})))
    return model


# --- optimizers ---------------------------------------------------------------------------------------------


def optimizers(keras: Any) -> dict[str, Any]:
    """Of tf_keras, Keras 2.11 and later."""
    o = keras.optimizers
    return {
        "sgd": o.SGD(0.1),
        "sgd_momentum": o.SGD(0.1, momentum=0.9, nesterov=True),
        "adam": o.Adam(0.05),
        "adam_amsgrad": o.Adam(0.05, amsgrad=True),
        "adam_schedule": o.Adam(o.schedules.ExponentialDecay(0.1, 2, 0.5)),
        "adam_average": o.Adam(0.05, use_ema=True),
        "adamw": o.AdamW(0.05),
        "adamax": o.Adamax(0.05),
        "nadam": o.Nadam(0.05),
        "rmsprop": o.RMSprop(0.05),
        "rmsprop_centered": o.RMSprop(0.05, momentum=0.5, centered=True),
        "adagrad": o.Adagrad(0.1),
        "adadelta": o.Adadelta(1.0),
        "adafactor": o.Adafactor(0.05),
        "lion": o.Lion(0.01),
        "ftrl": o.Ftrl(0.1),
    }


def older_optimizers(keras: Any) -> dict[str, Any]:
    """Of TensorFlow 2.0 to 2.10."""
    o = keras.optimizers.legacy
    return {
        "older_sgd": o.SGD(0.1),
        "older_sgd_momentum": o.SGD(0.1, momentum=0.9),
        "older_sgd_decay": o.SGD(0.1, decay=0.1),
        "older_adam": o.Adam(0.05),
        "older_adam_amsgrad": o.Adam(0.05, amsgrad=True),
        "older_adamax": o.Adamax(0.05),
        "older_rmsprop": o.RMSprop(0.05),
        "older_rmsprop_centered": o.RMSprop(0.05, momentum=0.5, centered=True),
        "older_adagrad": o.Adagrad(0.1),
        "older_adadelta": o.Adadelta(1.0),
        "older_ftrl": o.Ftrl(0.1),
    }
