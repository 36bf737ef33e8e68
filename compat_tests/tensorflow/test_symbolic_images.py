"""tf.nn, tf.image and tf.signal on symbolic tensors: what they are called in a model, and that it can be saved."""

import numpy as np
import pytest

from compat_tests.tensorflow.symbolic_calls import IMAGES
from torchkeras import tensorflow as tf

K = tf.keras


@pytest.mark.parametrize("label", list(IMAGES))
def test_recorded_under_tensorflows_name(label: str) -> None:
    inputs = K.Input((8, 8, 3))
    model = K.Model(inputs, IMAGES[label](tf, inputs))
    assert model.layers[-1].name.startswith(f"tf.{label}")
    images = np.random.default_rng(0).random((2, 8, 8, 3), dtype=np.float32)
    wanted = IMAGES[label](tf, tf.constant(images))
    found = model(images)
    assert found.dtype == wanted.dtype
    assert model.output_shape[1:] == tuple(wanted.shape)[1:]
    np.testing.assert_array_equal(found.numpy(), wanted.numpy())
    np.testing.assert_array_equal(model.predict(images, verbose=0), wanted.numpy())


@pytest.mark.parametrize("label", list(IMAGES))
def test_config_and_back(label: str) -> None:
    inputs = K.Input((8, 8, 3))
    model = K.Model(inputs, IMAGES[label](tf, inputs))
    again = K.Model.from_config(model.get_config())
    images = np.random.default_rng(0).random((2, 8, 8, 3), dtype=np.float32)
    np.testing.assert_array_equal(again(images).numpy(), model(images).numpy())


def test_random_numbers_of_a_symbolic_shape() -> None:
    inputs = K.Input((4,))
    model = K.Model(inputs, inputs + tf.random.normal(tf.shape(inputs), stddev=0.1))
    found = model(np.zeros((300, 4), np.float32)).numpy()
    assert found.shape == (300, 4)
    assert found.std() == pytest.approx(0.1, rel=0.2)
    assert (model(np.zeros((300, 4), np.float32)).numpy() != found).any()


def test_trained_through() -> None:
    """A model with tf functions between layers learns."""
    K.utils.set_random_seed(1)
    inputs = K.Input((8, 8, 3))
    x = tf.nn.relu(K.layers.Conv2D(4, 3)(tf.image.resize(inputs, (6, 6))))
    x = tf.nn.max_pool(x, 2, 2, "SAME")
    model = K.Model(inputs, K.layers.Dense(1)(K.layers.Flatten()(x)))
    model.compile(K.optimizers.Adam(0.01), "mse")
    images = np.random.default_rng(0).random((64, 8, 8, 3), dtype=np.float32)
    labels = images.mean((1, 2, 3))
    losses = model.fit(images, labels, epochs=25, batch_size=16, verbose=0).history["loss"]
    assert losses[-1] < 0.5 * losses[0]
