"""Writes data/edited.weights.h5 and data/editor.json: what the real Keras 3's KerasFileEditor makes and prints."""

import contextlib
import io
import json
import os
from pathlib import Path

os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("COLUMNS", "500")

import keras
import numpy as np

from .editing import edit, line

DATA = Path(__file__).parent / "data"


def said(call):
    """What a call returns and prints."""
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        found = call()
    return found, out.getvalue()


def main() -> None:
    path = str(DATA / "edited.weights.h5")
    keras.utils.set_random_seed(1)
    line(keras, 4, 3, 2).save_weights(path)
    _, before = said(lambda: keras.saving.KerasFileEditor(path).summary())
    editor = keras.saving.KerasFileEditor(path)
    edit(editor)
    editor.save(path)
    _, after = said(editor.summary)
    _, fits = said(lambda: editor.compare(line(keras, 4, 5, 3)))
    compared, differs = said(lambda: editor.compare(line(keras, 4, 3, 1, 1)))
    model = line(keras, 4, 5, 3)
    model.load_weights(path)
    content = {
        "before": before.replace(str(DATA), "DATA"),
        "after": after,
        "fits": fits,
        "differs": differs,
        "errors": compared["error_count"],
        "predictions": np.asarray(model(np.ones((2, 3), "float32"))).tolist(),
    }
    (DATA / "editor.json").write_text(json.dumps(content, indent=1))


if __name__ == "__main__":
    main()
