"""Writes data/conversions.json: what the real tf_keras makes of older weights."""

from __future__ import annotations

import json
import os
from pathlib import Path

os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np
import tf_keras
from tf_keras.src.saving.legacy.hdf5_format import preprocess_weights_for_loading

from .conversions import CASES


def main() -> None:
    found = {}
    for name, old in CASES.items():
        layer = old.make(tf_keras.layers)
        layer.build((None, *old.input_shape))
        made = preprocess_weights_for_loading(layer, old.weights(), old.version)
        assert [tuple(w.shape) for w in layer.weights] == [w.shape for w in made], name
        found[name] = [np.asarray(w).tolist() for w in made]
    (Path(__file__).parent / "data" / "conversions.json").write_text(json.dumps(found))


if __name__ == "__main__":
    main()
