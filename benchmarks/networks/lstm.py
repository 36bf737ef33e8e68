"""An LSTM that reads a text and says yes or no."""

from __future__ import annotations

from typing import Any

from benchmarks.networks.network import Network, Size, texts

WORDS, LENGTH, WIDTH = 10_000, 100, 64


def keras_model(keras: Any) -> Any:
    layers = keras.layers
    return keras.Sequential(
        [
            keras.Input((LENGTH,), dtype="int32"),
            layers.Embedding(WORDS, WIDTH),
            layers.LSTM(WIDTH),
            layers.Dense(1, activation="sigmoid", dtype="float32"),
        ]
    )


def torch_module() -> Any:
    from torch import nn

    from benchmarks.networks.torch_parts import LastOfLSTM

    return nn.Sequential(nn.Embedding(WORDS, WIDTH), LastOfLSTM(WIDTH, WIDTH), nn.Linear(WIDTH, 1))


LSTM = Network(
    name="lstm",
    title="LSTM on texts of 100 words",
    keras=keras_model,
    torch=torch_module,
    inputs=texts(LENGTH, WORDS),
    classes=1,
    cpu=Size(32, 20),
    cuda=Size(32, 200),
    asks=("fit", "predict", "first-step"),
)
