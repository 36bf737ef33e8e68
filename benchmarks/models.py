"""The models of the benchmarks in torchkeras; torch_models.py has them in torch."""

from __future__ import annotations

from typing import Any

from torch import Tensor

import torchkeras as keras
from benchmarks.networks.lenet import keras_layers
from benchmarks.torch_models import BLOCKS, MAP, WIDTH
from torchkeras import layers

# --- LeNet-5 ------------------------------------------------------------------------------------------------

IMAGE = (28, 28, 1)


def functional_lenet() -> keras.Model:
    inputs = x = keras.Input(IMAGE)
    for layer in keras_layers(layers):
        x = layer(x)
    return keras.Model(inputs, x)


def sequential_lenet() -> keras.Sequential:
    return keras.Sequential([keras.Input(IMAGE), *keras_layers(layers)])


class SubclassedLeNet(keras.Model):
    def __init__(self) -> None:
        super().__init__()
        self.conv1, self.pool1, self.conv2, self.pool2, self.flatten, self.fc1, self.fc2, self.out = keras_layers(
            layers
        )

    def call(self, x: Tensor) -> Tensor:
        x = self.pool1(self.conv1(x))
        x = self.pool2(self.conv2(x))
        return self.out(self.fc2(self.fc1(self.flatten(x))))


# --- two hundred layers -------------------------------------------------------------------------------------


def dense_stack() -> keras.Model:
    inputs = x = keras.Input((WIDTH,))
    for _ in range(200):
        x = layers.Dense(WIDTH, activation="relu")(x)
    return keras.Model(inputs, x)


def residual_stack() -> keras.Model:
    inputs = x = keras.Input(MAP)
    for _ in range(BLOCKS):
        y = layers.Conv2D(MAP[-1], 3, padding="same", use_bias=False)(x)
        y = layers.BatchNormalization()(y)
        y = layers.Activation("relu")(y)
        y = layers.Conv2D(MAP[-1], 3, padding="same", use_bias=False)(y)
        y = layers.BatchNormalization()(y)
        y = layers.Add()([x, y])
        x = layers.Activation("relu")(y)
    return keras.Model(inputs, x)


def weights_by_layer(model: keras.Model) -> list[Any]:
    """A model's weights layer by layer, as torch's modules stand; `get_weights` has the untrained ones last."""
    return [value for layer in model.layers for value in layer.get_weights()]
