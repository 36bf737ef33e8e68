"""ResNet-50 on images of 224 x 224; a block's first convolution has the strides, as in keras.applications."""

from __future__ import annotations

from typing import Any

from benchmarks.networks.network import Network, Size, images

#: Blocks and inner width of each stage; what leaves a block is four times as wide.
STAGES = ((3, 64), (4, 128), (6, 256), (3, 512))


def keras_model(keras: Any) -> Any:
    layers = keras.layers
    inputs = keras.Input((224, 224, 3))
    x = layers.ZeroPadding2D(3)(inputs)
    x = _normalized(keras, x, 64, kernel=7, strides=2)
    x = layers.MaxPooling2D(3, strides=2)(layers.ZeroPadding2D(1)(x))
    for stage, (blocks, width) in enumerate(STAGES):
        for block in range(blocks):
            x = _block(keras, x, width, strides=2 if stage and not block else 1, widened=not block)
    x = layers.GlobalAveragePooling2D()(x)
    return keras.Model(inputs, layers.Dense(1000, activation="softmax", dtype="float32")(x))


def _normalized(
    keras: Any, x: Any, width: int, kernel: int = 1, strides: int = 1, activation: bool = True, padding: str = "valid"
) -> Any:
    x = keras.layers.Conv2D(width, kernel, strides=strides, padding=padding, use_bias=False)(x)
    x = keras.layers.BatchNormalization(momentum=0.9, epsilon=1e-5)(x)
    return keras.layers.Activation("relu")(x) if activation else x


def _block(keras: Any, x: Any, width: int, strides: int, widened: bool) -> Any:
    shortcut = _normalized(keras, x, 4 * width, strides=strides, activation=False) if widened else x
    y = _normalized(keras, x, width, strides=strides)
    y = _normalized(keras, y, width, kernel=3, padding="same")
    y = _normalized(keras, y, 4 * width, activation=False)
    return keras.layers.Activation("relu")(keras.layers.Add()([y, shortcut]))


def torch_module() -> Any:
    from torch import nn

    from benchmarks.networks.torch_parts import Bottleneck, Mean

    parts = [nn.Conv2d(3, 64, 7, stride=2, padding=3, bias=False), nn.BatchNorm2d(64), nn.ReLU(inplace=True)]
    parts.append(nn.MaxPool2d(3, stride=2, padding=1))
    before = 64
    for stage, (blocks, width) in enumerate(STAGES):
        for block in range(blocks):
            parts.append(Bottleneck(before, width, stride=2 if stage and not block else 1))
            before = 4 * width
    return nn.Sequential(*parts, Mean((2, 3)), nn.Linear(before, 1000))


RESNET50 = Network(
    name="resnet50",
    title="ResNet-50 on 224 x 224 x 3",
    keras=keras_model,
    torch=torch_module,
    inputs=images(224, 224, 3),
    classes=1000,
    optimizer="sgd",
    cpu=Size(4, 2),
    cuda=Size(128, 8),
    asks=("fit", "predict", "first-step"),
    predictions=8,
    large=True,
    devices=("cuda",),
)
