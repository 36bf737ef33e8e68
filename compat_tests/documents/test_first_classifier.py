"""Document 003: a first classifier of Fashion-MNIST, its history drawn, classes predicted."""

import numpy as np
import pytest

import torchkeras.tensorflow as tf
from compat_tests.documents.tables import printed, table

keras = tf.keras


def simple_model():
    model = keras.models.Sequential()
    model.add(keras.layers.Flatten(input_shape=[28, 28]))
    model.add(keras.layers.Dense(300, activation="relu"))
    model.add(keras.layers.Dense(100, activation="relu"))
    model.add(keras.layers.Dense(10, activation="softmax"))
    return model


@pytest.fixture
def data():
    # Blocks 2 and 3: bytes of images, a part set aside.
    (x_full, y_full), (x_test, y_test) = keras.datasets.fashion_mnist.load_data()
    assert x_full.dtype == np.uint8
    assert x_full.shape == (600, 28, 28)
    return x_full[100:] / 255.0, y_full[100:], x_full[:100] / 255.0, y_full[:100], x_test / 255.0, y_test


def test_the_summary_shown():
    # Blocks 4 and 5.
    assert printed(simple_model()) == table(
        "sequential",
        [
            ("flatten (Flatten)", "(None, 784)", "0"),
            ("dense (Dense)", "(None, 300)", "235500"),
            ("dense_1 (Dense)", "(None, 100)", "30100"),
            ("dense_2 (Dense)", "(None, 10)", "1010"),
        ],
        266_610,
    )


def test_weights_begin_as_the_text_says():
    kernel, bias = simple_model().layers[1].get_weights()
    assert kernel.shape == (784, 300)
    assert bias.shape == (300,)
    assert not bias.any()
    assert np.abs(kernel).max() <= np.sqrt(6 / 1084)
    assert kernel.std() == pytest.approx(np.sqrt(2 / 1084), rel=0.01)


def test_train_evaluate_predict(data, capsys):
    # Blocks 6, 8, 10 and 11.
    x_train, y_train, x_valid, y_valid, x_test, y_test = data
    model = simple_model()
    model.compile(loss="sparse_categorical_crossentropy", optimizer="sgd", metrics=["accuracy"])
    assert float(model.optimizer.learning_rate) == pytest.approx(0.01)
    history = model.fit(x_train, y_train, epochs=20, validation_data=(x_valid, y_valid), verbose=0)
    assert history.epoch == list(range(20))
    assert history.params["epochs"] == 20
    assert history.params["steps"] == 16
    assert list(history.history) == ["loss", "accuracy", "val_loss", "val_accuracy"]
    assert history.history["loss"][-1] < 0.5 * history.history["loss"][0]

    _loss, accuracy = model.evaluate(x_test, y_test, verbose=0)
    assert accuracy > 0.7

    new = x_test[:3]
    chances = model.predict(new, verbose=0)
    np.testing.assert_allclose(chances.sum(axis=1), 1, rtol=1e-5)
    assert chances.round(2).shape == (3, 10)
    classes = model.predict_classes(new)
    np.testing.assert_array_equal(classes, chances.argmax(axis=1))
    capsys.readouterr()
    print(classes)
    assert capsys.readouterr().out == f"[{chances[0].argmax()} {chances[1].argmax()} {chances[2].argmax()}]\n"


def test_a_text_as_learning_rate_fails_when_used(data):
    # Block 7: the document's placeholder.
    optimizer = keras.optimizers.SGD(lr="Learning Rate")
    model = simple_model()
    model.compile(loss="sparse_categorical_crossentropy", optimizer=optimizer)
    with pytest.raises(ValueError, match="`learning_rate` of SGD must be a number.*'Learning Rate'"):
        model.fit(data[0], data[1], verbose=0)


def test_the_history_is_drawn(data):
    # Block 9.
    pandas = pytest.importorskip("pandas")
    matplotlib = pytest.importorskip("matplotlib")
    matplotlib.use("Agg")
    from matplotlib import pyplot

    model = simple_model()
    model.compile(loss="sparse_categorical_crossentropy", optimizer="sgd", metrics=["accuracy"])
    history = model.fit(data[0], data[1], epochs=3, validation_data=data[2:4], verbose=0)
    frame = pandas.DataFrame(history.history)
    axes = frame.plot(figsize=(8, 5))
    pyplot.grid(True)
    pyplot.gca().set_ylim(0, 1)
    assert axes.get_ylim() == (0, 1)
    assert [line.get_label() for line in axes.get_lines()] == ["loss", "accuracy", "val_loss", "val_accuracy"]
    np.testing.assert_array_equal(axes.get_lines()[1].get_ydata(), history.history["accuracy"])
    pyplot.close("all")
