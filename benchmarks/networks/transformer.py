"""A transformer of two blocks that sorts texts into classes."""

from __future__ import annotations

from typing import Any

from benchmarks.networks.network import Network, Size, texts

WORDS, LENGTH, WIDTH, HEADS, INNER, BLOCKS, CLASSES = 10_000, 128, 64, 4, 128, 2, 5
EPSILON = 1e-6


def keras_model(keras: Any) -> Any:
    layers = keras.layers
    inputs = keras.Input((LENGTH,), dtype="int32")
    x = layers.Embedding(WORDS, WIDTH)(inputs)
    for _ in range(BLOCKS):
        attended = layers.MultiHeadAttention(HEADS, WIDTH // HEADS)(x, x)
        x = layers.LayerNormalization(epsilon=EPSILON)(layers.Add()([x, attended]))
        inner = layers.Dense(INNER, activation="relu")(x)
        x = layers.LayerNormalization(epsilon=EPSILON)(layers.Add()([x, layers.Dense(WIDTH)(inner)]))
    x = layers.GlobalAveragePooling1D()(x)
    return keras.Model(inputs, layers.Dense(CLASSES, activation="softmax", dtype="float32")(x))


def torch_module() -> Any:
    from torch import nn

    from benchmarks.networks.torch_parts import Mean, TransformerBlock

    blocks = [TransformerBlock(WIDTH, HEADS, INNER, EPSILON) for _ in range(BLOCKS)]
    return nn.Sequential(nn.Embedding(WORDS, WIDTH), *blocks, Mean((1,)), nn.Linear(WIDTH, CLASSES))


TRANSFORMER = Network(
    name="transformer",
    title="transformer on texts of 128 words",
    keras=keras_model,
    torch=torch_module,
    inputs=texts(LENGTH, WORDS),
    classes=CLASSES,
    cpu=Size(32, 10),
    cuda=Size(32, 200),
    asks=("fit", "predict", "first-step"),
    predictions=256,
)
