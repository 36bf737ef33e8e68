"""Layers that learn from data or whose reference has no true output shape, as functions of a Keras-like namespace.

Each case returns a dict of arrays and plain values; both sides run the same code.
"""

from __future__ import annotations

import numpy as np


def draws(*shape, seed=0):
    return np.random.RandomState(seed).normal(2.0, 3.0, shape).astype("float32")


def integers(*shape, high=9, seed=0):
    return np.random.RandomState(seed).randint(0, high, shape)


def normalization(keras):
    found = {}
    x = draws(75, 4, 3)
    for name, axis in {"last": -1, "none": None, "middle": 1, "two": (1, 2), "first": (-2,)}.items():
        layer = keras.layers.Normalization(axis=axis)
        layer.adapt(x)
        found[f"{name}_mean"], found[f"{name}_variance"] = np.asarray(layer.mean), np.asarray(layer.variance)
        found[f"{name}_weights"] = [weight.name.split("/")[-1] for weight in layer.weights]
        found[f"{name}_count"] = int(layer.get_weights()[2])
        found[f"{name}_output"] = np.asarray(layer(x[:5]))
    again = keras.layers.Normalization()
    again.adapt(draws(20, 3, seed=4))
    again.adapt(draws(40, 3, seed=5))
    found["again"] = np.asarray(again(draws(6, 3)))
    partly = keras.layers.Normalization()
    partly.adapt(draws(40, 3), batch_size=5, steps=3)
    found["partly"] = np.asarray(partly.mean)
    flat = keras.layers.Normalization(axis=None)
    flat.adapt(draws(30))
    found["flat"] = np.asarray(flat(draws(4, 1, seed=2)))
    integer = keras.layers.Normalization(invert=True)
    integer.adapt(integers(30, 2))
    found["integer"] = np.asarray(integer(draws(4, 2)))
    copied = keras.layers.Normalization()
    copied.build((None, 3))
    copied.set_weights(again.get_weights())
    found["config"] = keras.layers.Normalization(axis=(1, 2), mean=[1.0], variance=np.array([2.0])).get_config()
    return found


def discretization(keras):
    found = {}
    x = draws(500, 2)
    for bins in (2, 4, 7):
        layer = keras.layers.Discretization(num_bins=bins)
        layer.adapt(x)
        found[f"{bins}_boundaries"] = np.asarray(layer.bin_boundaries)
        found[f"{bins}_output"] = np.asarray(layer(x[:50]))
        found[f"{bins}_summary"] = layer.get_weights()[0]
    coarse = keras.layers.Discretization(num_bins=3, epsilon=0.2)
    coarse.adapt(x, batch_size=50)
    found["coarse"] = np.asarray(coarse.bin_boundaries)
    short = keras.layers.Discretization(num_bins=4)
    short.adapt(np.array([[-1.5], [1.0], [3.4], [0.5], [0.0], [3.0], [1.3], [0.0]]))
    found["short"] = np.asarray(short.bin_boundaries)
    for mode in ("one_hot", "multi_hot", "count"):
        layer = keras.layers.Discretization(bin_boundaries=[-1.0, 0.0, 2.0], output_mode=mode)
        found[mode] = np.asarray(layer(draws(6, 1) if mode == "one_hot" else draws(6, 3)))
    found["config"] = keras.layers.Discretization(num_bins=3, output_mode="count").get_config()
    return found


def encodings(keras):
    x = integers(5, 4)
    encode = keras.layers.CategoryEncoding
    hashing, crossing = keras.layers.Hashing, keras.layers.HashedCrossing
    columns = [integers(6, seed=1), integers(6, high=10**12, seed=2) - 10**6, integers(6, seed=3)]
    weights = draws(5, 4)
    return {
        "weighted": np.asarray(encode(num_tokens=9, output_mode="count")(x, count_weights=weights)),
        "one_sample": np.asarray(encode(num_tokens=9, output_mode="multi_hot")(x[0])),
        "one_hot_flat": np.asarray(encode(num_tokens=9, output_mode="one_hot")(x[0])),
        "hash_count": np.asarray(hashing(num_bins=5, output_mode="count")(x)),
        "hash_multi": np.asarray(hashing(num_bins=5, output_mode="multi_hot", mask_value=3)(x)),
        "hash_large": np.asarray(hashing(num_bins=10**9, salt=(3, 4))(columns[1])),
        "crossed": np.asarray(crossing(num_bins=10**12)(tuple(columns))),
        "crossed_column": np.asarray(crossing(num_bins=10)([columns[0][:, None], columns[1][:, None]])),
        "crossed_rows": np.asarray(crossing(num_bins=4, output_mode="one_hot")(tuple(columns[:2]))),
        "crossed_config": crossing(num_bins=4, output_mode="one_hot").get_config(),
        "hash_config": hashing(num_bins=4, salt=5).get_config(),
    }


def integer_lookup(keras):
    found = {}
    # With values twice in a sample tf_keras fails to count documents.
    random = np.random.RandomState(1)
    data = np.stack([random.permutation(12)[:3] for _ in range(40)]) ** 2
    x = integers(5, 3, high=14, seed=3) ** 2
    for name, config in {
        "int": {},
        "mask": {"mask_token": 0},
        "limited": {"max_tokens": 6},
        "oov": {"num_oov_indices": 3, "mask_token": 4, "max_tokens": 8},
        "multi_hot": {"output_mode": "multi_hot"},
        "count": {"output_mode": "count", "max_tokens": 20, "pad_to_max_tokens": True},
        "tf_idf": {"output_mode": "tf_idf"},
        "tf_idf_padded": {"output_mode": "tf_idf", "max_tokens": 20, "pad_to_max_tokens": True},
    }.items():
        layer = keras.layers.IntegerLookup(**config)
        layer.adapt(data)
        found[f"{name}_vocabulary"] = [int(token) for token in layer.get_vocabulary()]
        found[f"{name}_bare"] = [int(token) for token in layer.get_vocabulary(include_special_tokens=False)]
        found[f"{name}_size"] = int(layer.vocabulary_size())
        found[f"{name}_output"] = np.asarray(layer(x))
        found[f"{name}_config"] = {k: v for k, v in layer.get_config().items() if k != "batch_input_shape"}
    one_hot = keras.layers.IntegerLookup(vocabulary=[4, 9, 16], output_mode="one_hot")
    found["one_hot"] = np.asarray(one_hot(x[:, :1]))
    weighted = {"vocabulary": [4, 9, 16], "idf_weights": [0.5, 1.0, 3.0], "output_mode": "tf_idf"}
    found["tf_idf_given"] = np.asarray(keras.layers.IntegerLookup(**weighted)(x))
    set_later = keras.layers.IntegerLookup(mask_token=0, num_oov_indices=2)
    set_later.set_vocabulary([4, 9])
    found["set_later"] = np.asarray(set_later(x))
    back = keras.layers.IntegerLookup(
        vocabulary=set_later.get_vocabulary(), mask_token=0, num_oov_indices=2, invert=True
    )
    found["back"] = np.asarray(back(set_later(x)))
    found["single"] = np.asarray(set_later(np.array(9)))
    return found


CASES = {f.__name__: f for f in (normalization, discretization, encodings, integer_lookup)}
