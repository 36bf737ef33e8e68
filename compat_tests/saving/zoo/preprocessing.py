"""Models that begin with layers which prepare numbers, words and texts."""

from __future__ import annotations

from typing import Any

import numpy as np

from .model import SAMPLES, Random, classes, normal, with_momentum, zoo

_WORDS = np.array(["red", "green", "blue", "the sea", "Unknown word!"])


def _numbers(random: Random) -> tuple[Any, Any]:
    return [normal(random, 4), normal(random, 1), classes(random, 4, 2), classes(random, 50, 1)], normal(random, 2)


@zoo(_numbers)
def numbers(keras: Any) -> Any:
    layers = keras.layers
    normalization = layers.Normalization(axis=-1)
    normalization.adapt(np.arange(24, dtype="float32").reshape(6, 4) ** 1.5)
    a, b = keras.Input((4,), name="a"), keras.Input((1,), name="b")
    c, d = keras.Input((2,), dtype="int32", name="c"), keras.Input((1,), dtype="int32", name="d")
    parts = [
        normalization(a),
        layers.Normalization(mean=0.5, variance=2.0)(b),
        layers.CategoryEncoding(num_tokens=5, output_mode="one_hot")(layers.Discretization([-1.0, 0.0, 1.0])(b)),
        layers.CategoryEncoding(num_tokens=4, output_mode="multi_hot")(c),
        layers.IntegerLookup(vocabulary=[7, 3, 11, 40], num_oov_indices=1, output_mode="one_hot")(d),
        layers.Rescaling(0.1, offset=1.0)(a),
    ]
    return keras.Model([a, b, c, d], layers.Dense(2)(layers.Concatenate()(parts)))


def _words(random: Random) -> tuple[Any, Any]:
    words = _WORDS[random.integers(0, 4, (SAMPLES, 1))]
    texts = np.array([[" ".join(_WORDS[random.integers(0, 5, 3)])] for _ in range(SAMPLES)])
    return [words.astype(object), texts.astype(object)], normal(random, 2)


@zoo(_words, settings=with_momentum)
def words(keras: Any) -> Any:
    layers = keras.layers
    word, text = keras.Input((1,), dtype="string", name="word"), keras.Input((1,), dtype="string", name="text")
    ids = layers.StringLookup(vocabulary=["red", "green", "blue"], num_oov_indices=2)(word)
    vectorization = layers.TextVectorization(max_tokens=8, output_sequence_length=6)
    vectorization.adapt(np.array([" ".join(_WORDS), "red red green sea"]))
    parts = [
        layers.Flatten()(layers.Embedding(6, 3)(ids)),
        layers.Flatten()(layers.Embedding(8, 3)(vectorization(text))),
        layers.CategoryEncoding(num_tokens=3, output_mode="multi_hot")(layers.Hashing(num_bins=3)(word)),
    ]
    return keras.Model([word, text], layers.Dense(2)(layers.Concatenate()(parts)))
