"""Models and data that the tests of sharded training share: made the same in every process."""

import contextlib

import numpy as np

import torchkeras as keras
from torchkeras.distribute import ShardedStrategy

layers = keras.layers


def mlp():
    """Two hidden layers of sizes that no number of processes divides."""
    return keras.Sequential(
        [
            layers.Dense(13, activation="relu", kernel_regularizer="l2"),
            layers.Dense(7, activation="tanh", kernel_constraint="max_norm"),
            layers.Dense(1),
        ]
    )


def cnn():
    """Its convolutions are channels-last in memory."""
    return keras.Sequential(
        [
            layers.Input((6, 6, 2)),
            layers.Conv2D(5, 3, activation="relu"),
            layers.BatchNormalization(synchronized=True),
            layers.MaxPooling2D(),
            layers.Flatten(),
            layers.Dense(1),
        ]
    )


def text():
    """An embedding, an LSTM, attention over what it gives."""
    words = layers.Input((5,), dtype="int32")
    x = layers.Embedding(11, 6, mask_zero=True)(words)
    x = layers.Bidirectional(layers.LSTM(4, return_sequences=True))(x)
    x = layers.MultiHeadAttention(2, 3)(x, x)
    return keras.Model(words, layers.Dense(1)(layers.GlobalAveragePooling1D()(x)))


def two_inputs():
    """A layer that is called twice, and a model within the model."""
    left, right = layers.Input((4,), name="left"), layers.Input((4,), name="right")
    shared = layers.Dense(5, activation="relu")
    inner = keras.Sequential([layers.Input((10,)), layers.Dense(6, activation="tanh"), layers.Dense(3)], name="inner")
    return keras.Model([left, right], layers.Dense(1)(inner(layers.concatenate([shared(left), shared(right)]))))


class Penalty(layers.Layer):
    """A layer that adds a loss of its weights while it is called."""

    def build(self, input_shape):
        self.kernel = self.add_weight(name="kernel", shape=(input_shape[-1], 3))

    def call(self, inputs):
        self.add_loss(0.1 * keras.ops.sum(keras.ops.exp(self.kernel)))
        return inputs @ self.kernel


def classes():
    """Its loss is computed of the logits behind the softmax; and layers add losses."""
    return keras.Sequential(
        [
            layers.Dense(6, activation="relu", activity_regularizer="l2"),
            Penalty(),
            layers.Dense(3, activation="softmax"),
        ]
    )


class Scaled(layers.Layer):
    """A layer with a single number, with a matrix, and with a weight that is assigned, not trained."""

    def build(self, input_shape):
        self.scale = self.add_weight(name="scale", shape=(), initializer="ones")
        self.kernel = self.add_weight(name="kernel", shape=(input_shape[-1], 3))
        self.seen = self.add_weight(name="seen", shape=(1,), initializer="zeros", trainable=False)

    def call(self, inputs, training=False):
        if training:
            self.seen.assign_add([1.0])
        return self.scale * inputs @ self.kernel


class Tied(keras.Model):
    """A subclass with a layer of one's own, and a weight of another layer used outside of it."""

    def __init__(self):
        super().__init__()
        self.first, self.own, self.head = layers.Dense(5), Scaled(), layers.Dense(1)

    def call(self, inputs):
        hidden = keras.ops.tanh(self.first(inputs))
        back = keras.ops.matmul(hidden, keras.ops.transpose(self.first.kernel))
        return self.head(self.own(back))


def data(kind, samples=22):
    """Inputs and targets."""
    rng = np.random.default_rng(1)
    shapes = {"cnn": (6, 6, 2), "text": (5,)}
    x = rng.normal(size=(samples, *shapes.get(kind, (4,)))).astype("float32")
    y = rng.normal(size=(samples, 1)).astype("float32")
    if kind == "classes":
        y = rng.integers(0, 3, samples)
    if kind == "text":
        x = rng.integers(0, 11, size=x.shape)
    return ([x, x[::-1].copy()] if kind == "two_inputs" else x), y


MODELS = {"mlp": mlp, "cnn": cnn, "classes": classes, "text": text, "two_inputs": two_inputs, "tied": Tied}


def made(kind, together, optimizer="adam", **options):
    """A compiled model."""
    keras.utils.set_random_seed(3)
    with ShardedStrategy().scope() if together else contextlib.nullcontext():
        model = MODELS[kind]()
        loss, metrics = ("sparse_categorical_crossentropy", ["acc"]) if kind == "classes" else ("mse", ["mae"])
        model.compile(optimizer() if callable(optimizer) else optimizer, loss, metrics=metrics, **options)
    return model
