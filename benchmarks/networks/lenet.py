"""LeNet-5 with ReLU and maximum pooling."""

from __future__ import annotations

from typing import Any

from benchmarks.networks.network import Network, Size, images


def keras_layers(layers: Any) -> list[Any]:
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


def keras_model(keras: Any) -> Any:
    return keras.Sequential([keras.Input((28, 28, 1)), *keras_layers(keras.layers)])


def torch_module() -> Any:
    from torch import nn

    return nn.Sequential(
        nn.Conv2d(1, 6, 5, padding=2), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(6, 16, 5), nn.ReLU(), nn.MaxPool2d(2),
        nn.Flatten(),
        nn.Linear(400, 120), nn.ReLU(),
        nn.Linear(120, 84), nn.ReLU(),
        nn.Linear(84, 10),
    )  # fmt: skip


LENET = Network(
    name="lenet",
    title="LeNet-5",
    keras=keras_model,
    torch=torch_module,
    inputs=images(28, 28, 1),
    classes=10,
    flattened=(5, 5, 16),
    cpu=Size(32, 100),
    cuda=Size(32, 1000),
    asks=("fit", "evaluate", "predict", "predict-one", "first-step"),
    predictions=10_000,
)
