"""Document 002: notes on a book on vision: LeNet-5 in three forms, callbacks, TensorBoard, optimizers."""

import numpy as np
import pytest

import torchkeras.tensorflow as tf
from compat_tests.documents.test_summaries import SubclassedLeNet, lenet

keras = tf.keras
layers = keras.layers


def mnist():
    (x_train, y_train), (x_test, y_test) = keras.datasets.mnist.load_data()
    return (x_train / 255.0, y_train), (x_test / 255.0, y_test)


def test_a_model_that_learns_its_input_from_the_data():
    # Blocks 1 to 3, the call closed by the parenthesis that the document lacks.
    (x_train, y_train), (x_test, y_test) = mnist()
    model = tf.keras.models.Sequential()
    model.add(layers.Flatten())
    model.add(layers.Dense(128, activation="relu"))
    model.add(layers.Dense(10, activation="softmax"))
    model.compile(optimizer="sgd", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    history = model.fit(x_train, y_train, epochs=10, verbose=0, validation_data=(x_test, y_test))
    assert model.layers[1].count_params() == 100_480  # the text's figure
    assert history.history["val_accuracy"][-1] > 0.5  # chance is 0.1
    assert history.history["loss"][-1] < 0.8 * history.history["loss"][0]


def test_an_unclosed_parenthesis_is_a_syntax_error():
    # Block 3 as it stands.
    with pytest.raises(SyntaxError, match="never closed"):
        compile("model.fit(x, y, validation_data=(x, y)", "block", "exec")


def test_sparse_and_plain_crossentropy_are_one_computation():
    # Block 4. The figures are tf_keras's.
    predicted = [[0.05, 0.95, 0], [0.1, 0.8, 0.1]]
    sparse = keras.losses.sparse_categorical_crossentropy([1, 2], predicted)
    plain = keras.losses.categorical_crossentropy([[0, 1, 0], [0, 0, 1]], predicted)
    np.testing.assert_allclose(sparse.numpy(), [0.05129344, 2.3025851], rtol=1e-5)
    np.testing.assert_allclose(plain.numpy(), sparse.numpy(), rtol=1e-5)
    mean = keras.losses.CategoricalCrossentropy()([[0, 1, 0], [0, 0, 1]], predicted)
    assert float(mean) == pytest.approx(1.1769392, rel=1e-6)


def test_the_functional_form():
    # Block 5, and what the text says of a model's parts.
    inputs = tf.keras.layers.Input(shape=(28, 28, 1))
    output = layers.Dense(128, activation="relu")(layers.Flatten()(inputs))
    model = tf.keras.Model(inputs, layers.Dense(10, activation="softmax")(output))
    assert model.count_params() == 101_770
    assert [layer.name for layer in model.layers] == ["input_1", "flatten", "dense", "dense_1"]
    assert model.inputs[0].shape == (None, 28, 28, 1)
    assert model.outputs[0].shape == (None, 10)
    weights = model.layers[2].get_weights()
    model.layers[2].set_weights([np.zeros_like(w) for w in weights])
    np.testing.assert_allclose(model(np.ones((1, 28, 28, 1))).numpy(), np.full((1, 10), 0.1), rtol=1e-6)


def test_a_strategy_builds_and_trains():
    # Block 6, with a model and settings in place of the ellipses.
    strategy = tf.distribute.MirroredStrategy()
    with strategy.scope():
        model = tf.keras.Sequential([layers.Dense(1, input_shape=(2,))])
        model.compile("sgd", "mse")
    x = np.random.default_rng(0).normal(size=(64, 2))
    losses = model.fit(x, x.sum(1), epochs=5, verbose=0).history["loss"]
    assert strategy.num_replicas_in_sync >= 1
    assert losses[-1] < losses[0]


def test_tensorboard_writes_both_curves(tmp_path):
    # Blocks 7 and 18.
    (x_train, y_train), (x_test, y_test) = mnist()
    model = lenet()
    model.compile(optimizer="sgd", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    callbacks = [
        tf.keras.callbacks.EarlyStopping(patience=3, monitor="val_loss"),
        tf.keras.callbacks.TensorBoard(log_dir=str(tmp_path / "logs"), histogram_freq=1, write_graph=True),
    ]
    model.fit(
        x_train[..., np.newaxis], y_train, batch_size=32, epochs=2, verbose=0,
        validation_data=(x_test[..., np.newaxis], y_test), callbacks=callbacks,
    )  # fmt: skip
    files = {path.parent.name: path for path in (tmp_path / "logs").rglob("events.out.tfevents.*")}
    assert files.keys() == {"train", "validation"}
    for path in files.values():
        assert b"epoch_accuracy" in path.read_bytes()
    assert b"conv2d/kernel_0" in files["train"].read_bytes()


def test_a_scalar_logged_by_hand(tmp_path):
    # Block 8 with the word it means; block 9, where there is no writer.
    writer = tf.summary.create_file_writer(str(tmp_path / "model_logs"))
    with writer.as_default():
        assert bool(tf.summary.scalar("custom_log", 10, step=3))
    writer.close()
    (written,) = (tmp_path / "model_logs").iterdir()
    assert b"custom_log" in written.read_bytes()

    accuracy = tf.keras.metrics.Accuracy()
    accuracy.update_state([1, 0, 1], [1, 0, 0])
    assert float(accuracy.result()) == pytest.approx(2 / 3)
    assert not tf.summary.scalar("accuracy", accuracy.result(), step=4)


def test_a_misspelt_step_is_told(tmp_path):
    # Block 8 as it stands.
    with tf.summary.create_file_writer(str(tmp_path)).as_default(), pytest.raises(TypeError, match="stpe"):
        tf.summary.scalar("custom_log", 10, stpe=3)


def test_a_misspelt_activation_is_told():
    # Block 12 as it stands.
    with pytest.raises(TypeError, match="acitvation.*activation"):
        tf.keras.layers.Dense(10, acitvation="relu")


def test_convolution_and_pooling_with_all_arguments():
    # Blocks 10 and 11: signatures, with values for their letters. Windows by NumPy.
    x = np.random.default_rng(0).normal(size=(1, 8, 8, 3)).astype("float32")
    conv = layers.Conv2D(filters=4, kernel_size=(3, 3), strides=2, padding="valid", activation="relu")
    kernel = conv(x).numpy()
    weights, bias = conv.get_weights()
    windows = np.lib.stride_tricks.sliding_window_view(x, (3, 3), axis=(1, 2))[:, ::2, ::2]
    expected = np.einsum("nhwcij,ijco->nhwo", windows, weights) + bias
    np.testing.assert_allclose(kernel, np.maximum(expected, 0), rtol=1e-4, atol=1e-5)

    blocks = x.reshape(1, 4, 2, 4, 2, 3)
    arguments = {"pool_size": (2, 2), "strides": None, "padding": "valid", "data_format": None}
    np.testing.assert_array_equal(layers.MaxPool2D(**arguments)(x).numpy(), blocks.max(axis=(2, 4)))
    np.testing.assert_allclose(
        layers.AveragePooling2D(**arguments)(x).numpy(), blocks.mean(axis=(2, 4)), rtol=1e-5, atol=1e-6
    )


@pytest.mark.parametrize("model", [lenet, lambda: SubclassedLeNet(10)])
def test_lenet_trains(model):
    # Blocks 13 to 18 but for the logs. Both forms have 61,706 parameters: test_summaries.py.
    (x_train, y_train), (x_test, y_test) = mnist()
    x_train, x_test = x_train.reshape(x_train.shape[0], 28, 28, 1), x_test.reshape(x_test.shape[0], 28, 28, 1)
    model = model()
    model.compile(optimizer=keras.optimizers.SGD(0.1), loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    history = model.fit(x_train, y_train, batch_size=32, epochs=8, validation_data=(x_test, y_test), verbose=0)
    assert history.history["val_accuracy"][-1] > 0.7


@pytest.mark.parametrize(
    ("name", "arguments", "defaults"),
    [
        ("SGD", {}, {"learning_rate": 0.01, "momentum": 0.0, "nesterov": False}),
        ("SGD", {"momentum": 0.9}, {"learning_rate": 0.01, "momentum": 0.9}),
        ("SGD", {"momentum": 0.9, "nesterov": True}, {"nesterov": True}),
        ("Adagrad", {}, {"learning_rate": 0.001, "initial_accumulator_value": 0.1, "epsilon": 1e-7}),
        ("Adadelta", {}, {"learning_rate": 0.001, "rho": 0.95, "epsilon": 1e-7}),
        ("RMSprop", {}, {"learning_rate": 0.001, "rho": 0.9, "momentum": 0.0, "epsilon": 1e-7}),
        ("Adam", {}, {"learning_rate": 0.001, "beta_1": 0.9, "beta_2": 0.999, "epsilon": 1e-7}),
    ],
)
def test_optimizers_with_their_defaults(name, arguments, defaults):
    # Block 19. The defaults are tf_keras's.
    config = getattr(keras.optimizers, name)(**arguments).get_config()
    assert {key: config[key] for key in defaults} == pytest.approx(defaults)
