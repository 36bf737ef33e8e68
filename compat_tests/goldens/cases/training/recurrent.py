"""Recurrent models step by step: a classifier of padded tokens, a regressor of series, an encoder and decoder."""

from __future__ import annotations

from typing import Any

import numpy as np

from .schema import SPARSE, StepsCase


def token_classifier(keras: Any) -> Any:
    layers = keras.layers
    return keras.Sequential(
        [
            keras.Input((9,), dtype="int32", name="tokens"),
            layers.Embedding(20, 8, mask_zero=True, name="embedding"),
            layers.LSTM(12, dropout=0.0, kernel_regularizer="l2", name="lstm"),
            layers.Dense(4, activation="softmax", name="classes"),
        ],
        name="token_classifier",
    )


def series_regressor(keras: Any) -> Any:
    layers = keras.layers
    return keras.Sequential(
        [
            keras.Input((10, 3), name="series"),
            layers.GRU(8, return_sequences=True, recurrent_constraint="max_norm", name="gru_1"),
            layers.GRU(6, reset_after=False, name="gru_2"),
            layers.Dense(1, name="value"),
        ],
        name="series_regressor",
    )


def translator(keras: Any) -> Any:
    layers = keras.layers
    source, target = keras.Input((6,), name="source"), keras.Input((5,), name="target")
    x = layers.Embedding(12, 6, mask_zero=True, name="source_embedding")(source)
    _, h, c = layers.LSTM(8, return_state=True, name="encoder")(x)
    y = layers.Embedding(12, 6, mask_zero=True, name="target_embedding")(target)
    y = layers.LSTM(8, return_sequences=True, name="decoder")(y, initial_state=[h, c])
    y = layers.TimeDistributed(layers.Dense(12, activation="softmax"), name="words")(y)
    return keras.Model([source, target], y, name="translator")


def both_ways(keras: Any) -> Any:
    layers = keras.layers
    return keras.Sequential(
        [
            keras.Input((8, 3), name="series"),
            layers.Masking(name="masking"),
            layers.Bidirectional(layers.LSTM(6, return_sequences=True), name="both_ways"),
            layers.Bidirectional(layers.SimpleRNN(5), merge_mode="sum", name="summed"),
            layers.Dense(3, name="logits"),
        ],
        name="both_ways",
    )


def _padded(random: np.random.RandomState, tokens: np.ndarray, pre: bool) -> np.ndarray:
    lengths = random.randint(2, tokens.shape[1] + 1, size=(len(tokens), 1))
    places = np.arange(tokens.shape[1])
    return np.where((places >= tokens.shape[1] - lengths) if pre else (places < lengths), tokens, 0)


def _token_data(random: np.random.RandomState) -> tuple:
    tokens = random.randint(1, 20, size=(80, 9))
    labels = tokens[:, -1] % 4
    return _padded(random, tokens, pre=True).astype(np.int32), labels, None


def _series_data(random: np.random.RandomState) -> tuple:
    series = random.normal(size=(80, 10, 3)).astype(np.float32)
    return series, (series[:, -3:, 0].sum(1, keepdims=True)).astype(np.float32), None


def _translation_data(random: np.random.RandomState) -> tuple:
    source = _padded(random, random.randint(1, 12, size=(80, 6)), pre=False)
    target = _padded(random, random.randint(1, 12, size=(80, 5)), pre=False)
    return [source.astype(np.int32), target.astype(np.int32)], np.roll(target, -1, axis=1)[..., None], None


def _masked_data(random: np.random.RandomState) -> tuple:
    series = random.normal(size=(80, 8, 3)).astype(np.float32)
    series *= (random.uniform(size=(80, 8, 1)) < 0.7).astype(np.float32)
    return series, (series.sum((1, 2)) > 0).astype(np.int32) + (series[:, 0, 0] > 0), None


CASES: list[StepsCase] = [
    StepsCase(
        "steps-token_classifier",
        token_classifier,
        _token_data,
        lambda k: {"optimizer": k.optimizers.Adam(0.01), "loss": SPARSE, "metrics": ["accuracy"]},
        steps=20,
    ),
    StepsCase(
        "steps-series_regressor",
        series_regressor,
        _series_data,
        lambda k: {"optimizer": k.optimizers.RMSprop(0.005), "loss": "mse"},
        steps=20,
    ),
    StepsCase(
        "steps-translator",
        translator,
        _translation_data,
        lambda k: {"optimizer": k.optimizers.Adam(0.005), "loss": SPARSE, "metrics": ["accuracy"]},
        steps=20,
    ),
    StepsCase(
        "steps-both_ways",
        both_ways,
        _masked_data,
        lambda k: {
            "optimizer": k.optimizers.SGD(0.05, momentum=0.9, clipnorm=1.0),
            "loss": k.losses.SparseCategoricalCrossentropy(from_logits=True),
        },
        steps=20,
    ),
]
