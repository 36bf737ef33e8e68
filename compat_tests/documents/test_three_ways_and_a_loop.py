"""Document 001: one network written in three ways, MNIST and CIFAR-100, and a training loop with a tape."""

import re

import numpy as np
import pytest

import torchkeras.tensorflow as tf
from torchkeras import keras

layers = keras.layers


def mnist():
    (x_train, y_train), (x_test, y_test) = keras.datasets.mnist.load_data()
    x_train, x_test = x_train / 255.0, x_test / 255.0
    return (x_train[..., np.newaxis], y_train), (x_test[..., np.newaxis], y_test)


def cifar100():
    (x_train, y_train), (x_test, y_test) = keras.datasets.cifar100.load_data()
    return (x_train / 255.0, y_train), (x_test / 255.0, y_test)


def sequential():
    return tf.keras.models.Sequential(
        [
            tf.keras.layers.Conv2D(32, 3, activation="relu"),
            tf.keras.layers.Conv2D(32, 3, activation="relu"),
            tf.keras.layers.Flatten(),
            tf.keras.layers.Dense(128, activation="relu"),
            tf.keras.layers.Dense(10, activation="softmax"),
        ]
    )


def functional():
    inputs = keras.Input(shape=(28, 28, 1))
    x = layers.Conv2D(32, 3, activation="relu")(inputs)
    x = layers.Conv2D(64, 3, activation="relu")(x)
    x = layers.Dense(128, activation="relu")(layers.Flatten()(x))
    return keras.Model(inputs=inputs, outputs=layers.Dense(10, activation="softmax")(x))


class Written(keras.Model):
    def __init__(self):
        super().__init__()
        self.Conv2D32 = layers.Conv2D(32, 3, activation="relu")
        self.Conv2D64 = layers.Conv2D(64, 3, activation="relu")
        self.Flatten = layers.Flatten()
        self.Dense128 = layers.Dense(128, activation="relu")
        self.Dense = layers.Dense(10, activation="softmax")

    def call(self, x):
        return self.Dense(self.Dense128(self.Flatten(self.Conv2D64(self.Conv2D32(x)))))


def test_shapes_and_kinds_of_the_data():
    # Blocks 5, 8 and 11: 60,000 and 50,000 in the document, 600 here.
    (x_train, y_train), (x_test, y_test) = mnist()
    assert (len(x_train), x_train.shape[1:], x_train.dtype, y_train.shape) == (600, (28, 28, 1), np.float64, (600,))
    assert len(x_test) == len(y_test) == 100
    (x_train, y_train), (x_test, y_test) = cifar100()
    assert (x_train.shape, y_train.shape, y_test.shape) == ((600, 32, 32, 3), (600, 1), (100, 1))


@pytest.mark.parametrize("model", [sequential, functional, Written])
def test_three_ways_train_and_print_alike(model, capsys):
    # Blocks 6, 7, 9 and 10. Of the document's lines the numbers differ, their form does not.
    (x_train, y_train), (x_test, y_test) = mnist()
    model = model()
    model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    model.fit(x_train, y_train, epochs=2)
    loss, accuracy = model.evaluate(x_test, y_test, verbose=2)
    lines = re.split(r"[\n\r]", capsys.readouterr().out.replace("\b", ""))
    assert [line for line in lines if line.startswith("Epoch")] == ["Epoch 1/2", "Epoch 2/2"]
    ended = r"19/19 \[={30}\] - \d+s \d+[mu]s/step - loss: \d\.\d{4} - accuracy: [01]\.\d{4}"
    assert sum(re.search(ended, line) is not None for line in lines) == 2
    assert re.fullmatch(r"4/4 - \d+s - loss: \d\.\d{4} - accuracy: [01]\.\d{4}(?: - .*)?", lines[-2])
    assert f"loss: {loss:.4f} - accuracy: {accuracy:.4f}" in lines[-2]
    assert accuracy > 0.8


def test_the_text_that_only_looks_like_code_is_a_value():
    # Block 6 ends in a text of lines `model.add...`: a notebook shows it as what it is.
    text = """
model.add.Flatten()
model.add.Dense(128, activation='relu')
"""
    assert repr(text) == "\"\\nmodel.add.Flatten()\\nmodel.add.Dense(128, activation='relu')\\n\""


class Small(keras.Model):
    """The network of the CIFAR-100 blocks, narrower."""

    def __init__(self, classes):
        super().__init__()
        self.conv1 = layers.Conv2D(8, 3, activation="relu")
        self.maxpool = layers.MaxPool2D((2, 2))  # one layer, called twice
        self.conv2 = layers.Conv2D(16, 3, activation="relu")
        self.flatten = layers.Flatten()
        self.fc1 = layers.Dense(128, activation="relu")
        self.fc2 = layers.Dense(classes, activation="softmax")

    def call(self, x):
        x = self.maxpool(self.conv1(x))
        x = self.maxpool(self.conv2(x))
        return self.fc2(self.fc1(self.flatten(x)))


def test_cifar100_learns_where_the_document_shows_nan():
    # Blocks 12 to 14: labels of shape (samples, 1), and a loss that is a number.
    (x_train, y_train), (x_test, y_test) = cifar100()
    model = tf.keras.Sequential(
        [
            layers.Conv2D(16, 3, activation="relu"),
            layers.MaxPool2D((2, 2)),
            layers.Conv2D(32, 3, activation="relu"),
            layers.MaxPool2D((2, 2)),
            layers.Flatten(),
            layers.Dense(256, activation="relu"),
            layers.Dense(100, activation="softmax"),
        ]
    )
    model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    history = model.fit(x_train, y_train, epochs=6, verbose=0)
    assert [layer.count_params() for layer in model.layers] == [448, 0, 4_640, 0, 0, 295_168, 25_700]
    assert history.history["loss"][0] < 4.7
    assert history.history["loss"][-1] < 3.0
    assert model.evaluate(x_test, y_test, verbose=0)[1] > 0.2


def test_ten_outputs_for_a_hundred_classes():
    # Block 15: nan on the document's GPU, an error on TensorFlow's CPU and here.
    (x_train, y_train), _ = cifar100()
    model = Small(10)
    model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    with pytest.raises(ValueError, match=r"label value of \d+ which is outside the valid range of \[0, 10\)"):
        model.fit(x_train, y_train, epochs=1, verbose=0)


def test_a_loop_with_a_tape():
    # Blocks 16, 18 and 19: `gradient` is called inside the tape's block; batches are lists made into arrays.
    (x_train, y_train), (x_test, y_test) = cifar100()
    model = Small(100)
    loss_func = tf.keras.losses.SparseCategoricalCrossentropy()
    optimizer = tf.keras.optimizers.Adam()

    def train_step(features, labels):
        with tf.GradientTape() as tape:
            predictions = model(features)
            loss = loss_func(labels, predictions)
            gradients = tape.gradient(loss, model.trainable_variables)
        optimizer.apply_gradients(zip(gradients, model.trainable_variables))
        return loss

    losses = []
    for _ in range(6):
        x_batch, y_batch = [], []
        for step, (x, y) in enumerate(zip(x_train, y_train)):
            x_batch.append(x)
            y_batch.append(y)
            if step % 32 == 31:
                loss = train_step(np.array(x_batch, dtype=np.float32), np.array(y_batch, dtype=np.float32))
                x_batch, y_batch = [], []
        losses.append(float(loss))
    assert re.fullmatch(r"Epoch 0: last batch loss = \d\.\d{4}", f"Epoch {0}: last batch loss = {losses[0]:.4f}")
    assert losses[0] > 3.5
    assert losses[-1] < 0.7 * losses[0]

    # Block 20: all test images as one batch, the accuracy by hand.
    prediction = model.predict(x_test, batch_size=x_test.shape[0], verbose=0)
    right = sum(np.squeeze(y_test) == np.argmax(prediction, axis=1))
    model.compile(loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    assert right / len(y_test) == pytest.approx(model.evaluate(x_test, y_test, verbose=0)[1])
    assert right / len(y_test) > 0.1


def test_one_large_batch_is_one_step(capsys):
    # Block 20's line.
    model = Small(100)
    model.predict(np.zeros((100, 32, 32, 3)), batch_size=100, verbose=1)
    assert re.search(r"1/1 \[={30}\] - \d+s \d+[mu]s/step", capsys.readouterr().out)
