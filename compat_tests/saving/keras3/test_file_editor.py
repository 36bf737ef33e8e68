"""KerasFileEditor, against what Keras 3.15's made of the same changes and printed."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch

import torchkeras as keras
from torchkeras import layers
from torchkeras.saving import KerasFileEditor
from torchkeras.saving.containers.hdf5 import open_hdf5
from torchkeras.saving.errors import UnreadableFile

from .editing import edit, line
from .models import MODELS, classes, losses

DATA = Path(__file__).parent / "data"
EXPECTED = json.loads((DATA / "editor.json").read_text())

classes(keras)


@pytest.fixture
def saved(tmp_path):
    """The file of a model of three layers."""
    keras.utils.set_random_seed(1)
    line(keras, 4, 3, 2).save_weights(tmp_path / "edited.weights.h5")
    return tmp_path / "edited.weights.h5"


def values_of(path):
    """All values of a file by their places."""
    with open_hdf5(path) as root:
        return {place: one.read() for place, one in root.walk() if hasattr(one, "read")}


def lines(capsys):
    return capsys.readouterr().out.splitlines()


# --- as Keras's own ---


def test_summary(saved, capsys):
    KerasFileEditor(saved).summary()
    found = capsys.readouterr().out.replace(str(saved.parent), "DATA")
    # Keras looks for the names of layers, too, but under a path that it never has.
    for name in ("dense", "dense_1", "dense_2"):
        found = found.replace(f"{name} ('{name}')", name)
    assert found == EXPECTED["before"]


def test_a_file_that_keras_edited_is_loaded():
    """It lacks the place of the model itself, which all other files have."""
    model = line(keras, 4, 5, 3)
    model.load_weights(DATA / "edited.weights.h5")
    np.testing.assert_allclose(model(torch.ones(2, 3)).detach(), EXPECTED["predictions"], atol=1e-6)


def test_the_same_changes_make_the_same_file(saved):
    editor = KerasFileEditor(saved)
    edit(editor)
    editor.resave_weights(saved)
    found, expected = values_of(saved), values_of(DATA / "edited.weights.h5")
    assert found.keys() == expected.keys()
    for place, value in expected.items():
        assert found[place].dtype == value.dtype
        if not place.startswith("layers/dense/"):  # which has random values
            np.testing.assert_array_equal(found[place], value)
    model = line(keras, 4, 5, 3)
    model.load_weights(saved)
    np.testing.assert_array_equal(model.layers[1].bias.numpy(), np.arange(5))
    with open_hdf5(saved) as root:
        assert root.group("layers/dense_1/vars").attribute("name").startswith("dense_")  # went with its object
        assert root.group("layers/dense_2/vars").attribute("name") is None


def test_comparisons(capsys):
    editor = KerasFileEditor(DATA / "edited.weights.h5")
    capsys.readouterr()
    assert editor.compare(line(keras, 4, 5, 3)) == {"status": "success", "error_count": 0, "match_count": 6}
    fits = lines(capsys)
    expected = EXPECTED["fits"].splitlines()
    assert fits[:-1] == expected[:-1]
    assert fits[-1].split() == ["Found", "6", "matching", "weights"]  # Keras adds those of each level once more
    assert editor.compare(line(keras, 4, 3, 1, 1)) == {"status": "error", "error_count": 5, "match_count": 2}
    differs, expected = lines(capsys), EXPECTED["differs"].splitlines()
    assert differs[:-1] == expected[:-1]
    assert differs[-1] == expected[-1].replace(f"Found {EXPECTED['errors']} errors", "Found 5 errors")


def test_what_only_the_file_has(saved, capsys):
    editor = KerasFileEditor(saved)
    editor.add_weights("dense_2", {"2": np.zeros(2)})
    capsys.readouterr()
    assert editor.compare(line(keras, 4, 3))["error_count"] == 1
    assert lines(capsys)[1:3] == [
        "...Object /layers/dense_2 present in saved file, missing from reference model",
        "    In saved file, /layers/dense_2 contains the following keys: ['0', '1', '2']",
    ]
    assert editor.compare(line(keras, 4, 3, 2))["error_count"] == 1
    assert "...Weight /layers/dense_2/2 present in saved file, missing from reference model" in lines(capsys)


# --- beyond it: models in models, own values, names ---


@pytest.mark.parametrize("name", ["nested", "subclassed"])
def test_nothing_is_lost(name, tmp_path):
    """Keras's editor leaves out layers within layers that have no values of their own."""
    model = MODELS[name](keras)
    losses(model)
    model.save(tmp_path / "m.keras")
    model.save_weights(tmp_path / "m.weights.h5")
    editor = KerasFileEditor(tmp_path / "m.keras")
    assert editor.config["class_name"]
    assert editor.metadata["keras_version"] == "3.15.0"
    with_ours = editor.compare(model)
    assert with_ours["status"] == "success"
    editor.save(tmp_path / "again.weights.h5")
    first, again = values_of(tmp_path / "m.weights.h5"), values_of(tmp_path / "again.weights.h5")
    assert len(first) == with_ours["match_count"]
    assert first.keys() == again.keys()
    for place, value in first.items():
        np.testing.assert_array_equal(again[place], value)


@pytest.mark.parametrize("name", ["nested_keras.keras", "subclassed_keras.keras", "subclassed_tf_keras.weights.h5"])
def test_files_of_keras(name):
    assert KerasFileEditor(DATA / name).summary() is None


def test_the_own_weights_of_a_model_and_bfloat16(tmp_path):
    class Scaled(keras.Model):
        def __init__(self):
            super().__init__()
            self.scale = self.add_weight(name="scale", shape=(), initializer="ones")
            self.dense = layers.Dense(2)

        def call(self, inputs):
            return self.dense(inputs) * self.scale

    first, second = Scaled(), Scaled()
    for model in (first, second):
        model(torch.ones(1, 3))
    first.to(torch.bfloat16)
    first.save_weights(tmp_path / "m.weights.h5")
    editor = KerasFileEditor(tmp_path / "m.weights.h5")
    assert editor.weights_dict["0"].dtype is torch.bfloat16
    assert editor.compare(first)["match_count"] == 3
    editor.add_weights("dense", {"1": torch.tensor([3.0, 4.0])})
    editor.save(tmp_path / "m.weights.h5")
    second.load_weights(tmp_path / "m.weights.h5")
    np.testing.assert_array_equal(second.dense.bias.numpy(), [3, 4])
    np.testing.assert_array_equal(second.dense.kernel.numpy(), first.dense.kernel.numpy())


# --- what cannot be ---


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda e: e.rename_object("layers/x", "y"), "Path 'layers/x' not found in model"),
        (lambda e: e.rename_object("x", "y"), r"Source name 'x' does not appear in the model.*editor.summary\(\)"),
        (lambda e: e.rename_object("dense", "a/b"), "should be a leaf name, not a full path name"),
        (lambda e: e.rename_object("dense", "dense_1"), "there is 'dense_1' beside it"),
        (lambda e: e.delete_object("0"), "Name '0' occurs more than once in the model"),
        (lambda e: e.delete_object("layers/dense/0/x"), "Path 'layers/dense/0/x' not found"),
        (lambda e: e.delete_weight("dense", "9"), r"Weight 9 not found in object dense. Weights found: \['0', '1'\]"),
        (lambda e: e.delete_weight("layers/dense/0", "9"), "is a weight, not an object"),
        (lambda e: e.add_object("q/r/s", {}), "Path 'q/r' not found in model"),
        (lambda e: e.add_object("layers/dense/0/s", {}), "Path 'layers/dense/0' not found in model"),
        (lambda e: e.add_object("q", 3), r"`weights` should be a dict.*Received: type\(weights\)=<class 'int'>"),
        (lambda e: e.add_weights("dense", {0: 1}), "names without '/' as keys. Received: 0"),
        (lambda e: e.save("x.h5"), r"expected a `.weights.h5` extension. Received: filepath=x.h5"),
    ],
)
def test_changes_that_cannot_be(change, words, saved):
    editor = KerasFileEditor(saved)
    before = str(editor.weights_dict)
    with pytest.raises(ValueError, match=words):
        change(editor)
    assert str(editor.weights_dict) == before


def test_files_that_cannot_be(tmp_path):
    with pytest.raises(ValueError, match=r"expected a `.keras` or `.weights.h5` extension. Received: filepath=x.h5"):
        KerasFileEditor("x.h5")
    (tmp_path / "m.weights.h5").write_bytes(b"something")
    with pytest.raises(UnreadableFile, match=r"m\.weights\.h5"):
        KerasFileEditor(tmp_path / "m.weights.h5")
    (tmp_path / "m.keras").write_bytes(b"PK\3\4")
    with pytest.raises(UnreadableFile, match=r"m\.keras"):
        KerasFileEditor(tmp_path / "m.keras")
