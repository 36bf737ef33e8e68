"""The models of the benchmarks, each written for torch and for torchkeras, and their weights carried across."""

from __future__ import annotations

from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

import torchkeras as keras
from torchkeras import layers

# --- LeNet-5 ------------------------------------------------------------------------------------------------

IMAGE = (28, 28, 1)
#: What Flatten sees in LeNet: height, width, channels. torch flattens the channels first.
LENET_FLATTENED = (5, 5, 16)


def torch_lenet() -> nn.Sequential:
    """As a torch user writes it: channels first, a module for every step."""
    return nn.Sequential(
        nn.Conv2d(1, 6, 5, padding=2), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(6, 16, 5), nn.ReLU(), nn.MaxPool2d(2),
        nn.Flatten(),
        nn.Linear(400, 120), nn.ReLU(),
        nn.Linear(120, 84), nn.ReLU(),
        nn.Linear(84, 10), nn.Softmax(dim=-1),
    )  # fmt: skip


class TorchLeNet(nn.Module):
    """The same with the functions called in `forward`, which spares the calls of modules without weights."""

    def __init__(self) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(1, 6, 5, padding=2)
        self.conv2 = nn.Conv2d(6, 16, 5)
        self.fc1 = nn.Linear(400, 120)
        self.fc2 = nn.Linear(120, 84)
        self.out = nn.Linear(84, 10)

    def forward(self, x: Tensor) -> Tensor:
        x = F.max_pool2d(F.relu(self.conv1(x)), 2)
        x = F.max_pool2d(F.relu(self.conv2(x)), 2)
        x = F.relu(self.fc1(x.flatten(1)))
        return F.softmax(self.out(F.relu(self.fc2(x))), dim=-1)


def lenet_layers() -> list[Any]:
    return [
        layers.Conv2D(6, 5, padding="same", activation="relu"),
        layers.MaxPooling2D(),
        layers.Conv2D(16, 5, activation="relu"),
        layers.MaxPooling2D(),
        layers.Flatten(),
        layers.Dense(120, activation="relu"),
        layers.Dense(84, activation="relu"),
        layers.Dense(10, activation="softmax"),
    ]


def functional_lenet() -> keras.Model:
    inputs = x = keras.Input(IMAGE)
    for layer in lenet_layers():
        x = layer(x)
    return keras.Model(inputs, x)


def sequential_lenet() -> keras.Sequential:
    return keras.Sequential([keras.Input(IMAGE), *lenet_layers()])


class SubclassedLeNet(keras.Model):
    def __init__(self) -> None:
        super().__init__()
        self.conv1, self.pool1, self.conv2, self.pool2, self.flatten, self.fc1, self.fc2, self.out = lenet_layers()

    def call(self, x: Tensor) -> Tensor:
        x = self.pool1(self.conv1(x))
        x = self.pool2(self.conv2(x))
        return self.out(self.fc2(self.fc1(self.flatten(x))))


# --- two hundred layers -------------------------------------------------------------------------------------

WIDTH = 64
MAP = (16, 16, 16)
BLOCKS = 28  # of seven layers each


def torch_dense_stack() -> nn.Sequential:
    return nn.Sequential(*[step for _ in range(200) for step in (nn.Linear(WIDTH, WIDTH), nn.ReLU())])


def dense_stack() -> keras.Model:
    inputs = x = keras.Input((WIDTH,))
    for _ in range(200):
        x = layers.Dense(WIDTH, activation="relu")(x)
    return keras.Model(inputs, x)


class TorchBlock(nn.Module):
    """Convolution, normalisation, twice, around a shortcut."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(channels, channels, 3, padding=1, bias=False)
        self.norm1 = nn.BatchNorm2d(channels, eps=1e-3)
        self.conv2 = nn.Conv2d(channels, channels, 3, padding=1, bias=False)
        self.norm2 = nn.BatchNorm2d(channels, eps=1e-3)
        self.relu = nn.ReLU()

    def forward(self, x: Tensor) -> Tensor:
        y = self.relu(self.norm1(self.conv1(x)))
        return self.relu(self.norm2(self.conv2(y)) + x)


def torch_residual_stack() -> nn.Sequential:
    return nn.Sequential(*[TorchBlock(MAP[-1]) for _ in range(BLOCKS)])


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


# --- weights ------------------------------------------------------------------------------------------------


def copy_to_torch(model: keras.Model, target: nn.Module, flattened: tuple[int, int, int] | None = None) -> None:
    """Carries a Keras model's weights over to the torch modules that stand in the same order.

    `flattened` is the map that a Flatten makes a vector of: the rows of the first Linear follow torch's order of it.
    """
    ours = [layer for layer in model.layers if layer.weights]
    theirs = [module for module in target.modules() if isinstance(module, (nn.Linear, nn.Conv2d, nn.BatchNorm2d))]
    for layer, module in zip(ours, theirs, strict=True):
        values: list[Tensor] = [torch.from_numpy(value) for value in layer.get_weights()]
        if isinstance(module, nn.BatchNorm2d):
            places: list[Any] = [module.weight, module.bias, module.running_mean, module.running_var]
        else:
            places = [module.weight] if module.bias is None else [module.weight, module.bias]
            if isinstance(module, nn.Conv2d):
                values[0] = values[0].permute(3, 2, 0, 1)
            else:
                if flattened is not None:
                    values[0] = values[0].reshape(*flattened, -1).permute(2, 0, 1, 3).flatten(0, 2)
                    flattened = None
                values[0] = values[0].T
        with torch.no_grad():
            for place, value in zip(places, values, strict=True):
                place.copy_(value)


def channels_first(images: Tensor) -> Tensor:
    """NHWC images as a torch user keeps them."""
    return images.permute(0, 3, 1, 2).contiguous()
