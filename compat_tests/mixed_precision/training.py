"""Trainings under policies, run alike by tf_keras and here."""

from __future__ import annotations

from typing import Any

import numpy as np


def digits() -> tuple[np.ndarray, np.ndarray]:
    """Images of three kinds that noise hides."""
    rng = np.random.default_rng(3)
    labels = rng.integers(0, 3, 96)
    kinds = rng.normal(size=(3, 8, 8, 1))
    return (kinds[labels] + rng.normal(size=(96, 8, 8, 1)) * 0.7).astype("float32"), labels.astype("int32")


def sentences() -> tuple[np.ndarray, np.ndarray]:
    """Rows of words, and whether the first ones are small."""
    rng = np.random.default_rng(4)
    words = rng.integers(1, 20, (64, 7))
    return words.astype("int32"), (words[:, :3].sum(1) > 30).astype("float32")[:, None]


def convolutional(keras: Any) -> Any:
    layers = keras.layers
    return keras.Sequential(
        [
            layers.Input((8, 8, 1)),
            layers.Conv2D(4, 3, activation="relu"),
            layers.BatchNormalization(),
            layers.MaxPooling2D(),
            layers.Flatten(),
            layers.Dense(16, activation="relu"),
            layers.Dense(3),
            layers.Activation("softmax", dtype="float32"),
        ]
    )


def functional(keras: Any) -> Any:
    layers = keras.layers
    x = keras.Input((8, 8, 1))
    flat = layers.Flatten()(x)
    hidden = layers.LayerNormalization()(layers.Dense(16, activation="gelu")(flat))
    hidden = layers.Add()([hidden, layers.Dense(16)(hidden)])
    return keras.Model(x, layers.Dense(3, activation="softmax", dtype="float32")(hidden))


def recurrent(keras: Any) -> Any:
    layers = keras.layers
    return keras.Sequential(
        [
            layers.Input((7,), dtype="int32"),
            layers.Embedding(20, 8),
            layers.LSTM(8),
            layers.Dense(1, activation="sigmoid", dtype="float32"),
        ]
    )


MODELS = {
    "convolutional": (convolutional, digits, "sparse_categorical_crossentropy"),
    "functional": (functional, digits, "sparse_categorical_crossentropy"),
    "recurrent": (recurrent, sentences, "binary_crossentropy"),
}
POLICIES = ("mixed_bfloat16", "mixed_float16")


def first_weights(model: Any) -> None:
    """The same weights for every Keras: those of batch normalization stay as they are."""
    rng = np.random.default_rng(11)
    model.set_weights(
        [rng.normal(size=w.shape).astype("float32") * 0.3 if w.ndim > 1 else w for w in model.get_weights()]
    )


def curve(keras: Any, name: str, policy: str) -> dict[str, Any]:
    """Losses and accuracies of a few epochs."""
    build, data, loss = MODELS[name]
    keras.mixed_precision.set_global_policy(policy)
    try:
        model = build(keras)
        first_weights(model)
        model.compile(keras.optimizers.Adam(0.01), loss, metrics=["accuracy"])
        x, y = data()
        history = model.fit(x, y, batch_size=32, epochs=5, shuffle=False, verbose=0)
        return {
            "history": {key: [float(value) for value in values] for key, values in history.history.items()},
            "optimizer": type(model.optimizer).__name__,
            "predicted": str(model.predict(x[:4], verbose=0).dtype),
        }
    finally:
        keras.mixed_precision.set_global_policy("float32")


def curves(tf: Any, keras: Any) -> dict[str, Any]:
    return {f"{name} {policy}": curve(keras, name, policy) for name in MODELS for policy in POLICIES}


def custom_loop(tf: Any, keras: Any) -> dict[str, Any]:
    """The loop of TensorFlow's guide to mixed precision, with a first scale that float16 does not hold."""
    keras.mixed_precision.set_global_policy("mixed_float16")
    try:
        model = functional(keras)
        first_weights(model)
        optimizer = keras.mixed_precision.LossScaleOptimizer(
            keras.optimizers.SGD(0.05), initial_scale=2.0**30, dynamic_growth_steps=6
        )
        loss_object = keras.losses.SparseCategoricalCrossentropy()
        x, y = digits()
        losses, scales = [], []
        for _ in range(24):
            with tf.GradientTape() as tape:
                loss = loss_object(y, model(x, training=True))
                scaled_loss = optimizer.get_scaled_loss(loss)
            scaled_gradients = tape.gradient(scaled_loss, model.trainable_variables)
            gradients = optimizer.get_unscaled_gradients(scaled_gradients)
            optimizer.apply_gradients(zip(gradients, model.trainable_variables))
            losses.append(float(loss))
            scales.append(float(optimizer.loss_scale))
        return {
            "losses": losses,
            "scales": scales,
            "gradients": sorted({str(np.asarray(gradient).dtype) for gradient in gradients}),
        }
    finally:
        keras.mixed_precision.set_global_policy("float32")
