"""Dense: errors, the inner nn.Linear, and what torch's tools do with it. The records have the values."""

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn.utils import parametrize

import torchkeras as keras
from torchkeras import layers


def test_wrong_arguments():
    with pytest.raises(ValueError, match="`units` of layer 'dense' to be a positive integer. Received: units=0"):
        layers.Dense(0)
    with pytest.raises(TypeError, match="Dense: 'activaton'. Did you mean 'activation'"):
        layers.Dense(3, activaton="relu")


def test_wrong_inputs():
    layer = layers.Dense(3)
    with pytest.raises(ValueError, match="expected min_ndim=2, found ndim=1"):
        layer(torch.ones(3))
    with pytest.raises(ValueError, match="last dimension of the inputs to layer 'dense' should be defined"):
        layer(keras.Input((None,)))
    layer(torch.ones(2, 4))
    with pytest.raises(ValueError, match="expected axis -1 of input shape to have value 4"):
        layer(torch.ones(2, 5))


def test_weights_are_views_of_the_linear_module():
    layer = layers.Dense(3)
    layer(torch.ones(2, 4))
    assert list(layer.state_dict()) == ["linear.weight", "linear.bias"]
    assert layer.kernel.shape == (4, 3)
    with torch.no_grad():
        layer.linear.weight[1, 2] = 7
    assert layer.kernel.numpy()[2, 1] == 7
    layer.kernel.assign(np.zeros((4, 3)))
    assert not layer.linear.weight.any()


def test_the_inner_module_is_called_where_something_watches_it():
    layer = layers.Dense(2, use_bias=False, kernel_initializer="ones")
    x = torch.ones(1, 3)
    assert layer(x).tolist() == [[3.0, 3.0]]
    handle = layer.linear.register_forward_hook(lambda module, inputs, outputs: -outputs)
    assert layer(x).tolist() == [[-3.0, -3.0]]
    handle.remove()

    class Doubled(nn.Module):
        def forward(self, weight):
            return 2 * weight

    parametrize.register_parametrization(layer.linear, "weight", Doubled())
    assert layer(x).tolist() == [[6.0, 6.0]]


def test_an_activation_layer_with_weights():
    layer = layers.Dense(2, activation=layers.PReLU())
    layer(torch.ones(1, 3))
    assert {"activation.alpha", "linear.weight", "linear.bias"} == set(layer.state_dict())
    assert len(layer.trainable_weights) == 3


def test_activation_of_integers():
    layer = layers.Activation("relu")
    outputs = layer(np.array([[-1, 2]]))
    assert outputs.tolist() == [[0, 2]]
    assert outputs.dtype is torch.int64
    assert layers.Activation("relu")(keras.Input((2,), dtype="int64")).dtype is torch.int64


def test_activation_config_and_functions_of_ones_own():
    def scaled(x):
        return 3 * x

    layer = layers.Activation(scaled)
    assert layer(torch.ones(1, 2)).tolist() == [[3.0, 3.0]]
    with keras.utils.custom_object_scope({"scaled": scaled}):
        again = layers.Activation.from_config(layer.get_config())
    assert again.activation is scaled
    with pytest.raises(ValueError, match="Unknown activation function: 'rellu'.*'relu'"):
        layers.Activation("rellu")
