"""A residual network for CIFAR, 14 layers deep and 16 to 64 channels wide.

Pooling halves the maps ahead of a stage: a convolution with strides pads otherwise in Keras than in torch, and then
the two would not compute the same.
"""

from __future__ import annotations

from typing import Any

from benchmarks.networks.network import Network, Size, images

WIDTHS, BLOCKS = (16, 32, 64), 2


def keras_model(keras: Any) -> Any:
    inputs = keras.Input((32, 32, 3))
    x = _normalized(keras, inputs, WIDTHS[0])
    for stage, width in enumerate(WIDTHS):
        if stage:
            x = keras.layers.MaxPooling2D()(x)
        for block in range(BLOCKS):
            x = _block(keras, x, width, widened=stage > 0 and block == 0)
    x = keras.layers.GlobalAveragePooling2D()(x)
    return keras.Model(inputs, keras.layers.Dense(10, activation="softmax", dtype="float32")(x))


def _normalized(keras: Any, x: Any, width: int, activation: bool = True, kernel: int = 3) -> Any:
    x = keras.layers.Conv2D(width, kernel, padding="same", use_bias=False)(x)
    x = keras.layers.BatchNormalization(momentum=0.9, epsilon=1e-5)(x)
    return keras.layers.Activation("relu")(x) if activation else x


def _block(keras: Any, x: Any, width: int, widened: bool) -> Any:
    shortcut = _normalized(keras, x, width, activation=False, kernel=1) if widened else x
    y = _normalized(keras, x, width)
    y = _normalized(keras, y, width, activation=False)
    return keras.layers.Activation("relu")(keras.layers.Add()([y, shortcut]))


def torch_module() -> Any:
    from torch import nn

    from benchmarks.networks.torch_parts import Mean, ResidualBlock

    parts = [nn.Conv2d(3, WIDTHS[0], 3, padding=1, bias=False), nn.BatchNorm2d(WIDTHS[0]), nn.ReLU(inplace=True)]
    before = WIDTHS[0]
    for stage, width in enumerate(WIDTHS):
        parts += [nn.MaxPool2d(2)] if stage else []
        for _ in range(BLOCKS):
            parts.append(ResidualBlock(before, width))
            before = width
    return nn.Sequential(*parts, Mean((2, 3)), nn.Linear(before, 10))


RESNET = Network(
    name="resnet",
    title="ResNet-14 on 32 x 32 x 3",
    keras=keras_model,
    torch=torch_module,
    inputs=images(32, 32, 3),
    classes=10,
    optimizer="sgd",
    cpu=Size(128, 8),
    cuda=Size(128, 200),
    asks=("fit", "evaluate", "predict", "first-step", "build"),
    predictions=512,
    large=True,
)
