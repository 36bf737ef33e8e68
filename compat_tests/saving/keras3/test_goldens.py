"""Files that the real Keras 3 and tf_keras wrote (record.py): they load here, predict the same and go on training."""

import json
import os
from pathlib import Path

import numpy as np
import pytest

import torchkeras as keras
from torchkeras.saving.containers.archive import open_archive
from torchkeras.saving.containers.hdf5 import open_hdf5
from torchkeras.saving.keras3.walking import places

from .models import MODELS, classes, halves, inputs, losses

DATA = Path(__file__).parent / "data"
EXPECTED = json.loads((DATA / "expected.json").read_text())
classes(keras)


def predictions(model, name):
    return np.asarray(model.predict(inputs(name), verbose=0))


@pytest.mark.parametrize("side", ["keras", "tf_keras"])
@pytest.mark.parametrize("name", MODELS)
def test_whole_models(name, side):
    expected = EXPECTED[f"{name}_{side}"]
    model = keras.models.load_model(DATA / f"{name}_{side}.keras")
    np.testing.assert_allclose(predictions(model, name), expected["predictions"], atol=1e-5)
    assert model.compiled is (name != "words")
    if expected["losses"]:
        assert losses(model) == pytest.approx(expected["losses"], rel=1e-5)


def test_layers_that_the_first_call_builds(tmp_path):
    """The file does not say with which shapes: their values wait for the call."""
    with pytest.warns(UserWarning, match="get their values when the first call builds them"):
        model = keras.models.load_model(DATA / "pair_keras.keras")
    with pytest.raises(ValueError, match=r"still wait in what was read from .*pair_keras.keras.*Call the model"):
        model.save(tmp_path / "early.keras")
    for _ in range(2):
        np.testing.assert_allclose(model(*halves()).numpy(force=True), EXPECTED["pair_keras"], atol=1e-5)
    model.right.kernel.assign(model.right.kernel * 0)  # later calls give nothing back
    changed = model(*halves()).numpy(force=True)
    assert np.abs(changed - EXPECTED["pair_keras"]).max() > 1e-3
    model.save(tmp_path / "late.keras")
    again = keras.models.load_model(tmp_path / "late.keras")
    np.testing.assert_array_equal(again(*halves()).numpy(force=True), changed)


def test_metrics_that_are_attributes():
    """tf_keras keeps their state; Keras 3 does not."""
    assert float(keras.models.load_model(DATA / "subclassed_tf_keras.keras").noted.result()) == 2.5
    assert float(keras.models.load_model(DATA / "subclassed_keras.keras").noted.result()) == 0.0


@pytest.mark.parametrize("side", ["keras", "tf_keras"])
def test_weights(side):
    """The optimizer of a model that never took a step starts anew, and Keras says so."""
    model = MODELS["subclassed"](keras)
    with pytest.warns(UserWarning, match="Skipping variable loading for optimizer 'Adam'"):
        model.load_weights(DATA / f"subclassed_{side}.weights.h5")
    np.testing.assert_allclose(predictions(model, "subclassed"), EXPECTED[f"subclassed_{side}"]["later"], atol=1e-5)


@pytest.mark.parametrize("side", ["keras", "tf_keras"])
def test_weights_and_the_state_of_the_optimizer(side):
    model = MODELS["stack"](keras)
    losses(model, 1)
    model.load_weights(DATA / f"stack_{side}.keras")
    expected = EXPECTED[f"stack_{side}"]
    np.testing.assert_allclose(predictions(model, "stack"), expected["predictions"], atol=1e-5)
    assert losses(model) == pytest.approx(expected["losses"], rel=1e-5)


@pytest.mark.parametrize("version", ["2.13.1", "2.14.0"])
def test_older_layouts(version):
    """Keras before 2.15 has the layers of a functional model elsewhere, and before 2.14 counts them otherwise."""
    model = keras.models.load_model(DATA / f"stack_{version}.keras")
    expected = np.load(DATA / f"stack_{version}.npy")
    np.testing.assert_allclose(predictions(model, "stack"), expected, atol=1e-5)


def found_by_keras(path):
    """The layers that have values in a file, with the shapes of those."""
    with open_archive(path) as archive, archive.file("model.weights.h5") as file, open_hdf5(file) as root:
        return {
            place: [tuple(group.dataset(str(number)).shape) for number in range(len(group.names()))]
            for place, group in root.walk()
            if place.rpartition("/")[2] == "vars" and group.names()
        }


@pytest.mark.parametrize("name", MODELS)
def test_values_lie_where_keras_3_has_them(name, tmp_path):
    model = MODELS[name](keras)
    if name != "words":
        losses(model)
    model.save(tmp_path / "m.keras")
    assert found_by_keras(tmp_path / "m.keras") == found_by_keras(DATA / f"{name}_keras.keras")
    with open_archive(DATA / f"{name}_keras.keras") as theirs, open_archive(tmp_path / "m.keras") as ours:
        assert sorted(ours.names()) == sorted(theirs.names())


def test_every_layer_has_one_place():
    model = MODELS["subclassed"](keras)
    found = [place.path for place in places(model)]
    assert len(set(found)) == len(found)
    assert {"again/zed", "blocks/block/norm", "heads/container/dense_1", "layers/p_re_lu"} <= set(found)


def test_nothing_is_left_behind(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    keras.models.load_model(DATA / "words_keras.keras")
    assert not os.listdir(tmp_path)
