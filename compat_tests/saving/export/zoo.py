"""Models to export, each with the shapes of its inputs without the batch."""

import numpy as np
import torch

import torchkeras as keras
from torchkeras import layers


def images():
    return keras.Sequential(
        [
            keras.Input((12, 12, 2), name="image"),
            layers.Rescaling(1 / 255.0),
            layers.RandomFlip(),
            layers.Conv2D(8, 3, activation="relu"),
            layers.BatchNormalization(),
            layers.MaxPooling2D(),
            layers.DepthwiseConv2D(3, padding="same"),
            layers.Conv2DTranspose(3, 3, strides=2),
            layers.UpSampling2D(),
            layers.Flatten(),
            layers.Dropout(0.3),
            layers.Dense(10, activation="softmax"),
        ]
    ), [(12, 12, 2)]


def several_inputs():
    a, b = keras.Input((4,), name="left"), keras.Input((6,), name="right")
    joined = layers.Concatenate()([layers.Dense(3)(a), layers.Dense(3)(b)])
    return keras.Model([a, b], [layers.Dense(1, name="one")(joined), layers.Dense(2, name="two")(joined)]), [(4,), (6,)]


def nested():
    inner = keras.Sequential([layers.Dense(5, activation="gelu", input_shape=(4,))], name="inner")
    inputs = keras.Input((4,))
    first = inner(inputs)
    return keras.Model(inputs, layers.Add()([first, inner(first[:, :4])]) * 2.0), [(4,)]


def by_name():
    inputs = {"x": keras.Input((4,), name="x"), "y": keras.Input((2,), name="y")}
    return keras.Model(inputs, layers.Concatenate()([inputs["y"], inputs["x"]])), [(4,), (2,)]


def recurrent():
    return keras.Sequential(
        [
            keras.Input((7, 3)),
            layers.Bidirectional(layers.LSTM(4, return_sequences=True)),
            layers.GRU(4, return_sequences=True),
            layers.SimpleRNN(3),
            layers.LayerNormalization(),
        ]
    ), [(7, 3)]


def masked_tokens():
    inputs = keras.Input((10,), dtype="int32", name="tokens")
    x = layers.Embedding(50, 8, mask_zero=True)(inputs)
    return keras.Model(inputs, layers.Dense(1, activation="sigmoid")(layers.LSTM(4)(x))), [(10,)]


def attention():
    inputs = keras.Input((6, 8))
    x = layers.MultiHeadAttention(2, 4)(inputs, inputs)
    x = layers.LayerNormalization()(x + inputs)
    return keras.Model(inputs, layers.GlobalAveragePooling1D()(x)), [(6, 8)]


def open_sizes():
    return keras.Sequential(
        [
            keras.Input((None, None, 3)),
            layers.Conv2D(4, 3, padding="same", strides=2),
            layers.MaxPooling2D(),
            layers.GlobalAveragePooling2D(),
        ]
    ), [(21, 34, 3)]


class Subclassed(keras.Model):
    def __init__(self):
        super().__init__()
        self.first, self.norm, self.last = layers.Dense(3), layers.BatchNormalization(), layers.Dense(2)

    def call(self, inputs, training=False):
        return self.last(torch.relu(self.norm(self.first(inputs), training=training)))


def subclassed():
    made = Subclassed()
    made(torch.ones(3, 5))
    return made, [(5,)]


def normalized():
    layer = layers.Normalization()
    layer.adapt(np.random.default_rng(0).normal(3, 2, size=(20, 4)).astype("float32"))
    return keras.Sequential([keras.Input((4,)), layer, layers.Dense(2)]), [(4,)]


MODELS = [
    images, several_inputs, nested, by_name, recurrent, masked_tokens, attention, open_sizes, subclassed, normalized,
]  # fmt: skip


def inputs_for(model, shapes, batch):
    """Arrays in the order of the inputs."""
    random = np.random.default_rng(0)
    if getattr(model, "input_names", None) == ["tokens"]:
        return [random.integers(0, 5, (batch, *shape)).astype("int32") for shape in shapes]
    return [random.normal(size=(batch, *shape)).astype("float32") for shape in shapes]


def structured(model, arrays):
    """The arrays as the model takes them."""
    if isinstance(getattr(model, "_functional_graph", None) and model.input, dict):
        return dict(zip(model.input_names, arrays, strict=True))
    return arrays if len(arrays) > 1 else arrays[0]


def predictions(model, arrays):
    """What the model gives, as a list."""
    found = model.predict(structured(model, arrays), verbose=0)
    return found if isinstance(found, list) else [found]
