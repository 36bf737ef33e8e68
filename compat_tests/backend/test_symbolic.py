"""keras.backend's functions in functional models: the layers summaries show, configs, K.function."""

import json
import pickle

import numpy as np
import pytest
import torch

import torchkeras as keras
import torchkeras.tensorflow as tf  # noqa: F401  # models of functions under TensorFlow's labels load it anyway
from compat_tests.backend.symbolic import LABELS, SYMBOLIC, labels_of
from torchkeras import backend as K
from torchkeras import layers

RECORDED = json.loads(LABELS.read_text())


@pytest.mark.parametrize("name", SYMBOLIC)
def test_layers_are_those_of_tensorflow(name):
    assert labels_of(SYMBOLIC[name](keras, K)) == RECORDED[name]


def test_models_of_functions_are_saved_and_made_again():
    inputs = keras.Input((4,))
    x = K.batch_flatten(K.stack([inputs, K.sqrt(inputs)], axis=1))
    model = keras.Model(inputs, K.clip(K.sum(x, axis=1, keepdims=True), min_value=0.5, max_value=9))
    x = torch.tensor([[1.0, 4.0, 9.0, 0.0]])
    assert model(x).tolist() == [[9.0]]
    again = keras.Model.from_config(json.loads(json.dumps(model.get_config())))
    assert again(x).tolist() == [[9.0]]
    assert pickle.loads(pickle.dumps(model))(x / 100).tolist() == model(x / 100).tolist()


def test_lambda_layers():
    def distance(pair):
        first, second = pair
        return K.sqrt(K.maximum(K.sum(K.square(first - second), axis=1, keepdims=True), K.epsilon()))

    left, right = keras.Input((2,)), keras.Input((2,))
    model = keras.Model([left, right], layers.Lambda(distance)([left, right]))
    assert model.output_shape == (None, 1)
    assert model([torch.tensor([[3.0, 0.0]]), torch.tensor([[0.0, 4.0]])]).tolist() == [[5.0]]


def test_sampling_by_the_shape():
    class Sampling(layers.Layer):
        def call(self, inputs):
            mean, log_variance = inputs
            noise = K.random_normal(shape=(K.shape(mean)[0], K.int_shape(mean)[1]))
            return mean + K.exp(0.5 * log_variance) * noise

    mean, log_variance = keras.Input((3,)), keras.Input((3,))
    outputs = Sampling()([mean, log_variance])
    assert outputs.shape == (None, 3)
    model = keras.Model([mean, log_variance], outputs)
    exact = model([torch.ones(5, 3), torch.full((5, 3), -1e4)])
    assert exact.tolist() == torch.ones(5, 3).tolist()


def test_functions_from_symbolic_tensors():
    inputs = keras.Input((2,))
    hidden = layers.Dense(3, kernel_initializer="ones")(inputs)
    model = keras.Model(inputs, layers.Dense(1, kernel_initializer="ones")(hidden))
    data = np.array([[1.0, 2.0]])
    several = K.function([model.input], [hidden, model.output])([data])
    assert [value.tolist() for value in several] == [[[3.0, 3.0, 3.0]], [[9.0]]]
    assert all(isinstance(value, np.ndarray) for value in several)
    assert K.function(model.input, model.output)(data).tolist() == [[9.0]]
    place = K.placeholder((None, 2))
    assert K.function([place], [K.sum(place)])([np.ones((2, 2))]) == [4.0]
    with pytest.raises(ValueError, match="`updates` argument is not supported"):
        K.function([place], [place], updates=[1])
    with pytest.raises(ValueError, match="takes the symbolic tensors of a functional model"):
        K.function([place, K.learning_phase()], [place])


def test_sizes_that_are_symbolic():
    inputs = keras.Input((2, 3))
    outputs = K.reshape(inputs, (K.shape(inputs)[0], 6))
    assert outputs.shape == (None, 6)
    with pytest.raises(ValueError, match="may have one size that is not known yet"):
        K.reshape(inputs, (K.shape(inputs)[0], -1))
    with pytest.raises(ValueError, match="`random_normal` was given a symbolic tensor"):
        K.random_normal((K.shape(inputs)[0], 3))


def test_gradients_flow_through():
    x = torch.tensor([[0.5, -1.0]], requires_grad=True)
    K.mean(K.square(K.relu(x))).backward()
    assert x.grad.tolist() == [[0.5, 0.0]]
