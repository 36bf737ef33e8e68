"""`python -m torchkeras check`: what is found, where, and what is let pass."""

import json

import pytest

from torchkeras.shim.checking.report import findings_of
from torchkeras.shim.command_line import main


def findings(tmp_path, text, name="x.py"):
    path = tmp_path / name
    path.write_text(text)
    return [(f.place.removeprefix(f"{path}:"), f.text) for f in findings_of(path)[0]]


GOOD = """
import keras
import numpy as np
from keras import layers as L, backend as K
from keras.layers import *
from keras.utils import np_utils
import tensorflow.keras.optimizers as opts

K.clear_session()
model = keras.Sequential([L.Dense(3, activation="relu", input_shape=(2,)), Dropout(rate=0.1)])
model.compile(optimizer=opts.Adam(learning_rate=0.1), loss="mse", metrics=["mae"])
model.fit(np.ones((2, 2)), np.ones((2, 3)), epochs=1, verbose=0)
model.anything_of_its_own
other = keras.Model(inputs=model.inputs, outputs=model.outputs, name="other")

def f(layers, keras):
    layers.append(keras.whatever)

for K in range(3):
    K.bit_length_of
L = [1]
L.nothing_like_it
np_utils.to_categorical([1])
"""


def test_supported_code_passes(tmp_path):
    assert findings(tmp_path, GOOD) == []


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("keras.layers.Dens(3)", ["keras.layers.Dens ", "keras.layers.Dense"]),
        ("keras.layers.Dense(3, acitvation='relu')", ["does not take 'acitvation'", "'activation'"]),
        ("keras.layers.Dense(\n    3,\n    unitz=3,\n)", ["does not take 'unitz'"]),
        ("x = keras.estimator.model_to_estimator", ["keras.estimator.model_to_estimator", "fit"]),
        ("m = keras.Sequential()\nm.fit(epocs=3)", ["keras.Sequential.fit", "'epochs'"]),
        ("import tensorflow_hub as hub\nhub.KerasLayer", ["tensorflow_hub", "torchvision"]),
        ("from keras.layers import Dens as D", ["keras.layers.Dens"]),
        ("f = lambda x, n=keras.nothing: x.keras", ["keras.nothing"]),
        ("class A(keras.layers.Layr):\n    pass", ["keras.layers.Layr", "keras.layers.Layer"]),
        ("a = keras.layers\na.Dens", ["keras.layers.Dens"]),
        ("[k.Dens for k in [keras.layers]], keras.layers.Conv9D", ["keras.layers.Conv9D"]),
    ],
)
def test_what_is_missing_is_found_once_with_its_line_and_a_word(tmp_path, line, words):
    found = findings(tmp_path, f"import keras\n\n{line}\n")
    assert len(found) == 1, found
    place, text = found[0]
    assert place == ("3" if "\na.Dens" not in line and "\nm." not in line else "4")
    assert all(word in text for word in words), text


def test_how_often_tutorials_use_it(tmp_path):
    # 3 files of the corpus use keras.estimator.model_to_estimator.
    found = findings(tmp_path, "import keras\nkeras.estimator.model_to_estimator()\n")
    assert "used by 3 of the tutorials counted" in found[0][1]


def test_lines_of_documents_and_cells_of_notebooks(tmp_path):
    text = "# T\n\n```python\nx = 1\n```\n\n```python\nkeras.layers.Dens\n```\n\n```python\nno code at all\n```\n"
    assert [place for place, _ in findings(tmp_path, text, "d.md")] == ["8", "12"]
    cells = [{"cell_type": "markdown", "source": []}] + [
        {"cell_type": "code", "source": source} for source in ("!ls\nimport keras", ["\n", "keras.layers.Dens\n"])
    ]
    (tmp_path / "n.ipynb").write_text(json.dumps({"nbformat": 4, "cells": cells}))
    found = findings_of(tmp_path / "n.ipynb")[0]
    assert [f.place for f in found] == [f"{tmp_path / 'n.ipynb'}[2]:2"]


def test_exit_status(tmp_path, capsys):
    good, bad, broken = tmp_path / "good.py", tmp_path / "bad.py", tmp_path / "broken.py"
    good.write_text("import keras\nkeras.layers.Dense(1)\n")
    bad.write_text("import keras\nkeras.layers.Dens(1)\n")
    broken.write_text("import keras\n1 +\n")
    assert main(["check", str(good)]) == 0
    assert main(["check", str(good), str(bad)]) == 1
    assert main(["check", str(broken)]) == 2
    assert main(["check", str(tmp_path / "none.py")]) == 2
    shown = capsys.readouterr()
    assert f"{bad}:2: keras.layers.Dens is not supported" in shown.out
    assert "broken.py: cannot be checked" in shown.err
