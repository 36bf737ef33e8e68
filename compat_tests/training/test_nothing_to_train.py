"""fit where there is little or nothing to train. What tf_keras 2.21 does was seen by running the same models there."""

import numpy as np
import pytest

import torchkeras as keras

X = np.arange(12, dtype="float32").reshape(4, 3)


class Sums(keras.layers.Layer):
    def call(self, inputs):
        self.add_loss(0.1 * keras.ops.mean(inputs))
        return inputs


def test_a_model_without_weights_reports_its_loss():
    inputs = keras.Input((3,))
    model = keras.Model(inputs, keras.layers.ReLU()(inputs))
    model.compile("adam", "mse")
    assert model.fit(X, X + 2, verbose=0).history["loss"] == [4.0]
    assert int(model.optimizer.iterations) == 0
    assert model.train_on_batch(X, X + 2) == 4.0


def test_losses_of_layers_count_without_weights_and_without_a_loss():
    inputs = keras.Input((3,))
    model = keras.Model(inputs, Sums()(inputs))
    model.compile("adam", "mse")
    assert model.fit(X, X, verbose=0).history["loss"] == pytest.approx([0.55])
    model.compile("adam")
    assert model.fit(X, X, verbose=0).history["loss"] == pytest.approx([0.55])


def test_a_frozen_model_stays_as_it_is():
    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(1)])
    model.trainable = False
    model.compile("sgd", "mse")
    before = model.get_weights()[0]
    model.fit(X, X[:, :1], verbose=0)
    assert np.array_equal(model.get_weights()[0], before)


def test_weights_that_the_loss_does_not_reach_are_named():
    class Detour(keras.Model):
        def __init__(self):
            super().__init__()
            self.dense = keras.layers.Dense(3, name="aside")

        def call(self, inputs):
            self.dense(inputs)
            return inputs * 2

    model = Detour()
    model.compile("sgd", "mse")
    with pytest.raises(ValueError, match=r"No gradients provided for any variable: .*aside/kernel"):
        model.fit(X, X, verbose=0)
