"""Writes the files in data/ with the real Keras 3 and tf_keras, and what their models then do."""

import json
import os
from pathlib import Path

os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import numpy as np
import tensorflow as tf
import tf_keras

from .models import MODELS, halves, inputs, losses, pair

DATA = Path(__file__).parent / "data"
SIDES = {"keras": keras, "tf_keras": tf_keras}


def main() -> None:
    found = {}
    for side, namespace in SIDES.items():
        for name, build in MODELS.items():
            namespace.backend.clear_session()
            namespace.utils.set_random_seed(1)
            model = build(namespace)
            given = tf.constant(inputs(name).tolist()) if name == "words" else inputs(name)
            if name != "words":
                losses(model)
            if name == "subclassed":
                model.noted.update_state([1.0, 4.0])
            model.save(DATA / f"{name}_{side}.keras")
            if name == "stack" and side == "keras":
                model.save_weights(DATA / "stack.weights.json", max_shard_size=4000 / 2**30)
            found[f"{name}_{side}"] = {
                "predictions": np.asarray(model(given)).tolist(),
                "losses": [] if name == "words" else losses(model),
            }
            if name == "subclassed":
                model.save_weights(DATA / f"{name}_{side}.weights.h5")
                found[f"{name}_{side}"]["later"] = np.asarray(model(given)).tolist()
    found["pair_keras"] = two_inputs()
    (DATA / "expected.json").write_text(json.dumps(found))


def two_inputs() -> list[list[float]]:
    """Writes a model of two arguments; what it gives. Keras 3 gives some layers random weights when it loads it."""
    keras.backend.clear_session()
    keras.utils.set_random_seed(1)
    model = pair(keras)
    model.save(DATA / "pair_keras.keras")
    return np.asarray(model(*halves())).tolist()


if __name__ == "__main__":
    main()
