"""GradientTape: every expected value was computed by TensorFlow 2.21 with the same program."""

import gc

import numpy as np
import pytest
import torch

import torchkeras as keras
import torchkeras.tensorflow as tf


def values(found):
    if isinstance(found, (list, tuple)):
        return [values(item) for item in found]
    return None if found is None else np.asarray(found.numpy(), dtype=float).tolist()


def test_a_watched_constant():
    x = tf.constant(3.0)
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = x * x
    assert values(tape.gradient(y, x)) == 6.0


def test_a_constant_that_is_not_watched():
    x = tf.constant(1.0)
    with tf.GradientTape() as tape:
        y = x * 2
    assert tape.gradient(y, x) is None


def test_a_result_of_an_earlier_tape_is_a_constant():
    x = tf.Variable(3.0)
    with tf.GradientTape():
        y = x * x
    with tf.GradientTape() as tape:
        z = y * x
    assert values(tape.gradient(z, x)) == 9.0  # torch alone would say 27


def test_a_result_of_an_earlier_tape_can_be_watched():
    x = tf.Variable(3.0)
    with tf.GradientTape():
        y = x * x
    with tf.GradientTape() as tape:
        tape.watch(y)
        z = y * x * x
    assert values(tape.gradient(z, [x, y])) == [54.0, 9.0]


def test_second_derivatives():
    x = tf.Variable(2.0)
    with tf.GradientTape() as outer:
        with tf.GradientTape() as inner:
            y = x * x * x
        first = inner.gradient(y, x)
    assert values([first, outer.gradient(first, x)]) == [12.0, 12.0]


def test_assign_between_two_reads():
    x = tf.Variable(2.0)
    with tf.GradientTape() as tape:
        y = x * x
        x.assign(10.0)
        z = y * x
    assert values(tape.gradient(z, x)) == 44.0


def test_assign_between_forward_and_gradient():
    x = tf.Variable(3.0)
    with tf.GradientTape() as tape:
        y = x * x
    x.assign(5.0)
    assert values(tape.gradient(y, x)) == 6.0


def test_apply_gradients_while_a_tape_lives():
    x = tf.Variable(3.0)
    optimizer = keras.optimizers.SGD(1.0)
    with tf.GradientTape(persistent=True) as tape:
        y = x * x
    optimizer.apply_gradients([(tape.gradient(y, x), x)])
    assert values([x, tape.gradient(y, x)]) == [-3.0, 6.0]


def test_persistent():
    x = tf.Variable(2.0)
    with tf.GradientTape(persistent=True) as tape:
        y = x * x
        z = y * y
    assert values([tape.gradient(z, x), tape.gradient(y, x), tape.gradient(z, y)]) == [32.0, 4.0, 8.0]


def test_only_once_otherwise():
    x = tf.Variable(2.0)
    with tf.GradientTape() as tape:
        y = x * x
    tape.gradient(y, x)
    with pytest.raises(RuntimeError, match="can only be used to compute one set of gradients"):
        tape.gradient(y, x)


def test_structures_and_what_is_not_connected():
    a, b = tf.Variable(1.0), tf.Variable([1.0, 2.0])
    with tf.GradientTape() as tape:
        y = a * 2
    found = tape.gradient(y, {"a": a, "rest": [b]})
    assert values(found["a"]) == 2.0
    assert found["rest"] == [None]
    with tf.GradientTape() as tape:
        y = a * 2
    zeros = tape.gradient(y, b, unconnected_gradients=tf.UnconnectedGradients.ZERO)
    assert values(zeros) == [0.0, 0.0]


def test_targets_are_summed():
    x = tf.Variable([1.0, 2.0, 3.0])
    with tf.GradientTape() as tape:
        y, z = x * x, x * 1.0
    assert values(tape.gradient([y, z], x)) == [3.0, 5.0, 7.0]


def test_output_gradients():
    x = tf.Variable([1.0, 2.0])
    with tf.GradientTape() as tape:
        y = x * x
    assert values(tape.gradient(y, x, output_gradients=tf.constant([10.0, 1.0]))) == [20.0, 4.0]


def test_jacobians():
    x = tf.Variable([1.0, 2.0, 3.0])
    with tf.GradientTape() as tape:
        y = x * x
    assert values(tape.jacobian(y, x)) == np.diag([2.0, 4.0, 6.0]).tolist()
    x = tf.Variable([[1.0, 2.0], [3.0, 4.0]])
    with tf.GradientTape() as tape:
        y = x * x
    assert values(tape.batch_jacobian(y, x)) == [[[2, 0], [0, 4]], [[6, 0], [0, 8]]]


def test_variables_that_are_not_trained():
    x = tf.Variable(3.0, trainable=False)
    with tf.GradientTape() as tape:
        y = x * x
    assert tape.gradient(y, x) is None
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = x * x
    assert values(tape.gradient(y, x)) == 6.0


def test_a_watched_weight_of_a_frozen_layer_has_its_gradients_in_keras_shape():
    layer = keras.layers.Dense(2, trainable=False)
    layer.build((None, 3))
    layer.kernel.assign(np.arange(6.0, dtype="float32").reshape(3, 2))
    x = tf.constant([[1.0, 2.0, 3.0]])
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(layer.kernel)
        squares = tf.matmul(x, layer.kernel) ** 2
    assert tape.gradient(squares, layer.kernel).numpy().tolist() == [[32, 44], [64, 88], [96, 132]]
    with tf.autodiff.ForwardAccumulator(layer.kernel, tf.constant([[1.0, 0.0]] * 3)) as accumulator:
        squares = tf.matmul(x, layer.kernel) ** 2
    assert accumulator.jvp(squares).numpy().tolist() == [[192, 0]]


def test_not_watching_what_is_accessed():
    x, w = tf.Variable(3.0), tf.Variable(2.0)
    with tf.GradientTape(watch_accessed_variables=False) as tape:
        tape.watch(w)
        y = x * w
    assert tape.watched_variables() == (w,)
    assert values(tape.gradient(y, [x, w])) == [None, 3.0]


def test_stop_recording_and_reset():
    x = tf.Variable(3.0)
    with tf.GradientTape() as tape:
        y = x * x
        with tape.stop_recording():
            z = y * x
        u = y * 2
    assert tape.gradient(z, x) is None
    with tf.GradientTape() as tape:
        y = x * x
        tape.reset()
        z = y * x
    assert values(tape.gradient(z, x)) == 9.0
    assert values(u) == 18.0


def test_two_tapes_at_once_as_a_gan_has_them():
    generator = keras.layers.Dense(2, kernel_initializer="ones")
    critic = keras.layers.Dense(1, kernel_initializer="ones")
    noise = tf.constant([[1.0, 2.0]])
    critic(generator(noise))
    with tf.GradientTape() as first, tf.GradientTape() as second:
        made = critic(generator(noise))
        one, two = made * 2, made * 3
    assert values(first.gradient(one, generator.trainable_variables)) == [[[2, 2], [4, 4]], [2, 2]]
    assert values(second.gradient(two, critic.trainable_variables)) == [[[9], [9]], [3]]


def test_the_gradient_of_an_inner_output():
    inputs = keras.Input((3,))
    hidden = keras.layers.Dense(2, kernel_initializer="ones", activation="relu")(inputs)
    model = keras.Model(inputs, [hidden, keras.layers.Dense(1, kernel_initializer="ones")(hidden)])
    with tf.GradientTape() as tape:
        inner, scores = model(np.array([[1.0, 2.0, 3.0]]))
        score = scores[:, 0]
    assert values(tape.gradient(score, inner)) == [[1.0, 1.0]]


def test_gradients_of_the_input():
    layer = keras.layers.Dense(1, kernel_initializer="ones")
    x = tf.constant([[1.0, 2.0]])
    layer(x)
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = layer(x) ** 2
    assert values(tape.gradient(y, x)) == [[6.0, 6.0]]


def test_nothing_is_recorded_outside():
    w = tf.Variable(tf.constant([[1.0]]))
    layer = keras.layers.Dense(1)
    assert not (w * 2).requires_grad
    assert not layer(tf.constant([[1.0]])).requires_grad
    assert not layer(np.ones((1, 1))).requires_grad
    assert layer(torch.ones(1, 1)).requires_grad  # torch's own tensors follow torch's rules


def test_memory_stays_flat_outside_a_tape():
    """Losses that are kept, as histories do, hold no graph."""
    w = tf.Variable(np.ones((100, 100), "float32"))
    kept = [w[0, 0]]

    def tensors():
        gc.collect()
        return sum(issubclass(type(item), torch.Tensor) for item in gc.get_objects())

    before = tensors()
    for _ in range(1000):
        kept.append(tf.constant(1.0) * kept[-1] + w[0, 0] * 0.0)
    assert tensors() - before <= 1000 + 5
    assert all(item.grad_fn is None for item in kept)


def test_an_integer_source_is_none():
    x = tf.constant(3)
    with tf.GradientTape() as tape:
        with pytest.warns(UserWarning, match="must be floating"):
            tape.watch(x)
        y = x * 2
    assert tape.gradient(y, x) is None


def test_watched_variables_of_layers():
    layer = keras.layers.Dense(1)
    with tf.GradientTape() as tape:
        layer(tf.constant([[1.0]]))
    assert [v.name for v in tape.watched_variables()] == ["dense/kernel:0", "dense/bias:0"]


def test_own_training_loop():
    x, optimizer = tf.Variable(3.0), keras.optimizers.SGD(0.1)
    for _ in range(3):
        with tf.GradientTape() as tape:
            y = x * x
        optimizer.apply_gradients([(tape.gradient(y, x), x)])
    np.testing.assert_allclose(x.numpy(), 1.536, rtol=1e-6)


def test_own_train_step():
    class Net(keras.Model):
        def __init__(self):
            super().__init__()
            self.dense = keras.layers.Dense(1, kernel_initializer="ones")
            self.mean = keras.metrics.Mean("t")

        def call(self, x):
            assert isinstance(x, tf.Tensor)
            return self.dense(x) * 2.0

        def train_step(self, data):
            x, y = data
            with tf.GradientTape() as tape:
                prediction = self(x, training=True)
                loss = self.compiled_loss(y, prediction, regularization_losses=self.losses)
            gradients = tape.gradient(loss, self.trainable_variables)
            self.optimizer.apply_gradients(zip(gradients, self.trainable_variables))
            self.mean.update_state(loss)
            return {"loss": self.mean.result()}

    model = Net()
    model.compile(optimizer="sgd", loss="mse")
    x = np.ones((4, 2), "float32")
    history = model.fit(x, np.zeros((4, 1)), epochs=3, verbose=0).history
    np.testing.assert_allclose(history["loss"], [16.0, 9.24160099029541, 5.337948322296143], rtol=1e-6)
    np.testing.assert_allclose(model(x), [[1.7559041]] * 4, rtol=1e-5)
