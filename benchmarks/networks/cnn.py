"""The tutorials' network for CIFAR-100: two convolutions, each with pooling, and a wide dense layer."""

from __future__ import annotations

from typing import Any

from benchmarks.networks.network import Network, Size, images


def keras_model(keras: Any) -> Any:
    layers = keras.layers
    return keras.Sequential(
        [
            keras.Input((32, 32, 3)),
            layers.Conv2D(16, 3, activation="relu"),
            layers.MaxPooling2D((2, 2)),
            layers.Conv2D(32, 3, activation="relu"),
            layers.MaxPooling2D((2, 2)),
            layers.Flatten(),
            layers.Dense(256, activation="relu"),
            layers.Dense(100, activation="softmax"),
        ]
    )


def torch_module() -> Any:
    from torch import nn

    return nn.Sequential(
        nn.Conv2d(3, 16, 3), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(16, 32, 3), nn.ReLU(), nn.MaxPool2d(2),
        nn.Flatten(),
        nn.Linear(1152, 256), nn.ReLU(),
        nn.Linear(256, 100),
    )  # fmt: skip


CNN = Network(
    name="cnn",
    title="CNN on 32 x 32 x 3",
    keras=keras_model,
    torch=torch_module,
    inputs=images(32, 32, 3),
    classes=100,
    flattened=(6, 6, 32),
    cpu=Size(32, 50),
    cuda=Size(32, 500),
    asks=("fit", "evaluate", "predict", "first-step"),
    predictions=5_000,
)
