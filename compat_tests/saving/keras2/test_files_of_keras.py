"""Files that the real tf_keras and Keras 3 wrote: the same predictions, and training goes on with the same losses."""

import json
import zipfile
from pathlib import Path

import numpy as np
import pytest

import torchkeras as keras
from compat_tests.saving.keras2.models import (
    SETTINGS,
    WHOLE,
    data,
    losses,
    older_optimizers,
    optimizers,
    two_layers,
    values,
)
from torchkeras import layers

DATA = Path(__file__).parent / "data" / "files.zip"
with zipfile.ZipFile(DATA) as _archive:
    EXPECTED = json.loads(_archive.read("expected.json"))


@pytest.fixture
def file(tmp_path):
    """Takes a file out of the archive."""

    def take(name):
        with zipfile.ZipFile(DATA) as archive:
            return archive.extract(f"{name}.h5", tmp_path)

    return take


def predictions(model):
    found = model.predict(data(model)[0], verbose=0)
    return found if isinstance(found, list) else [found]


def agree(model, name, tolerance=2e-5):
    for found, expected in zip(predictions(model), EXPECTED[name]["predictions"], strict=True):
        np.testing.assert_allclose(found, expected, rtol=tolerance, atol=tolerance)


@pytest.mark.parametrize("name", [*WHOLE, "nested_of_keras_3", "images_of_keras_3", "sequences_of_keras_3"])
def test_whole_models(name, file, recwarn):
    model = keras.models.load_model(file(name))
    assert not recwarn.list
    agree(model, name)
    np.testing.assert_allclose(losses(model), EXPECTED[name]["losses"], rtol=1e-5)


@pytest.mark.parametrize("name", [*optimizers(keras), *older_optimizers(keras)])
def test_the_state_of_optimizers(name, file, recwarn):
    model = keras.models.load_model(file(name))
    assert not recwarn.list
    assert int(model.optimizer.iterations) == 2
    agree(model, name)
    np.testing.assert_allclose(losses(model), EXPECTED[name]["losses"], rtol=1e-5)


def test_settings_of_several_outputs(file):
    model = keras.models.load_model(file("two_outputs"))
    inputs, targets = data(model)
    history = model.fit(inputs, targets, verbose=0).history
    assert list(history) == ["loss", "p_loss", "q_loss", "p_mae"]
    fresh = keras.models.load_model(file("two_outputs"), compile=False)
    assert not fresh.compiled
    fresh.compile("adam", **SETTINGS["two_outputs"])
    assert list(fresh.fit(inputs, targets, verbose=0).history) == list(history)


def test_what_was_frozen_stays_so(file):
    model = keras.models.load_model(file("nested"))
    assert not model.get_layer("frozen").trainable
    assert len(model.trainable_weights) == 10


class Net(keras.Model):
    """The one of record.py."""

    def __init__(self):
        super().__init__()
        self.stack = [layers.Dense(3), layers.BatchNormalization()]
        self.last = layers.Dense(2)

    def build(self, input_shape):
        self.steps = self.add_weight(name="steps", shape=(), initializer="ones", trainable=False)
        self.scale = self.add_weight(name="scale", shape=(input_shape[-1],), initializer="ones")
        super().build(input_shape)

    def call(self, inputs):
        for layer in self.stack:
            inputs = layer(inputs * self.scale[0])
        return self.last(inputs) + self.steps


def test_weights_of_a_subclass(file):
    model = Net()
    with pytest.raises(ValueError, match="into a subclassed Model which has not created its variables yet"):
        model.load_weights(file("subclassed"))
    model(values(8, 4))
    model.load_weights(file("subclassed"))
    found = model(values(8, 4)).detach()
    np.testing.assert_allclose(found, EXPECTED["subclassed"]["predictions"][0], rtol=1e-5, atol=1e-6)


def test_weights_out_of_a_whole_model(file):
    model = two_layers(keras)
    model.load_weights(file("adam"))
    agree(model, "adam")
    other = two_layers(keras)
    other.load_weights(file("adam"), by_name=True)
    agree(other, "adam")


def test_models_that_differ(file):
    other = keras.Sequential([keras.Input((4,)), layers.Dense(3, name="a"), layers.Dense(5, name="b")])
    before = other.get_weights()
    words = r"layer #1 \(named b in the current model, b in the save file\) for weight b/kernel:0.*\(3, 5\).*\(3, 2\)"
    with pytest.raises(ValueError, match=words):
        other.load_weights(file("adam"))
    with pytest.raises(ValueError, match=r"Model expected 1 layers, found 2 saved layers.*has a; the file has a, b"):
        keras.Sequential([keras.Input((4,)), layers.Dense(3, name="a")]).load_weights(file("adam"))
    for found, expected in zip(other.get_weights(), before):
        np.testing.assert_array_equal(found, expected)
