"""The perceptron with two hidden layers of many a first tutorial."""

from __future__ import annotations

from typing import Any

from benchmarks.networks.network import Network, Size, images


def keras_model(keras: Any) -> Any:
    layers = keras.layers
    return keras.Sequential(
        [
            keras.Input((784,)),
            layers.Dense(300, activation="relu"),
            layers.Dense(100, activation="relu"),
            layers.Dense(10, activation="softmax"),
        ]
    )


def torch_module() -> Any:
    from torch import nn

    return nn.Sequential(nn.Linear(784, 300), nn.ReLU(), nn.Linear(300, 100), nn.ReLU(), nn.Linear(100, 10))


MLP = Network(
    name="mlp",
    title="MLP 784-300-100-10",
    keras=keras_model,
    torch=torch_module,
    inputs=images(784),
    classes=10,
    cpu=Size(32, 200),
    cuda=Size(32, 1000),
    asks=("fit", "first-step"),
)
