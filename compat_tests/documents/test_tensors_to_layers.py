"""Document 004: tensors and variables as they print, gradients, a linear classifier by hand, layers and models."""

import re

import numpy as np
import pytest

import torchkeras.tensorflow as tf
from torchkeras import keras

layers = keras.layers


def test_tensors_print_as_shown(capsys):
    # Blocks 1 and 2.
    print(tf.ones(shape=(2, 1)))
    print(tf.zeros(shape=(2, 1)))
    assert capsys.readouterr().out == (
        "tf.Tensor(\n[[1.]\n [1.]], shape=(2, 1), dtype=float32)\n"
        "tf.Tensor(\n[[0.]\n [0.]], shape=(2, 1), dtype=float32)\n"
    )


def test_the_random_column_prints_as_shown(capsys):
    # Block 3: the document's numbers, TensorFlow's text.
    x = tf.random.normal(shape=(3, 1), mean=0.0, stddev=1.0)
    assert x.shape == (3, 1)
    assert x.dtype == tf.float32
    print(tf.constant([[0.6189793], [0.77359086], [-0.66645133]]))
    assert capsys.readouterr().out == (
        "tf.Tensor(\n[[ 0.6189793 ]\n [ 0.77359086]\n [-0.66645133]], shape=(3, 1), dtype=float32)\n"
    )
    many = tf.random.normal((2000,), mean=3.0, stddev=0.5).numpy()
    assert many.mean() == pytest.approx(3, abs=0.05)
    assert many.std() == pytest.approx(0.5, abs=0.04)


def test_arrays_take_assignment_and_tensors_refuse_it():
    # Block 4, and the text below it.
    x = np.ones(shape=(2, 2))
    x[0, 0] = 0.0
    assert x.sum() == 3
    t = tf.ones((2, 2))
    with pytest.raises(TypeError, match="does not support item assignment"):
        t[0, 0] = 0.0


def test_variables_print_as_shown(capsys):
    # Blocks 5 and 6: a variable, and what `assign` gives back.
    v = tf.Variable(initial_value=tf.constant([[-0.27607322], [-2.4914272], [1.2171313]]))
    print(v)
    assert capsys.readouterr().out == (
        "<tf.Variable 'Variable:0' shape=(3, 1) dtype=float32, numpy=\n"
        "array([[-0.27607322],\n       [-2.4914272 ],\n       [ 1.2171313 ]], dtype=float32)>\n"
    )
    assert repr(v.assign(tf.ones((3, 1)))) == (
        "<tf.Variable 'UnreadVariable' shape=(3, 1) dtype=float32, numpy=\n"
        "array([[1.],\n       [1.],\n       [1.]], dtype=float32)>"
    )


def test_variables_change_in_part_and_by_addition():
    # Block 7.
    v = tf.Variable(initial_value=tf.ones((3, 1)))
    v[0, 0].assign(3.0)
    v.assign_add(tf.ones((3, 1)))
    np.testing.assert_array_equal(v.numpy(), [[4], [2], [2]])
    v.assign_sub(tf.ones((3, 1)))
    np.testing.assert_array_equal(v.numpy(), [[3], [1], [1]])


def test_arithmetic():
    # Block 8.
    a = tf.ones((2, 2))
    b = tf.square(a)
    d = b + tf.sqrt(a)
    e = tf.matmul(a, b)
    e *= d
    np.testing.assert_array_equal(e.numpy(), np.full((2, 2), 4))
    np.testing.assert_array_equal(a.numpy(), np.ones((2, 2)))  # `*=` made a new tensor


def test_what_is_done_is_done_at_once():
    # Block 9.
    x = tf.Variable(3.0)
    result = x.assign(4.0)
    assert float(x) == 4
    assert float(result) == 4


def test_sessions_are_of_tensorflow_1():
    # Block 10.
    with pytest.raises(AttributeError, match="sessions are TensorFlow 1"):
        tf.session()


def test_gradient_of_a_variable_and_of_a_watched_constant():
    # Blocks 11 and 12.
    variable = tf.Variable(initial_value=3.0)
    with tf.GradientTape() as tape:
        result = tf.square(variable)
    assert float(tape.gradient(result, variable)) == 6

    constant = tf.constant(3.0)
    with tf.GradientTape() as tape:
        result = tf.square(constant)
    assert tape.gradient(result, constant) is None
    with tf.GradientTape() as tape:
        tape.watch(constant)
        result = tf.square(constant)
    assert float(tape.gradient(result, constant)) == 6


@pytest.mark.parametrize("time", [0.0, 2.0])
def test_second_derivative(time):
    # Block 13, and at another time.
    time = tf.Variable(time)
    with tf.GradientTape() as outer_tape:
        with tf.GradientTape() as inner_tape:
            position = 4.9 * time**2
        speed = inner_tape.gradient(position, time)
    acceleration = outer_tape.gradient(speed, time)
    assert float(speed) == pytest.approx(9.8 * float(time))
    assert float(acceleration) == pytest.approx(9.8)


@pytest.fixture
def clouds():
    # Blocks 14 to 16: two clouds of points, and which is which.
    random = np.random.default_rng(0)
    spread = [[1, 0.5], [0.5, 1]]
    negative = random.multivariate_normal(mean=[0, 3], cov=spread, size=1000)
    positive = random.multivariate_normal(mean=[3, 0], cov=spread, size=1000)
    inputs = np.vstack((negative, positive)).astype(np.float32)
    targets = np.vstack((np.zeros((1000, 1), dtype="float32"), np.ones((1000, 1), dtype="float32")))
    return inputs, targets


def test_a_linear_classifier_by_hand(clouds):
    # Blocks 17 to 21. The same steps in NumPy are the reference.
    inputs, targets = clouds
    w = tf.Variable(initial_value=tf.random.uniform(shape=(2, 1)))
    b = tf.Variable(initial_value=tf.zeros(shape=(1,)))
    w_, b_ = w.numpy().astype("float64"), b.numpy().astype("float64")
    assert w_.min() >= 0
    assert w_.max() < 1

    def model(inputs):
        return tf.matmul(inputs, w) + b

    def square_loss(targets, predictions):
        return tf.reduce_mean(tf.square(targets - predictions))

    def training_step(inputs, targets):
        with tf.GradientTape() as tape:
            loss = square_loss(targets, model(inputs))
        grad_w, grad_b = tape.gradient(loss, [w, b])
        w.assign_sub(grad_w * 0.1)
        b.assign_sub(grad_b * 0.1)
        return loss

    for step in range(40):
        loss = training_step(inputs, targets)
        off = inputs @ w_ + b_ - targets
        line = f"{step}: {loss:.4f}"
        assert line == f"{step}: {(off**2).mean():.4f}"
        w_ -= 0.1 * 2 * inputs.T @ off / len(inputs)
        b_ -= 0.1 * 2 * off.mean()
    np.testing.assert_allclose(w.numpy(), w_, rtol=1e-4)
    assert float(loss) < 0.05
    assert np.mean((model(inputs).numpy() > 0.5) == targets) > 0.98


class SimpleDense(layers.Layer):
    def __init__(self, units, activation=None):
        super().__init__()
        self.units = units
        self.activation = activation

    def build(self, input_shape):
        self.W = self.add_weight(shape=(input_shape[-1], self.units), initializer="random_normal")
        self.b = self.add_weight(shape=(self.units,), initializer="zeros")

    def call(self, inputs):
        y = tf.matmul(inputs, self.W) + self.b
        return y if self.activation is None else self.activation(y)


def test_own_dense_layer(capsys):
    # Blocks 22 and 23.
    layer = SimpleDense(units=32, activation=tf.nn.relu)
    output = layer(tf.ones(shape=(2, 784)))
    print(output.shape)
    assert capsys.readouterr().out == "(2, 32)\n"
    w, b = layer.get_weights()
    np.testing.assert_allclose(output.numpy(), np.maximum(np.ones((2, 784)) @ w + b, 0), rtol=1e-4, atol=1e-5)


def test_layers_find_their_sizes():
    # Blocks 24 and 25.
    assert not layers.Dense(32, activation="relu").built
    model = keras.models.Sequential([layers.Dense(32, activation="relu"), layers.Dense(32)])
    assert model(tf.ones((1, 7))).shape == (1, 32)
    assert [w.shape for w in model.get_weights()] == [(7, 32), (32,), (32, 32), (32,)]


def by_name():
    return "rmsprop", "mean_squared_error", "accuracy"


def as_objects(**rate):
    return keras.optimizers.RMSprop(**rate), keras.losses.MeanSquaredError(), keras.metrics.BinaryAccuracy()


@pytest.mark.parametrize(
    ("settings", "rate", "metric"),
    [
        (by_name, 1e-3, "accuracy"),
        (as_objects, 1e-3, "binary_accuracy"),
        (lambda: as_objects(learning_rate=1e-4), 1e-4, "binary_accuracy"),
    ],
)
def test_settings_by_name_and_as_objects(clouds, settings, rate, metric):
    # Blocks 28 to 31.
    optimizer, loss, measured = settings()
    model = keras.Sequential([keras.layers.Dense(1)])
    model.compile(optimizer=optimizer, loss=loss, metrics=[measured])
    assert float(model.optimizer.learning_rate) == pytest.approx(rate)
    history = model.fit(*clouds, epochs=3, batch_size=128, verbose=0).history
    assert list(history) == ["loss", metric]
    assert history["loss"][-1] < history["loss"][0]
    assert 0 <= history[metric][-1] <= 1


def test_validation_evaluation_and_inference(clouds, capsys):
    # Blocks 32 to 34.
    inputs, targets = clouds
    keras.utils.set_random_seed(0)
    model = keras.Sequential([keras.layers.Dense(1)])
    model.compile(
        optimizer=keras.optimizers.RMSprop(learning_rate=0.1),
        loss=keras.losses.MeanSquaredError(),
        metrics=[keras.metrics.BinaryAccuracy()],
    )
    shuffled = np.random.default_rng(1).permutation(len(inputs))
    inputs, targets = inputs[shuffled], targets[shuffled]
    held = int(0.3 * len(inputs))
    model.fit(inputs[held:], targets[held:], epochs=5, batch_size=16, validation_data=(inputs[:held], targets[:held]))
    shown = capsys.readouterr().out
    number = r"\d\.\d{4}"
    line = (
        rf"88/88 \[={{30}}\] - \d+s \d+[mu]s/step - loss: {number} - binary_accuracy: {number} - val_loss: {number} - "
    )
    assert len(re.findall(line + rf"val_binary_accuracy: {number}", shown)) == 5

    loss_and_metrics = model.evaluate(inputs[:held], targets[:held], batch_size=128, verbose=0)
    assert len(loss_and_metrics) == 2
    assert loss_and_metrics[1] > 0.9
    predictions = model.predict(inputs[:held], batch_size=128, verbose=0)
    assert isinstance(predictions, np.ndarray)
    assert predictions[:10].shape == (10, 1)
    np.testing.assert_allclose(predictions, model(inputs[:held]).numpy(), rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(((predictions - targets[:held]) ** 2).mean(), loss_and_metrics[0], rtol=1e-4)


def test_without_metrics_only_the_loss_comes_back(clouds):
    # The text below block 33.
    model = keras.Sequential([keras.layers.Dense(1)])
    model.compile(optimizer="sgd", loss="mse")
    assert isinstance(model.evaluate(*clouds, verbose=0), float)
