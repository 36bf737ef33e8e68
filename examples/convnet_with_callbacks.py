"""A functional conv net on images of CIFAR's shape, with the callbacks that most trainings have."""

import tempfile
from pathlib import Path

from made_data import images

import torchkeras as keras
from torchkeras import layers

keras.utils.set_random_seed(1)
inputs = keras.Input((32, 32, 3))
x = layers.Conv2D(16, 3, padding="same", activation="relu")(inputs)
x = layers.BatchNormalization()(x)
x = layers.MaxPool2D()(x)
x = layers.Conv2D(32, 3, padding="same", activation="relu")(x)
x = layers.MaxPool2D()(x)
x = layers.Dropout(0.25)(layers.Flatten()(x))
outputs = layers.Dense(10, activation="softmax")(layers.Dense(64, activation="relu")(x))
model = keras.Model(inputs, outputs)
model.compile(keras.optimizers.Adam(0.002), loss="sparse_categorical_crossentropy", metrics=["accuracy"])

folder = Path(tempfile.mkdtemp())
history = model.fit(
    *images(2000, 32, 3),
    epochs=8,
    validation_data=images(500, 32, 3, seed=1),
    callbacks=[
        keras.callbacks.CSVLogger(folder / "log.csv"),
        keras.callbacks.ReduceLROnPlateau(monitor="val_loss", factor=0.3, patience=1, verbose=1),
        keras.callbacks.EarlyStopping(monitor="val_loss", patience=2, restore_best_weights=True, verbose=1),
    ],
)
print((folder / "log.csv").read_text().splitlines()[0])
print(f"best accuracy on validation: {max(history.history['val_accuracy']):.3f} after {len(history.epoch)} epochs")
