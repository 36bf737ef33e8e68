"""A model and changes to its file of weights, the same for every Keras."""

import numpy as np


def line(keras, *units):
    """Dense layers of these units, one after another."""
    return keras.Sequential([keras.Input((3,)), *(keras.layers.Dense(size) for size in units)])


def edit(editor):
    """Makes a file of `line(4, 3, 2)` into one of `line(4, 5, 3)`."""
    editor.delete_object("layers/dense_1")
    editor.rename_object("dense_2", "dense_1")
    editor.delete_weight("layers/dense_1", "0")
    editor.add_weights("dense_1", {"0": np.full((4, 5), 0.5, "float32"), "1": np.arange(5, dtype="float32")})
    editor.add_object("layers/dense_2", {"0": np.eye(5, 3, dtype="float32"), "1": np.zeros(3, "float32")})
