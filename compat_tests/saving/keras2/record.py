"""Writes data/files.zip with the real tf_keras and Keras 3: HDF5 files, and what their models then do."""

from __future__ import annotations

import json
import os
import tempfile
import warnings
import zipfile
from pathlib import Path
from typing import Any

os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import numpy as np
import tensorflow as tf
import tf_keras

from .models import WHOLE, compiled, data, losses, older_optimizers, optimizers, two_layers, values

DATA = Path(__file__).parent / "data" / "files.zip"


def main() -> None:
    warnings.simplefilter("ignore")
    tf.config.run_functions_eagerly(True)
    found: dict[str, Any] = {}
    with (
        tempfile.TemporaryDirectory() as folder,
        zipfile.ZipFile(DATA, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive,
    ):

        def keep(name: str, model: Any, **more: Any) -> None:
            path = Path(folder) / f"{name}.h5"
            model.save(path)
            archive.write(path, path.name)
            predictions = model.predict(data(model)[0], verbose=0)
            found[name] = {
                "predictions": [np.asarray(one).tolist() for one in tf.nest.flatten(predictions)],
                "losses": losses(model),
                **more,
            }

        for name in WHOLE:
            tf_keras.backend.clear_session()
            tf_keras.utils.set_random_seed(1)
            model = compiled(tf_keras, name)
            losses(model)
            keep(name, model)
        for name, optimizer in {**optimizers(tf_keras), **older_optimizers(tf_keras)}.items():
            tf_keras.backend.clear_session()
            tf_keras.utils.set_random_seed(1)
            model = two_layers(tf_keras)
            model.compile(optimizer, "mse", metrics=["mae"])
            losses(model)
            keep(name, model)
        for name in ("nested", "images", "sequences"):
            keras.utils.set_random_seed(1)
            model = compiled(keras, name)
            losses(model)
            keep(f"{name}_of_keras_3", model)
        keep_subclassed(archive, folder, found)
        archive.writestr("expected.json", json.dumps(found))


def keep_subclassed(archive: zipfile.ZipFile, folder: str, found: dict[str, Any]) -> None:
    """Weights alone, some of them the model's own."""

    class Net(tf_keras.Model):
        def __init__(self) -> None:
            super().__init__()
            self.stack = [tf_keras.layers.Dense(3), tf_keras.layers.BatchNormalization()]
            self.last = tf_keras.layers.Dense(2)

        def build(self, input_shape: Any) -> None:
            self.steps = self.add_weight(name="steps", shape=(), initializer="ones", trainable=False)
            self.scale = self.add_weight(name="scale", shape=(input_shape[-1],), initializer="ones")
            super().build(input_shape)

        def call(self, inputs: Any) -> Any:
            for layer in self.stack:
                inputs = layer(inputs * self.scale[0])
            return self.last(inputs) + self.steps

    model = Net()
    inputs = values(8, 4)
    model(inputs)
    model.set_weights([values(*weight.shape, phase=number) ** 2 for number, weight in enumerate(model.weights)])
    path = Path(folder) / "subclassed.h5"
    model.save_weights(path)
    archive.write(path, path.name)
    found["subclassed"] = {"predictions": [model(inputs).numpy().tolist()]}


if __name__ == "__main__":
    main()
