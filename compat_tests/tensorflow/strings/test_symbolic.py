"""Functions of texts recorded in functional models."""

import numpy as np
import pytest

from torchkeras import keras
from torchkeras import tensorflow as tf


def lengths() -> keras.Model:
    inputs = keras.Input((None,), dtype=tf.string)
    return keras.Model(inputs, tf.strings.length(tf.strings.regex_replace(tf.strings.lower(inputs), "a", "bb")))


def test_names() -> None:
    names = [layer.name for layer in lengths().layers[1:]]
    assert all(name.startswith("tf.strings.") for name in names)
    assert [name.split(".")[-1].rstrip("_0123456789") for name in names] == ["lower", "regex_replace", "length"]


def test_values_and_config_round_trip() -> None:
    model = lengths()
    again = keras.Model.from_config(model.get_config())
    for one in (model, again):
        assert one(tf.constant([["Aa", "b"]])).numpy().tolist() == [[4, 1]]
        assert one.predict(np.array([["xA", "b"], ["", "a"]]), verbose=0).tolist() == [[3, 1], [0, 2]]


def test_texts_come_out() -> None:
    inputs = keras.Input((2,), dtype="string")
    joined = tf.strings.join([inputs, tf.constant("x")], separator="-")
    assert joined.dtype == tf.string
    assert tuple(joined.shape) == (None, 2)
    model = keras.Model(inputs, joined)
    found = model(tf.constant([["a", "b"]]))
    assert isinstance(found, tf.Tensor)
    assert found.dtype == tf.string
    assert found.numpy().tolist() == [[b"a-x", b"b-x"]]
    assert model.predict(np.array([["a", "b"], ["c", "d"]]), batch_size=1, verbose=0).tolist() == [
        [b"a-x", b"b-x"],
        [b"c-x", b"d-x"],
    ]


@pytest.mark.parametrize(
    ("function", "given", "wanted"),
    [
        (lambda x: tf.strings.to_number(x), [["1", "2.5"]], [[1.0, 2.5]]),
        (lambda x: tf.strings.to_hash_bucket_fast(x, 10), [["a", "b"]], [[9, 2]]),
        (lambda x: tf.strings.substr(x, 0, 1), [["ab", "cd"]], [[b"a", b"c"]]),
        (lambda x: tf.strings.reduce_join(x, axis=-1), [["ab", "cd"]], [b"abcd"]),
        (lambda x: tf.strings.regex_full_match(x, "a.*"), [["ab", "cd"]], [[True, False]]),
        (lambda x: tf.strings.strip(tf.strings.upper(x)), [[" ab", "cd "]], [[b"AB", b"CD"]]),
    ],
)
def test_functions(function, given, wanted) -> None:
    inputs = keras.Input((2,), dtype=tf.string)
    assert keras.Model(inputs, function(inputs))(tf.constant(given)).numpy().tolist() == wanted


def test_lookup_in_a_model() -> None:
    table = tf.lookup.StaticHashTable(tf.lookup.KeyValueTensorInitializer(["a", "b"], [5, 6]), -1)
    inputs = keras.Input((None,), dtype=tf.string)
    assert keras.Model(inputs, table.lookup(inputs))(tf.constant([["b", "q"]])).numpy().tolist() == [[6, -1]]


def test_ragged_inside_says_what_to_do() -> None:
    with pytest.raises(NotImplementedError, match="to_tensor"):
        tf.strings.split(keras.Input((), dtype=tf.string))


def test_numbers_for_a_text_input() -> None:
    with pytest.raises(tf.errors.UnimplementedError, match="takes texts"):
        lengths()(tf.constant([[1.0]]))
    inputs = keras.Input((1,))
    model = keras.Model(inputs, inputs * 2)
    with pytest.raises(tf.errors.UnimplementedError, match="takes numbers"):
        model(tf.constant([["a"]]))
