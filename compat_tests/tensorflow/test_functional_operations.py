"""Functions of the namespace on symbolic tensors: they enter functional models under TensorFlow's names."""

import numpy as np
import pytest

from torchkeras import tensorflow as tf
from torchkeras.core.tensor_shape import TensorShape

K = tf.keras


def model_of(function, *shapes, dtype="float32"):
    inputs = [K.Input(shape, dtype=dtype) for shape in shapes]
    outputs = function(*inputs)
    return K.Model(inputs if len(inputs) > 1 else inputs[0], outputs)


# The names are those real tf_keras gives its layers for the same calls.
LABELS = {
    "tf.math.add": lambda x: tf.add(x, x),
    "tf.math.subtract": lambda x: tf.subtract(x, 1.0),
    "tf.math.multiply": lambda x: tf.multiply(2.0, x),
    "tf.math.truediv": lambda x: tf.divide(x, 2.0),
    "tf.math.pow": lambda x: tf.pow(x, 2.0),
    "tf.math.square": lambda x: tf.square(x),
    "tf.math.abs": lambda x: tf.abs(x),
    "tf.math.exp": lambda x: tf.exp(x),
    "tf.math.maximum": lambda x: tf.maximum(x, 0.0),
    "tf.math.reduce_mean": lambda x: tf.reduce_mean(x, axis=1),
    "tf.math.reduce_sum": lambda x: tf.reduce_sum(x, axis=[1], keepdims=True),
    "tf.math.reduce_max": lambda x: tf.reduce_max(x, axis=-1),
    "tf.math.argmax": lambda x: tf.argmax(x, axis=1),
    "tf.math.l2_normalize": lambda x: tf.math.l2_normalize(x, axis=1),
    "tf.math.cumsum": lambda x: tf.cumsum(x, axis=1),
    "tf.math.greater": lambda x: tf.greater(x, 0.0),
    "tf.nn.softmax": lambda x: tf.math.softmax(x),
    "tf.math.sigmoid": lambda x: tf.sigmoid(x),
    "tf.cast": lambda x: tf.cast(x, tf.int32),
    "tf.concat": lambda x: tf.concat([x, x], axis=1),
    "tf.stack": lambda x: tf.stack([x, x], axis=1),
    "tf.reshape": lambda x: tf.reshape(x, [-1, 2, 2]),
    "tf.expand_dims": lambda x: tf.expand_dims(x, -1),
    "tf.tile": lambda x: tf.tile(x, [1, 2]),
    "tf.repeat": lambda x: tf.repeat(x, 2, axis=1),
    "tf.where": lambda x: tf.where(x > 0, x, 0.0),
    "tf.zeros_like": lambda x: tf.zeros_like(x),
    "tf.clip_by_value": lambda x: tf.clip_by_value(x, 0.0, 1.0),
    "tf.roll": lambda x: tf.roll(x, 1, 1),
    "tf.sort": lambda x: tf.sort(x),
    "tf.compat.v1.transpose": lambda x: tf.transpose(x),
    "tf.compat.v1.gather": lambda x: tf.gather(x, [0, 2], axis=1),
    "tf.compat.v1.pad": lambda x: tf.pad(x, [[0, 0], [1, 1]]),
    "tf.compat.v1.shape": lambda x: tf.shape(x),
    "tf.linalg.matmul": lambda x: tf.matmul(x, x, transpose_b=True),
    "tf.linalg.diag": lambda x: tf.linalg.diag(x),
    "tf.einsum": lambda x: tf.einsum("ij,ij->i", x, x),
    "tf.compat.v1.norm": lambda x: tf.norm(x, axis=1),
    "tf.identity": lambda x: tf.identity(x),
}


@pytest.mark.parametrize("label", list(LABELS))
def test_recorded_under_tensorflows_name(label):
    model = model_of(LABELS[label], (4,))
    assert model.layers[-1].name == label


@pytest.mark.parametrize("label", list(LABELS))
def test_model_computes_what_the_function_does(label):
    x = np.array([[0.3, -1.0, 2.0, 0.5], [1.5, 0.0, -0.2, 4.0], [1.0, 1.0, 2.0, 0.0]], np.float32)
    model = model_of(LABELS[label], (4,))
    found, wanted = model(x), LABELS[label](tf.constant(x))
    assert found.dtype == wanted.dtype
    np.testing.assert_allclose(found.numpy(), wanted.numpy(), rtol=1e-6)
    assert TensorShape(model.output_shape).is_compatible_with(wanted.shape)


@pytest.mark.parametrize("label", list(LABELS))
def test_config_round_trip(label):
    x = np.array([[0.3, -1.0, 2.0, 0.5], [1.5, 0.0, -0.2, 4.0]], np.float32)
    model = model_of(LABELS[label], (4,))
    again = K.Model.from_config(model.get_config())
    assert again.layers[-1].name == label
    np.testing.assert_array_equal(again(x).numpy(), model(x).numpy())


def test_several_outputs():
    model = model_of(lambda x: tf.split(x, 2, axis=1), (4,))
    first, second = model(np.arange(8.0, dtype=np.float32).reshape(2, 4))
    np.testing.assert_array_equal(first.numpy(), [[0, 1], [4, 5]])
    np.testing.assert_array_equal(second.numpy(), [[2, 3], [6, 7]])


def test_top_k_keeps_its_names():
    x = K.Input((4,))
    found = tf.math.top_k(x, 2)
    model = K.Model(x, found.values)
    np.testing.assert_array_equal(model(np.array([[1, 4, 2, 3]], np.float32)).numpy(), [[4, 3]])


def test_integer_inputs():
    model = model_of(lambda x: tf.one_hot(x, 3), (2,), dtype="int32")
    assert tuple(model.output_shape) == (None, 2, 3)
    np.testing.assert_array_equal(model(np.array([[2, 0]])).numpy(), [[[0, 0, 1], [1, 0, 0]]])


def test_trains_through_functions():
    x = K.Input((4,))
    hidden = K.layers.Dense(3)(x)
    y = tf.reduce_mean(tf.square(tf.concat([hidden, hidden], 1)), axis=1, keepdims=True)
    model = K.Model(x, y)
    model.compile("sgd", "mse")
    before = model.layers[1].get_weights()[0]
    model.fit(np.ones((8, 4), np.float32), np.zeros((8, 1), np.float32), verbose=0)
    assert not np.array_equal(before, model.layers[1].get_weights()[0])


def test_sizes_taken_from_a_symbolic_shape():
    x = K.Input((4, 6))
    shape = tf.shape(x)
    y = tf.reshape(x, [shape[0], shape[1] * 6])
    assert tuple(y.shape) == (None, 24)
    model = K.Model(x, y)
    assert tuple(model(np.zeros((3, 4, 6), np.float32)).shape) == (3, 24)
