"""Document 000: Sequential beside the functional API, a layer of one's own, callbacks of a longer training.

The tables of plain models are in test_summaries.py; here is what needs the tf namespace, and the training.
"""

import re

import numpy as np
import pytest

import torchkeras.tensorflow as tf
from compat_tests.documents.tables import printed, table

keras = tf.keras
layers = keras.layers


class Affine(layers.Layer):
    """Weights without names, and TensorFlow's function on them."""

    def __init__(self, units=32):
        super(Affine, self).__init__()  # noqa: UP008 - as tutorials write it
        self.units = units

    def build(self, input_shape):
        self.w = self.add_weight(shape=(input_shape[-1], self.units), initializer="random_normal", trainable=True)
        self.b = self.add_weight(shape=(self.units,), initializer="random_normal", trainable=True)

    def call(self, inputs):
        return tf.matmul(inputs, self.w) + self.b


def test_own_layer_computes_and_counts():
    # Blocks 5 and 6: in one expression, and through a name.
    inputs = keras.Input((4,))
    layer = Affine(10)
    model = keras.Model(inputs, layer(inputs))
    assert printed(model) == table(
        "model", [("input_1 (InputLayer)", "[(None, 4)]", "0"), ("affine (Affine)", "(None, 10)", "50")], 50
    )
    x = np.random.default_rng(0).normal(size=(3, 4)).astype("float32")
    w, b = layer.get_weights()
    np.testing.assert_allclose(model.predict(x, verbose=0), x @ w + b, rtol=1e-5, atol=1e-6)


def test_what_sequential_does_written_out():
    # Blocks 7 and 8: the loop over the layers gives the model that Sequential gives.
    listed = keras.Sequential([keras.Input((4,)), Affine(10), Affine(8), layers.ReLU()])
    stack = [keras.Input((4,)), Affine(10), Affine(8), layers.ReLU()]
    tensor = None
    for index, layer in enumerate(stack):
        tensor = layer if index == 0 else layer(tensor)
    looped = keras.Model(stack[0], tensor)
    assert printed(looped) == table(
        "model",
        [
            ("input_2 (InputLayer)", "[(None, 4)]", "0"),
            ("affine_2 (Affine)", "(None, 10)", "50"),
            ("affine_3 (Affine)", "(None, 8)", "88"),
            ("re_lu_1 (ReLU)", "(None, 8)", "0"),
        ],
        138,
    )
    looped.set_weights(listed.get_weights())
    x = np.random.default_rng(0).normal(size=(5, 4)).astype("float32")
    np.testing.assert_array_equal(looped(x).numpy(), listed(x).numpy())
    assert listed(x).numpy().min() == 0


@pytest.mark.parametrize(
    ("name", "settings"),
    [
        ("ModelCheckpoint", {"filepath": "w.hdf5", "monitor": "val_loss", "verbose": 0, "save_best_only": False,
                             "save_weights_only": False, "mode": "auto", "period": 1}),
        ("ReduceLROnPlateau", {"monitor": "val_loss", "factor": 0.1, "patience": 10, "verbose": 0, "mode": "auto",
                               "min_delta": 0.0001, "cooldown": 0, "min_lr": 0}),
        ("EarlyStopping", {"monitor": "val_loss", "min_delta": 0, "patience": 0, "verbose": 0, "mode": "auto",
                           "baseline": None, "restore_best_weights": False}),
    ],
)  # fmt: skip
def test_callbacks_take_the_arguments_shown(name, settings):
    # Blocks 9 to 11 are signatures.
    assert isinstance(getattr(keras.callbacks, name)(**settings), keras.callbacks.Callback)


@pytest.mark.filterwarnings("ignore:Keras's HDF5 format cannot be written yet")
def test_training_with_three_callbacks(tmp_path, capsys):
    # Block 12: one-hot labels, a checkpoint named by epoch and val_loss, a rate that falls, an early end.
    (x, labels), (val_x, val_labels) = keras.datasets.fashion_mnist.load_data()
    one_hot, val_one_hot = keras.utils.to_categorical(labels), keras.utils.to_categorical(val_labels)
    model = keras.Sequential(
        [layers.Flatten(input_shape=(28, 28)), layers.Dense(30, activation="relu"), layers.Dense(10, "softmax")]
    )
    model.compile(optimizer=keras.optimizers.Adam(0.01), loss="categorical_crossentropy", metrics=["accuracy"])
    history = model.fit(
        x=x / 255.0,
        y=one_hot,
        batch_size=128,
        epochs=30,
        validation_data=(val_x / 255.0, np.roll(val_one_hot, 1, axis=1)),  # wrong labels: val_loss rises from the start
        verbose=0,
        callbacks=[
            keras.callbacks.ModelCheckpoint(
                filepath=str(tmp_path / "weights.{epoch:02d}-{val_loss:.2f}.hdf5"),
                monitor="val_loss",
                save_best_only=True,
                save_weights_only=True,
                mode="min",
                period=1,
                verbose=0,
            ),
            keras.callbacks.ReduceLROnPlateau(monitor="val_loss", factor=0.3, patience=2, mode="min", verbose=1),
            keras.callbacks.EarlyStopping(monitor="val_loss", patience=3, mode="min", verbose=1),
        ],
    )
    losses = history.history["val_loss"]
    best = int(np.argmin(losses))
    assert len(losses) == best + 4  # three more after the best
    shown = capsys.readouterr().out
    assert f"Epoch {best + 4:05d}: early stopping" in shown
    assert re.search(rf"Epoch {best + 3:05d}: ReduceLROnPlateau reducing learning rate to 0\.00299999", shown)
    np.testing.assert_allclose(history.history["lr"][-1], 0.003, rtol=1e-6)
    assert (tmp_path / f"weights.{best + 1:02d}-{losses[best]:.2f}.hdf5").is_file()
    assert len(list(tmp_path.glob("weights.*"))) == best + 1  # each epoch up to the best was one
