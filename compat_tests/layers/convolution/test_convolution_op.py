"""convolution_op, called or overridden by a subclass. The figures are tf_keras 2.21's for the same layers."""

import numpy as np
import pytest
import torch

import torchkeras as keras
from torchkeras import layers

X = np.linspace(-1, 1, 2 * 5 * 6 * 2).reshape(2, 5, 6, 2).astype("float32")


def ramp(shape, dtype=None):
    return torch.linspace(-0.5, 0.8, int(np.prod(shape))).reshape(tuple(shape))


def standardized(kernel):
    kernel = kernel + 0.0
    mean = kernel.mean((0, 1, 2), keepdim=True)
    return (kernel - mean) / (kernel.var((0, 1, 2), keepdim=True, correction=0) + 1e-10).sqrt()


class Overriding(layers.Conv2D):
    def convolution_op(self, inputs, kernel):
        return super().convolution_op(inputs, standardized(kernel))


class Calling(layers.Conv2D):
    def call(self, inputs):
        outputs = self.convolution_op(inputs, standardized(self.kernel))
        return outputs + self.bias if self.use_bias else outputs


def chosen(outputs):
    return outputs.detach().numpy().ravel()[[0, 1, 5, -1, -3]]


def test_an_override_is_what_the_layer_computes_with():
    layer = Overriding(4, 2, strides=2, activation="relu", bias_initializer="ones", kernel_initializer=ramp)
    outputs = layer(X)
    assert tuple(outputs.shape) == (2, 2, 3, 4)
    assert float(outputs.detach().sum()) == pytest.approx(85.32075, rel=1e-5)
    assert chosen(outputs) == pytest.approx([1.7775] * 5, abs=1e-4)


def test_the_bias_follows_an_override_in_channels_first():
    last = Overriding(4, 2, bias_initializer="ones", kernel_initializer=ramp)
    first = Overriding(4, 2, bias_initializer="ones", kernel_initializer=ramp, data_format="channels_first")
    outputs = first(np.ascontiguousarray(X.transpose(0, 3, 1, 2)))
    torch.testing.assert_close(outputs.permute(0, 2, 3, 1), last(X))


def test_call_with_a_kernel_of_its_own():
    outputs = Calling(4, 2, padding="same", strides=2, kernel_initializer=ramp)(X)
    assert float(outputs.detach().sum()) == pytest.approx(4.40103, rel=1e-4)
    assert chosen(outputs) == pytest.approx([0.7775, 0.7775, 0.7775, -3.3668, -3.3668], abs=1e-4)
    outputs = Calling(4, 2, dilation_rate=2, groups=2, kernel_initializer=ramp)(X)
    assert float(outputs.detach().sum()) == pytest.approx(75.0417, rel=1e-5)


def test_causal_padding_is_the_layers_and_not_the_functions():
    class Doubling(layers.Conv1D):
        def convolution_op(self, inputs, kernel):
            return super().convolution_op(inputs, kernel * 2.0)

    settings = {"padding": "causal", "dilation_rate": 2, "kernel_initializer": ramp}
    plain, doubling = layers.Conv1D(3, 3, **settings), Doubling(3, 3, **settings)
    torch.testing.assert_close(doubling(X[:, 0]), plain(X[:, 0]) * 2)
    assert tuple(doubling.convolution_op(torch.tensor(X[:, 0]), doubling.kernel).shape) == (2, 2, 3)


def test_training_in_a_model():
    model = keras.Sequential(
        [
            keras.Input((5, 6, 2)),
            Overriding(3, 2, kernel_initializer=ramp),
            layers.Flatten(),
            layers.Dense(1, kernel_initializer="ones"),
        ]
    )
    model.compile("sgd", "mse")
    history = model.fit(X, np.ones((2, 1)), epochs=2, verbose=0).history["loss"]
    assert history == pytest.approx([2084.0093, 102970.3984], rel=1e-4)
