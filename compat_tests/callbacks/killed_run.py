"""A training run in a process of its own, to be killed at any moment and begun again."""

from __future__ import annotations

import os
import pickle

import numpy as np
import torch

import torchkeras as keras
from torchkeras import layers
from torchkeras.callbacks import BackupAndRestore, ModelCheckpoint

RESULT = "result.pickle"


def train(folder: str, name: str, save_freq: int | str) -> None:
    """Trains to the end, or from where an earlier run was, and leaves what came of it in the folder.

    Args:
        folder: where everything goes.
        name: the name of ModelCheckpoint's file; its ending chooses the format.
        save_freq: that of both callbacks.
    """
    torch.set_num_threads(1)
    keras.utils.set_random_seed(3)
    model = keras.Sequential([
        layers.Dense(64, activation="relu", input_shape=(5,)), layers.Dropout(0.3), layers.BatchNormalization(),
        layers.Dense(3, activation="softmax"),
    ])  # fmt: skip
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    random = np.random.default_rng(0)
    x, y = random.normal(size=(70, 5)), random.integers(0, 3, 70)
    checkpoint = ModelCheckpoint(os.path.join(folder, name), save_freq=save_freq)
    backup = BackupAndRestore(os.path.join(folder, "backup"), save_freq)
    history = model.fit(x, y, batch_size=8, epochs=5, validation_split=0.2, verbose=0, callbacks=[checkpoint, backup])
    unfinished = os.path.join(folder, "unfinished")
    with open(unfinished, "wb") as file:
        pickle.dump((model.get_weights(), history.history, history.epoch), file)
    os.replace(unfinished, os.path.join(folder, RESULT))
