"""Folders that tf.keras has written (see record.py): predictions, and training that goes on where it stopped."""

import os
import shutil

import numpy as np
import pytest

import torchkeras as keras
from compat_tests.saving.saved_model.models import KEPT, make_class

DATA = os.path.join(os.path.dirname(__file__), "data")
FOLDERS = [f"{version}/{make.__name__}" for version, makes in KEPT.items() for make in makes]


def load(name, **kwargs):
    custom_objects = {"Own": make_class(keras)} if name.endswith("own_class") else None
    return keras.models.load_model(os.path.join(DATA, name), custom_objects=custom_objects, **kwargs)


def expected(name):
    """Inputs, targets, predictions, and the losses of the next epochs."""
    with np.load(os.path.join(DATA, name, "expected.npz")) as held:
        listed = {kind: [held[key] for key in held if key.startswith(f"{kind}_")] for kind in ("x", "y", "predicted")}
        losses = held.get("loss")
    x, y = (found[0] if len(found) == 1 else found for found in (listed["x"], listed["y"]))
    return x, y, listed["predicted"], losses


def predictions(model, x):
    found = model.predict(x, verbose=0)
    return found if isinstance(found, list) else [found]


@pytest.mark.filterwarnings("ignore:No training configuration")
@pytest.mark.parametrize("name", FOLDERS)
def test_predictions_and_further_losses(name):
    x, y, predicted, losses = expected(name)
    model = load(name)
    for found, wanted in zip(predictions(model, x), predicted, strict=True):
        np.testing.assert_allclose(found, wanted, atol=1e-6)
    if losses is not None:
        history = model.fit(x, y, epochs=2, batch_size=4, shuffle=False, verbose=0).history
        np.testing.assert_allclose(history["loss"], losses, rtol=2e-6)


@pytest.mark.parametrize("name", ["2.21/sequential", "2.4/functional"])
def test_without_compiling(name):
    model = load(name, compile=False)
    assert not model.compiled


def test_what_was_not_compiled_says_so():
    with pytest.warns(UserWarning, match="No training configuration found in the save file"):
        load("2.21/texts")


def test_the_vocabularies():
    model = load("2.21/texts", compile=False)
    words = next(layer for layer in model.layers if isinstance(layer, keras.layers.TextVectorization))
    assert words.get_vocabulary() == ["", "[UNK]", "the", "quick", "dog", "lazy", "fox", "brown", "a"]
    colours = next(layer for layer in model.layers if isinstance(layer, keras.layers.StringLookup))
    assert colours.get_vocabulary() == ["[UNK]", "red", "green"]
    numbers = load("2.21/learned", compile=False)
    lookup = next(layer for layer in numbers.layers if isinstance(layer, keras.layers.IntegerLookup))
    assert lookup.get_vocabulary() == [-1, 7, 9, 4]


def test_a_vocabulary_of_a_file_comes_from_the_folder(tmp_path, monkeypatch):
    """The config says 'words.txt': no such file is looked for, though there is one."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "words.txt").write_text("other\nwords\n")
    lookup = load("2.21/from_file", compile=False).layers[1]
    assert lookup.get_vocabulary() == ["[UNK]", "red", "green", "blue"]


@pytest.mark.parametrize("name", ["2.21/sequential", "2.12/functional", "2.4/functional"])
def test_weights_alone(name):
    from_files = load(name, compile=False)
    model = keras.models.clone_model(from_files)
    model.load_weights(os.path.join(DATA, name))
    for found, wanted in zip(model.get_weights(), from_files.get_weights(), strict=True):
        np.testing.assert_array_equal(found, wanted)
    with pytest.raises(NotImplementedError, match="by_name=True"):
        model.load_weights(os.path.join(DATA, name), by_name=True)


def test_weights_of_another_model():
    other = keras.Sequential([keras.layers.Dense(6, input_shape=(4,))])
    with pytest.raises(ValueError, match=r"'kernel' of the layer .*shape \(4, 5\) in the checkpoint, \(4, 6\)"):
        other.load_weights(os.path.join(DATA, "2.21/sequential"))
    longer = keras.Sequential([keras.layers.Dense(5, input_shape=(4,)), *(keras.layers.Dense(5) for _ in range(4))])
    with pytest.raises(ValueError, match="they have none for .* of its weights|does not fit"):
        longer.load_weights(os.path.join(DATA, "2.21/sequential"))


@pytest.mark.parametrize("version", ["2.21", "2.4"])
def test_a_class_that_is_not_known(version):
    with pytest.raises(
        ValueError, match=r"model of the class 'Own', which is not known.*custom_objects=\{'Own': Own\}"
    ):
        keras.models.load_model(os.path.join(DATA, version, "own_class"))


def test_a_class_that_is_registered():
    @keras.utils.register_keras_serializable("tests_of_folders", "Own")
    class Own(make_class(keras)):
        pass

    with keras.utils.custom_object_scope({"Own": Own}):
        assert type(keras.models.load_model(os.path.join(DATA, "2.21/own_class"))) is Own


def test_without_the_graph(tmp_path):
    """Only vocabularies are looked for in it."""
    shutil.copytree(os.path.join(DATA, "2.21/sequential"), tmp_path / "m")
    (tmp_path / "m" / "saved_model.pb").unlink()
    keras.models.load_model(tmp_path / "m")
    shutil.copytree(os.path.join(DATA, "2.21/texts"), tmp_path / "t")
    (tmp_path / "t" / "saved_model.pb").unlink()
    with pytest.raises(ValueError, match="the vocabulary of .* is in its saved_model.pb, which is missing"):
        keras.models.load_model(tmp_path / "t", compile=False)
