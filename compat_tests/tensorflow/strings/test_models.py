"""Models that take texts, all the way: fit, evaluate, predict, calls, saving."""

import numpy as np
import pytest

from torchkeras import keras
from torchkeras import tensorflow as tf

TEXTS, LABELS = ["good film", "bad film", "good, good", "bad bad"] * 8, [1, 0, 1, 0] * 8


def vectorizer(**arguments) -> keras.layers.TextVectorization:
    layer = keras.layers.TextVectorization(output_sequence_length=4, **arguments)
    layer.adapt(TEXTS)
    return layer


def tail(layer) -> list:
    keras.utils.set_random_seed(1)
    return [
        keras.layers.Embedding(layer.vocabulary_size(), 4),
        keras.layers.GlobalAveragePooling1D(),
        keras.layers.Dense(1, activation="sigmoid"),
    ]


def functional() -> keras.Model:
    layer = vectorizer()
    inputs = keras.Input(shape=(1,), dtype=tf.string)
    x = layer(inputs)
    for one in tail(layer):
        x = one(x)
    return keras.Model(inputs, x)


def sequential() -> keras.Sequential:
    layer = vectorizer()
    return keras.Sequential([layer, *tail(layer)])


def sequential_with_input() -> keras.Sequential:
    layer = vectorizer()
    return keras.Sequential([keras.Input(shape=(1,), dtype=tf.string), layer, *tail(layer)])


class Subclassed(keras.Model):
    def __init__(self) -> None:
        super().__init__()
        self.vectorize = vectorizer()
        self.stack = keras.Sequential(tail(self.vectorize))

    def call(self, texts):
        return self.stack(self.vectorize(tf.strings.lower(texts)))


MAKERS = [functional, sequential, sequential_with_input, Subclassed]


@pytest.mark.parametrize("maker", MAKERS)
@pytest.mark.parametrize("source", ["arrays", "data set", "tensors"])
def test_learns(maker, source) -> None:
    model = maker()
    model.compile(keras.optimizers.Adam(0.1), "binary_crossentropy", metrics=["accuracy"])
    if source == "data set":
        given = (tf.data.Dataset.from_tensor_slices((TEXTS, LABELS)).shuffle(32, seed=1).batch(8),)
    elif source == "tensors":
        given = (tf.constant(TEXTS), tf.constant(LABELS))
    else:
        given = (np.array(TEXTS), np.array(LABELS))
    model.fit(*given, epochs=6, verbose=0)
    assert model.evaluate(*given, verbose=0)[1] == 1.0
    assert (model.predict(tf.constant(TEXTS[:4]), verbose=0).round()[:, 0] == LABELS[:4]).all()


@pytest.mark.parametrize("maker", MAKERS)
def test_all_ways_in_agree(maker) -> None:
    model = maker()
    wanted = model.predict(np.array(TEXTS[:5]), verbose=0)
    ways = [
        np.array(TEXTS[:5], dtype=object),
        tf.constant(TEXTS[:5]),
        TEXTS[:5],
        tf.data.Dataset.from_tensor_slices(TEXTS[:5]).batch(2),
    ]
    for way in ways:
        np.testing.assert_allclose(model.predict(way, verbose=0), wanted, rtol=1e-6)
    np.testing.assert_allclose(model(tf.constant(TEXTS[:5])).numpy(), wanted, rtol=1e-6)
    np.testing.assert_allclose(model.predict(np.array(TEXTS[:5]), batch_size=2, verbose=0), wanted, rtol=1e-6)
    np.testing.assert_allclose(model.predict_on_batch(np.array(TEXTS[:5])), wanted, rtol=1e-6)


@pytest.mark.parametrize("maker", [functional, sequential, sequential_with_input])
def test_saved_with_its_vocabulary(maker, tmp_path) -> None:
    model = maker()
    wanted = model.predict(np.array(TEXTS[:3]), verbose=0)
    model.save(tmp_path / "model.pt")
    again = keras.models.load_model(tmp_path / "model.pt", compile=False)
    np.testing.assert_allclose(again.predict(np.array(TEXTS[:3]), verbose=0), wanted, rtol=1e-6)


def test_gradients_behind_the_words() -> None:
    model = functional()
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(model(tf.constant([["good film"]])))
    gradients = tape.gradient(loss, model.trainable_variables)
    assert len(gradients) == 3
    assert all(float(tf.reduce_sum(tf.abs(g))) > 0 for g in gradients)


def test_features_by_name() -> None:
    inputs = {"colour": keras.Input((1,), name="colour", dtype="string"), "size": keras.Input((1,), name="size")}
    lookup = keras.layers.StringLookup(output_mode="one_hot")
    lookup.adapt(np.array([["red"], ["blue"], ["red"]]))
    joined = keras.layers.Concatenate()([lookup(inputs["colour"]), inputs["size"]])
    model = keras.Model(inputs, keras.layers.Dense(1, kernel_initializer="ones")(joined))
    rows = {"colour": ["red", "blue", "pink"], "size": [1.0, 2.0, 3.0]}
    wanted = [[2.0], [3.0], [4.0]]
    assert model.predict({k: np.array(v) for k, v in rows.items()}, verbose=0).tolist() == wanted
    assert model.predict({k: tf.constant(v) for k, v in rows.items()}, verbose=0).tolist() == wanted
    assert model.predict(tf.data.Dataset.from_tensor_slices(rows).batch(2), verbose=0).tolist() == wanted
    model.compile("sgd", "mse")
    model.fit(tf.data.Dataset.from_tensor_slices((rows, [1.0, 2.0, 3.0])).batch(2), verbose=0)


def test_words_come_back() -> None:
    words = keras.layers.StringLookup(vocabulary=["a", "b"], invert=True)
    model = keras.Sequential([keras.Input((1,), dtype="int64"), words])
    assert model.predict(np.array([[1], [2], [0]]), batch_size=2, verbose=0).tolist() == [[b"a"], [b"b"], [b"[UNK]"]]
