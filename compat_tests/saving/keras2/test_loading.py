"""Taking weights by order and by name, where the model and the file differ."""

import json

import h5py
import numpy as np
import pytest

import torchkeras as keras
from compat_tests.saving.keras2.models import values
from torchkeras import layers
from torchkeras.saving.errors import UnreadableFile


def named(*sizes):
    return keras.Sequential([keras.Input((4,)), *(layers.Dense(s, name=f"d{i}") for i, s in enumerate(sizes))])


@pytest.fixture
def path(tmp_path):
    return tmp_path / "w.h5"


def same(found, expected):
    assert len(found) == len(expected)
    for one, other in zip(found, expected):
        np.testing.assert_array_equal(one, other)


def test_by_name_leaves_the_others(path):
    first, longer = named(3, 2), named(3, 2, 5)
    first.save_weights(path)
    last = longer.get_layer("d2").get_weights()
    longer.load_weights(path, by_name=True)
    same(longer.get_weights(), [*first.get_weights(), *last])
    other = keras.Sequential([keras.Input((4,)), layers.Dense(3, name="other"), layers.Dense(2, name="d1")])
    before = other.layers[0].get_weights()
    other.load_weights(path, by_name=True)
    same(other.get_weights(), [*before, *first.layers[1].get_weights()])


def test_by_name_with_other_shapes(path):
    first, other = named(3, 2), named(3, 7)
    first.save_weights(path)
    before = other.get_weights()
    words = (
        r"Shape mismatch in layer #1 \(named d1\) for weight d1/kernel:0.*\(3, 7\).*saved weight with shape \(3, 2\)"
    )
    with pytest.raises(ValueError, match=words):
        other.load_weights(path, by_name=True)
    same(other.get_weights(), before)
    with pytest.warns(UserWarning, match="Skipping loading weights") as told:
        other.load_weights(path, by_name=True, skip_mismatch=True)
    assert ["for weight d1/kernel:0" in str(told[0].message), "for weight d1/bias:0" in str(told[1].message)] == [
        True
    ] * 2
    same(other.get_weights(), [*first.get_weights()[:2], *before[2:]])


def test_by_name_with_other_numbers(path):
    named(3, 2).save_weights(path)
    other = keras.Sequential([keras.Input((4,)), layers.Dense(3, name="d0", use_bias=False)])
    words = r"Weight count mismatch for layer #0 \(named d0\).*expects 1 weight\(s\). Received 2 saved weight\(s\)"
    with pytest.raises(ValueError, match=words):
        other.load_weights(path, by_name=True)
    before = other.get_weights()
    with pytest.warns(
        UserWarning, match=r"Skipping loading of weights for layer #0 \(named d0\) due to mismatch in number"
    ):
        other.load_weights(path, by_name=True, skip_mismatch=True)
    same(other.get_weights(), before)


def test_in_order_what_differs_is_skipped_when_told(path):
    first, other = named(3, 2), named(3, 7)
    first.save_weights(path)
    with pytest.warns(UserWarning, match="Skipping loading weights for layer #1"):
        other.load_weights(path, skip_mismatch=True)
    same(other.get_weights()[:2], first.get_weights()[:2])


def test_in_order_whatever_the_names(path):
    """Automatic names differ from one session to the next; layers without weights do not count."""
    first = keras.Sequential([keras.Input((4,)), layers.Dense(3), layers.Activation("relu"), layers.Dense(2)])
    first.save_weights(path)
    second = keras.Sequential([keras.Input((4,)), layers.Dense(3), layers.Dropout(0.1), layers.Dense(2)])
    second.load_weights(path)
    same(second.get_weights(), first.get_weights())


def test_a_frozen_layer_has_its_weights_in_another_order(path):
    def model(trainable):
        norm = layers.BatchNormalization(name="n", trainable=trainable)
        return keras.Sequential([keras.Input((4,)), layers.Dense(3, name="d"), norm])

    first, second = model(True), model(False)
    first.set_weights([values(*w.shape, phase=i) for i, w in enumerate(first.get_weights())])
    first.save_weights(path)
    second.load_weights(path)
    same(second.get_layer("n").get_weights(), first.get_layer("n").get_weights())


def test_the_own_weights_of_a_model(path):
    class Scaled(keras.Model):
        def __init__(self, **kwargs):
            super().__init__(**kwargs)
            self.dense = layers.Dense(2)
            self.count = self.add_weight(name="count", shape=(), trainable=False)
            self.scale = self.add_weight(name="scale", shape=(3,), initializer="ones")

        def call(self, inputs):
            return self.dense(inputs) * self.scale[0]

    first, second = Scaled(name="x"), Scaled(name="y")
    first(values(2, 4)), second(values(2, 4))
    first.set_weights([values(*w.shape, phase=i) for i, w in enumerate(first.get_weights())])
    first.save_weights(path)
    with h5py.File(path) as file:
        assert [n.decode() for n in file["top_level_model_weights"].attrs["weight_names"]] == ["scale:0", "count:0"]
    second.load_weights(path)
    same(second.get_weights(), first.get_weights())
    with h5py.File(path, "a") as file:
        file["top_level_model_weights"].attrs["weight_names"] = [b"scale:0"]
    words = "Weight count mismatch for top-level weights of model y.*2 .*Received 1"
    with pytest.raises(ValueError, match=words):
        second.load_weights(path)


def test_values_of_another_type(path):
    first = named(3)
    first.save_weights(path)
    with h5py.File(path, "a") as file:
        kernel = file["d0/d0/kernel:0"][()]
        del file["d0/d0/kernel:0"]
        file["d0/d0/kernel:0"] = kernel.astype(">f8")
    second = named(3)
    second.load_weights(path)
    same(second.get_weights(), first.get_weights())


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (
            lambda f: f.attrs.__delitem__("layer_names"),
            "no `layer_names`, so it holds no weights in the form of Keras 2",
        ),
        (lambda f: f.attrs.__setitem__("layer_names", [b"d0", b"gone"]), "expected a group 'gone'"),
        (lambda f: f["d0"].attrs.__setitem__("weight_names", [b"d0/kernel:0", b"gone"]), "expected a data set 'gone'"),
        (lambda f: f["d0"].attrs.__setitem__("weight_names", [b"../d0/d0/kernel:0"] * 2), "expected a data set '../d0"),
        (lambda f: f["d0"].attrs.__setitem__("weight_names", [b"/d0/d0/kernel:0"] * 2), "expected a data set '/d0"),
        (lambda f: f["d0"].attrs.__setitem__("weight_names", [b"d0", b"d0"]), "expected a data set 'd0'"),
        (lambda f: f["d0"].attrs.__setitem__("weight_names", np.arange(3)), "should be a list of strings"),
        (lambda f: f.attrs.__setitem__("layer_names", 3.0), "should be a list of strings"),
    ],
)
def test_files_with_parts_missing(change, words, path):
    model = named(3)
    model.save_weights(path)
    with h5py.File(path, "a") as file:
        change(file)
    with pytest.raises(UnreadableFile, match=words):
        model.load_weights(path)


@pytest.mark.parametrize(
    ("config", "words"),
    [
        ("{", "its `model_config` cannot be read: The config is not JSON"),
        ("[1]", "its `model_config` holds a list"),
        ("[" * 100_000, "its `model_config` cannot be read: The config nests"),
        (3, "its `model_config` is not JSON, but of int"),
        (json.dumps({"class_name": "Dense", "config": {"units": 3}}), "it holds a Dense, not a model"),
        (json.dumps({"class_name": "Sequential", "config": {"layers": 3}}), "Cannot read"),
        (json.dumps({"class_name": "Sequential", "config": {"nothing": []}}), "Cannot read"),
    ],
)
def test_damaged_configs(config, words, path):
    named(3).save(path)
    with h5py.File(path, "a") as file:
        file.attrs["model_config"] = config
    with pytest.raises(UnreadableFile, match=words):
        keras.models.load_model(path)


def test_a_config_of_more_weights_than_the_file_has(path):
    """Else 200 bytes of text could take all memory there is."""
    named(3).save(path)
    with h5py.File(path, "a") as file:
        config = file.attrs["model_config"].replace('"units": 3', '"units": 100000000000')
        file.attrs["model_config"] = config
    with pytest.raises(UnreadableFile, match="does not say the truth about its weights"):
        keras.models.load_model(path)


def test_lambdas_are_refused_unless_the_caller_trusts_the_file(path):
    """CVE-2025-9905: an HDF5 file is as safe as any other."""
    model = keras.Sequential([keras.Input((2,)), layers.Lambda(lambda x: x * 2)])
    model.save(path)
    for options in ({}, {"safe_mode": True}, {"safe_mode": None}):
        with pytest.raises(ValueError, match="Lambda"):
            keras.models.load_model(path, **options)
    with pytest.warns(UserWarning, match="No training configuration"):
        loaded = keras.models.load_model(path, safe_mode=False)
    np.testing.assert_array_equal(loaded.predict(np.ones((1, 2)), verbose=0), [[2, 2]])


def test_unknown_classes_are_named(path):
    class Mine(layers.Layer):
        def call(self, inputs):
            return inputs

    keras.Sequential([keras.Input((2,)), Mine(), layers.Dense(1)]).save(path)
    with pytest.raises(ValueError, match="Unknown layer: 'Mine'.*custom_objects"):
        keras.models.load_model(path)
    loaded = keras.models.load_model(path, custom_objects={"Mine": Mine}, compile=False)
    assert type(loaded.layers[0]) is Mine
