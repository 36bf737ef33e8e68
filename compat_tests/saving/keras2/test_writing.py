"""What is written is what Keras writes: a file of Keras's, loaded and saved again, has the same in it."""

import json
import zipfile

import h5py
import numpy as np
import pytest

import torchkeras as keras
from compat_tests.saving.keras2.models import WHOLE, compiled, losses, optimizers, two_layers, values
from compat_tests.saving.keras2.test_files_of_keras import DATA
from torchkeras import layers


def content(group):
    """The values of a group in order, by the names in its attributes."""
    names = [name.decode() if isinstance(name, bytes) else name for name in group.attrs["weight_names"]]
    return names, [group[name][()] for name in names]


def again(name, folder):
    with zipfile.ZipFile(DATA) as archive:
        path = archive.extract(f"{name}.h5", folder)
    keras.models.load_model(path).save(folder / "again.h5")
    return path, folder / "again.h5"


@pytest.mark.parametrize("name", [*WHOLE, *optimizers(keras)])
def test_files_of_keras_written_again(name, tmp_path):
    theirs, ours = again(name, tmp_path)
    with h5py.File(theirs) as one, h5py.File(ours) as other:
        assert set(one.attrs) == set(other.attrs)
        assert set(one) == set(other)
        assert list(one["model_weights"].attrs["layer_names"]) == [
            name.decode() for name in other["model_weights"].attrs["layer_names"]
        ]
        assert set(one["model_weights"]) == set(other["model_weights"])
        for layer in one["model_weights"]:
            same(content(one["model_weights"][layer])[1], content(other["model_weights"][layer])[1])
        names, saved = content(one["optimizer_weights"])
        own_names, own = content(other["optimizer_weights"])
        assert own_names == names
        if name == "sgd":  # of which the moves have no use
            saved, own = saved[:1], own[:1]
        same(saved, own)
        assert (
            json.loads(one.attrs["model_config"])["class_name"] == json.loads(other.attrs["model_config"])["class_name"]
        )


def same(saved, own):
    assert [value.dtype for value in saved] == [value.dtype for value in own]
    for value, expected in zip(own, saved, strict=True):
        np.testing.assert_array_equal(value, expected)


@pytest.mark.parametrize("name", WHOLE)
def test_round_trips(name, tmp_path, recwarn):
    model = compiled(keras, name)
    losses(model)
    model.save(tmp_path / "model.h5")
    loaded = keras.models.load_model(tmp_path / "model.h5")
    assert not recwarn.list
    assert losses(model) == pytest.approx(losses(loaded), rel=1e-6)
    for one, other in zip(model.get_weights(), loaded.get_weights(), strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-5, atol=1e-6)


def test_without_the_optimizer(tmp_path):
    model = compiled(keras, "nested")
    model.save(tmp_path / "model.h5", include_optimizer=False)
    with h5py.File(tmp_path / "model.h5") as file:
        assert set(file) == {"model_weights"}
        assert "training_config" not in file.attrs
    with pytest.warns(UserWarning, match="No training configuration found in the save file"):
        loaded = keras.models.load_model(tmp_path / "model.h5")
    assert not loaded.compiled
    assert not keras.models.load_model(tmp_path / "model.h5", compile=False).compiled


def test_many_layers(tmp_path):
    """Their names need more than the 64 KB of one attribute."""
    inputs = x = keras.Input((2,))
    for number in range(700):
        x = layers.Activation("tanh", name=f"{'layer_with_a_long_name' * 5}_{number}")(x)
    model = keras.Model(inputs, layers.Dense(1, name="last")(x))
    model.save_weights(tmp_path / "w.h5")
    with h5py.File(tmp_path / "w.h5") as file:
        assert "layer_names" not in file.attrs
        pieces = [file.attrs[f"layer_names{number}"] for number in range(2)]
        assert [name.decode() for piece in pieces for name in piece] == [layer.name for layer in model.layers]
    kernel = model.get_weights()[0]
    model.set_weights([kernel + 1, np.zeros(1)])
    model.load_weights(tmp_path / "w.h5")
    np.testing.assert_array_equal(model.get_weights()[0], kernel)


def test_two_weights_of_one_name(tmp_path):
    class Twice(layers.Layer):
        def build(self, input_shape):
            self.one = self.add_weight(name="w", shape=(2,))
            self.two = self.add_weight(name="w", shape=(3,))
            self.three = self.add_weight(name="w/inner", shape=(4,))

        def call(self, inputs):
            return inputs * self.one[0] * self.two[0] * self.three[0]

    model = keras.Sequential([keras.Input((1,)), Twice(name="twice")])
    model.save_weights(tmp_path / "w.h5")
    before = model.get_weights()
    model.set_weights([weight * 0 for weight in before])
    model.load_weights(tmp_path / "w.h5")
    for one, other in zip(model.get_weights(), before):
        np.testing.assert_array_equal(one, other)


class TwoOfOneName(keras.Model):
    def __init__(self):
        super().__init__()
        self.one, self.two = layers.Dense(2, name="same"), layers.Dense(3, name="same")

    def call(self, inputs):
        return self.two(self.one(inputs))


def test_two_layers_of_one_name(tmp_path):
    model, other = TwoOfOneName(), TwoOfOneName()
    model(values(2, 4)), other(values(2, 4))
    model.save_weights(tmp_path / "w.h5")
    other.load_weights(tmp_path / "w.h5")
    for one, two in zip(model.get_weights(), other.get_weights()):
        np.testing.assert_array_equal(one, two)


@pytest.mark.parametrize("dtype", ["float16", "bfloat16", "float64"])
def test_dtypes(dtype, tmp_path):
    model = keras.Sequential([keras.Input((4,), dtype=dtype), layers.Dense(2, dtype=dtype)])
    model.save(tmp_path / "m.h5")
    with h5py.File(tmp_path / "m.h5") as file:
        found = content(next(group for group in file["model_weights"].values() if len(group)))[1]
        assert found[0].dtype == ("float32" if dtype == "bfloat16" else dtype)
    loaded = keras.models.load_model(tmp_path / "m.h5", compile=False)
    assert str(loaded.weights[0].dtype).endswith(dtype)
    np.testing.assert_array_equal(loaded.get_weights()[0], model.get_weights()[0])


def test_subclasses_have_no_architecture(tmp_path):
    model = TwoOfOneName()
    model(values(2, 4))
    (tmp_path / "m.h5").write_bytes(b"before")
    with pytest.raises(NotImplementedError, match="requires the model to be a Functional model or a Sequential model"):
        model.save(tmp_path / "m.h5")
    assert (tmp_path / "m.h5").read_bytes() == b"before"


def test_a_file_of_weights_is_no_model(tmp_path):
    model = two_layers(keras)
    model.save_weights(tmp_path / "w.hdf5")
    with pytest.raises(ValueError, match=r"No model config found in the file at .*w.hdf5.*load_weights"):
        keras.models.load_model(tmp_path / "w.hdf5")


def test_checkpoints_of_a_callback(tmp_path):
    model = compiled(keras, "deferred")
    inputs, targets = values(8, 4), values(8, 2)
    keepers = [
        keras.callbacks.ModelCheckpoint(tmp_path / "best.h5", monitor="loss", save_best_only=True),
        keras.callbacks.ModelCheckpoint(tmp_path / "w{epoch}.h5", save_weights_only=True),
    ]
    model.fit(inputs, targets, epochs=2, verbose=0, callbacks=keepers)
    for name in ("best.h5", "w2.h5"):
        other = compiled(keras, "deferred")
        other.load_weights(tmp_path / name)
        for one, two in zip(model.get_weights(), other.get_weights()):
            np.testing.assert_array_equal(one, two)
    loaded = keras.models.load_model(tmp_path / "best.h5")
    assert loaded.evaluate(inputs, targets, verbose=0) == pytest.approx(model.evaluate(inputs, targets, verbose=0))
