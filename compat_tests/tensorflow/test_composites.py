"""Ragged and sparse tensors beside Keras: layers, models, fit and predict, data pipelines; and copies of them."""

import copy
import pickle

import numpy as np
import pytest
import torch

from torchkeras import tensorflow as tf


@pytest.fixture
def words():
    return tf.ragged.constant([[1, 2, 3], [4], [5, 6], [7, 8, 9]], dtype=tf.int64)


def classifier(**options):
    model = tf.keras.Sequential(
        [
            tf.keras.layers.Input(shape=[None], dtype=tf.int64, **options),
            tf.keras.layers.Embedding(10, 4),
            tf.keras.layers.Bidirectional(tf.keras.layers.LSTM(3)),
            tf.keras.layers.Dense(1),
        ]
    )
    model.compile("sgd", "mse")
    return model


def test_embedding_keeps_rows(words):
    layer = tf.keras.layers.Embedding(10, 4)
    found = layer(words)
    table = layer.get_weights()[0]
    assert found.shape == [4, None, 4]
    for row, numbers in zip(found, words, strict=True):
        np.testing.assert_array_equal(row.numpy(), table[numbers.numpy()])


def test_recurrent_layer_sees_each_row_alone(words):
    embedded = tf.keras.layers.Embedding(10, 4)(words)
    layer = tf.keras.layers.LSTM(3, return_sequences=True)
    together = layer(embedded)
    assert isinstance(together, tf.RaggedTensor)
    for row, alone in zip(together, embedded, strict=True):
        np.testing.assert_allclose(row.numpy(), layer(alone[tf.newaxis])[0].numpy(), atol=1e-6)


def test_pooling_counts_what_is_there(words):
    embedded = tf.keras.layers.Embedding(10, 4)(words)
    pooled = tf.keras.layers.GlobalAveragePooling1D()(embedded)
    np.testing.assert_allclose(pooled.numpy(), tf.reduce_mean(embedded, axis=1).numpy(), atol=1e-6)


def test_model_of_ragged_input(words):
    model = classifier(ragged=True)
    alone = np.concatenate([model(row[tf.newaxis]).numpy() for row in words])
    np.testing.assert_allclose(model(words).numpy(), alone, atol=1e-6)
    np.testing.assert_allclose(model.predict(words, batch_size=3, verbose=0), alone, atol=1e-6)


def test_fit_goes_by_rows(words):
    """Ragged rows train as the same rows one by one do: batches of one are neither filled up nor masked."""
    targets = np.array([1.0, 0.0, 2.0, -1.0])
    ragged, single = classifier(ragged=True), classifier()
    single.set_weights(ragged.get_weights())
    ragged.fit(words, targets, batch_size=1, shuffle=False, verbose=0)
    for row, target in zip(words, targets, strict=True):
        single.train_on_batch(row[tf.newaxis], np.array([target]))
    for a, b in zip(ragged.get_weights(), single.get_weights(), strict=True):
        np.testing.assert_allclose(a, b, atol=1e-6)


def test_shuffled_epoch_sees_every_row(words):
    model = classifier(ragged=True)
    history = model.fit(words, np.zeros(4), epochs=2, batch_size=3, verbose=0, validation_split=0.25)
    assert len(history.history["val_loss"]) == 2
    assert model.evaluate(words, np.zeros(4), verbose=0) == pytest.approx(
        float(np.mean(model.predict(words, verbose=0) ** 2)), rel=1e-5
    )


def test_dataset_of_ragged_rows(words):
    model = classifier(ragged=True)
    data = tf.data.Dataset.from_tensor_slices((words, np.zeros(4, "float32"))).batch(2)
    assert model.evaluate(data, verbose=0) == pytest.approx(model.evaluate(words, np.zeros(4), verbose=0), rel=1e-5)


def test_config_keeps_what_an_input_is():
    model = classifier(ragged=True)
    again = tf.keras.Sequential.from_config(model.get_config())
    assert again.get_config()["layers"][0]["config"]["ragged"] is True
    spec = tf.keras.Input(type_spec=tf.RaggedTensorSpec([None, None], tf.int64)).node.operation
    assert spec.get_config()["ragged"] is True
    with pytest.raises(ValueError, match="sparse and ragged"):
        tf.keras.Input(shape=(3,), sparse=True, ragged=True)


def test_custom_layer_sees_the_ragged_tensor(words):
    class Total(tf.keras.layers.Layer):
        def call(self, inputs):
            assert isinstance(inputs, tf.RaggedTensor)
            return tf.reduce_sum(inputs, axis=1)

    np.testing.assert_array_equal(Total()(words).numpy(), [6, 4, 11, 24])
    dense = tf.keras.layers.Lambda(lambda x: x.to_tensor())(words)
    np.testing.assert_array_equal(dense.numpy(), words.to_tensor().numpy())


def test_gradient_by_the_weights_of_a_layer(words):
    layer = tf.keras.layers.Embedding(10, 2)
    layer(words)
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum(tf.reduce_sum(layer(words), axis=1))
    gradient = tape.gradient(loss, layer.trainable_variables[0])
    np.testing.assert_array_equal(tf.convert_to_tensor(gradient).numpy(), [[0.0] * 2] + [[1.0] * 2] * 9)


def test_sparse_input():
    data = tf.sparse.from_dense([[1.0, 0, 2, 0], [0, 0, 0, 0], [0, 3, 0, 0]])
    inputs = tf.keras.Input(shape=(4,), sparse=True)
    model = tf.keras.Model(inputs, tf.keras.layers.Dense(2)(inputs))
    kernel, bias = model.get_weights()
    wanted = tf.sparse.to_dense(data).numpy() @ kernel + bias
    np.testing.assert_allclose(model(data).numpy(), wanted, atol=1e-6)
    np.testing.assert_allclose(model.predict(data, batch_size=2, verbose=0), wanted, atol=1e-6)
    model.compile("sgd", "mse")
    history = model.fit(data, np.zeros((3, 2)), batch_size=3, verbose=0)
    assert history.history["loss"][0] == pytest.approx(float(np.mean(wanted**2)), rel=1e-5)


def test_disordered_sparse_rows_are_picked_by_index():
    rows = tf.SparseTensor([[2, 0], [0, 1], [2, 2]], [1.0, 2.0, 3.0], [3, 3])._as_rows()
    picked = rows.index_select(0, torch.tensor([2, 1, 0, 2]))
    np.testing.assert_array_equal(picked.dense(), [[1, 0, 3], [0, 0, 0], [0, 2, 0], [1, 0, 3]])
    np.testing.assert_array_equal(rows[1:].dense(), [[0, 0, 0], [1, 0, 3]])


@pytest.mark.parametrize("duplicate", [copy.copy, copy.deepcopy, lambda x: pickle.loads(pickle.dumps(x))])
def test_copies(words, duplicate):
    again = duplicate(words)
    assert again.to_list() == words.to_list()
    assert again.dtype == tf.int64
    sparse = duplicate(tf.sparse.from_dense([[0, 7]]))
    np.testing.assert_array_equal(tf.sparse.to_dense(sparse).numpy(), [[0, 7]])
    texts = duplicate(tf.ragged.constant([["a"], []]))
    assert texts.to_list() == [[b"a"], []]


def test_a_function_that_takes_no_ragged_tensor_says_what_to_do(words):
    with pytest.raises(ValueError, match="to_tensor"):
        tf.sort(words)
    with pytest.raises(ValueError, match="to_dense"):
        tf.sort(tf.sparse.from_dense([[1]]))


def test_values_are_not_shared_with_a_variable():
    variable = tf.Variable([1.0, 2.0, 3.0])
    ragged = tf.RaggedTensor.from_row_lengths(variable, [2, 1])
    sparse = tf.SparseTensor([[0], [1], [2]], variable, [3])
    variable.assign([9.0, 9.0, 9.0])
    assert ragged.to_list() == [[1.0, 2.0], [3.0]]
    np.testing.assert_array_equal(sparse.values.numpy(), [1.0, 2.0, 3.0])
