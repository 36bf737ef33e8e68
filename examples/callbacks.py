"""Callbacks: stop early, lower the learning rate, keep the best weights, write logs, and one of one's own."""

import tempfile
from pathlib import Path

import tensorflow as tf
from made_data import images
from tensorflow.keras.callbacks import (
    Callback,
    CSVLogger,
    EarlyStopping,
    LambdaCallback,
    LearningRateScheduler,
    ModelCheckpoint,
    ReduceLROnPlateau,
    TensorBoard,
)

tf.keras.utils.set_random_seed(1)
x_train, y_train = images(1500)
x_test, y_test = images(500, seed=1)
folder = Path(tempfile.mkdtemp())


class WorstBatch(Callback):
    """Remembers the largest loss that a batch of the epoch ended with."""

    def on_epoch_begin(self, epoch, logs=None):
        self.worst = 0.0

    def on_train_batch_end(self, batch, logs=None):
        self.worst = max(self.worst, logs["loss"])

    def on_epoch_end(self, epoch, logs=None):
        print(f"epoch {epoch + 1}: worst {self.worst:.3f}, val_accuracy {logs['val_accuracy']:.3f}")


def warm_up(epoch, rate):
    return 0.001 * (epoch + 1) if epoch < 3 else rate


model = tf.keras.Sequential(
    [
        tf.keras.layers.Flatten(input_shape=(28, 28, 1)),
        tf.keras.layers.Dense(128, activation="relu"),
        tf.keras.layers.Dense(10, activation="softmax"),
    ]
)
model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
ended = []
history = model.fit(
    x_train,
    y_train,
    epochs=40,
    validation_data=(x_test, y_test),
    verbose=0,
    callbacks=[
        WorstBatch(),
        LearningRateScheduler(warm_up),
        ReduceLROnPlateau(monitor="val_loss", factor=0.3, patience=2, verbose=1, mode="min"),
        EarlyStopping(monitor="val_loss", patience=5, restore_best_weights=True, verbose=1),
        ModelCheckpoint(str(folder / "best.weights.h5"), "val_loss", save_best_only=True, save_weights_only=True),
        CSVLogger(str(folder / "log.csv")),
        TensorBoard(log_dir=str(folder / "logs"), histogram_freq=0),
        LambdaCallback(on_train_end=lambda logs: ended.append(True)),
    ],
)

lines = (folder / "log.csv").read_text().splitlines()
print(lines[0], "in", len(lines), "lines; event files of", sorted(p.name for p in (folder / "logs").iterdir()))
print("learning rate from", round(float(history.history["lr"][0]), 4), "; ended:", ended)
_, accuracy = model.evaluate(x_test, y_test, verbose=0)
model.load_weights(str(folder / "best.weights.h5"))
_, best = model.evaluate(x_test, y_test, verbose=0)
print(f"metrics: accuracy={accuracy:.4f} best={best:.4f}")
