"""Folders that we write: what is in them, how they come back, how they take the place of others."""

import json
import os

import numpy as np
import pytest

import torchkeras as keras
from compat_tests.saving.saved_model.models import KEPT, functional, make_class, own_class, sequential, texts
from torchkeras import layers
from torchkeras.saving.saved_model import saving
from torchkeras.saving.saved_model.messages import SavedMetadata, SavedModel

NAMES = ["assets", "keras_metadata.pb", "saved_model.pb", "variables"]


def trained(make):
    model, x, y = make(keras, None)
    if y is not None:
        model.fit(x, y, epochs=2, batch_size=4, shuffle=False, verbose=0)
    return model, x, y


def same(one, other):
    return all((a == b).all() for a, b in zip(one.get_weights(), other.get_weights(), strict=True))


@pytest.mark.filterwarnings("ignore:No training configuration")
@pytest.mark.parametrize("make", KEPT["2.21"], ids=lambda make: make.__name__)
def test_there_and_back(make, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)  # where one of them writes a vocabulary
    model, x, y = trained(make)
    model.save(tmp_path / "m")
    assert sorted(os.listdir(tmp_path / "m")) == NAMES
    assert sorted(os.listdir(tmp_path / "m" / "variables")) == ["variables.data-00000-of-00001", "variables.index"]
    if os.path.exists("words.txt"):
        os.remove("words.txt")
    found = keras.models.load_model(tmp_path / "m", custom_objects={"Own": make_class(keras)})
    for one, other in zip(_listed(found.predict(x, verbose=0)), _listed(model.predict(x, verbose=0)), strict=True):
        np.testing.assert_array_equal(one, other)
    if y is not None:
        settings = {"epochs": 2, "batch_size": 4, "shuffle": False, "verbose": 0}
        assert found.fit(x, y, **settings).history == model.fit(x, y, **settings).history


def _listed(found):
    return found if isinstance(found, list) else [found]


def test_what_keras_is_told(tmp_path):
    model, *_ = trained(functional)
    model.save(tmp_path / "m")
    nodes = SavedMetadata.FromString((tmp_path / "m" / "keras_metadata.pb").read_bytes()).nodes
    kinds = {node.node_path: node.identifier for node in nodes}
    assert kinds["root"] == "_tf_keras_network"
    assert "_tf_keras_sequential" in kinds.values()
    assert "_tf_keras_input_layer" in kinds.values()
    described = {node.node_id: json.loads(node.metadata) for node in nodes}
    settings = described[0]["training_config"]  # as tf_keras has them: it finds metrics by these names
    assert settings["optimizer_config"]["class_name"] == "Custom>SGD"
    assert described[0]["is_graph_network"] is True
    assert all(one["class_name"] and "config" in one for one in described.values())
    saved = SavedModel.FromString((tmp_path / "m" / "saved_model.pb").read_bytes())
    assert saved.saved_model_schema_version == 1
    objects = saved.meta_graphs[0].object_graph_def.nodes
    variables = {node.variable.name for node in objects if node.WhichOneof("kind") == "variable"}
    assert variables == {variable.path for variable in model.weights}
    for node in nodes:
        assert objects[node.node_id].user_object.identifier == node.identifier


def test_states_of_recurrent_layers(tmp_path):
    x = inputs = keras.Input(batch_shape=(2, 5, 3))
    x = layers.Bidirectional(layers.LSTM(3, return_sequences=True, stateful=True))(x)
    cells = [layers.LSTMCell(4), layers.GRUCell(3)]
    model = keras.Model(inputs, layers.RNN(cells, stateful=True)(x))
    given = np.random.default_rng(0).normal(size=(2, 5, 3)).astype("float32")
    fresh = model.predict(given, verbose=0)
    model.save(tmp_path / "m")
    after = model.predict(given, verbose=0)
    assert np.abs(after - fresh).max() > 1e-3
    found = keras.models.load_model(tmp_path / "m", compile=False)
    np.testing.assert_array_equal(found.predict(given, verbose=0), after)
    objects = SavedModel.FromString((tmp_path / "m" / "saved_model.pb").read_bytes()).meta_graphs[0].object_graph_def
    kept = [node for node in objects.nodes if any(child.local_name == "states" for child in node.children)]
    assert len(kept) == 3  # where TensorFlow looks for them: `keras_api` of each recurrent layer


def test_without_the_optimizer(tmp_path):
    model, *_ = trained(sequential)
    model.save(tmp_path / "m", include_optimizer=False)
    with pytest.warns(UserWarning, match="No training configuration"):
        found = keras.models.load_model(tmp_path / "m")
    assert not found.compiled
    assert same(found, model)


def test_a_vocabulary_goes_along(tmp_path):
    model, *_ = texts(keras, None)
    model.save(tmp_path / "m")
    found = keras.models.load_model(tmp_path / "m", compile=False)
    assert [v.get_vocabulary() for v in _lookups(found)] == [v.get_vocabulary() for v in _lookups(model)]


def _lookups(model):
    return [layer for layer in model.layers if hasattr(layer, "get_vocabulary")]


def test_saving_what_was_loaded(tmp_path):
    model, x, _ = trained(own_class)
    model.save(tmp_path / "a")
    known = {"Own": make_class(keras)}
    keras.models.load_model(tmp_path / "a", known).save(tmp_path / "b")  # without any call
    found = keras.models.load_model(tmp_path / "b", known)
    np.testing.assert_array_equal(found.predict(x, verbose=0), model.predict(x, verbose=0))


def test_names_and_formats(tmp_path):
    model, *_ = sequential(keras, None)
    model.save(f"{tmp_path}/with_slash/")
    model.save(tmp_path / "by.name", save_format="tf")
    keras.models.save_model(model, tmp_path / "by_function")
    for name in ("with_slash", "by.name", "by_function"):
        assert sorted(os.listdir(tmp_path / name)) == NAMES
        assert same(keras.models.load_model(tmp_path / name), model)
    with pytest.raises(FileExistsError, match="overwrite=True"):
        model.save(tmp_path / "by_function", overwrite=False)


# --- taking the place of another folder ---


def test_other_files_in_the_folder_stay(tmp_path):
    model, *_ = sequential(keras, None)
    (tmp_path / "m" / "notes").mkdir(parents=True)
    (tmp_path / "m" / "notes" / "a.txt").write_text("mine")
    (tmp_path / "m" / "assets").mkdir()
    (tmp_path / "m" / "assets" / "old.txt").write_text("of the model before")
    model.save(tmp_path / "m")
    assert sorted(os.listdir(tmp_path / "m")) == sorted([*NAMES, "notes"])
    assert (tmp_path / "m" / "notes" / "a.txt").read_text() == "mine"
    assert os.listdir(tmp_path / "m" / "assets") == []
    assert os.listdir(tmp_path) == ["m"]


@pytest.mark.parametrize("exchange", [True, False])
def test_an_interruption_leaves_the_folder_before(exchange, tmp_path, monkeypatch):
    first, *_ = sequential(keras, None)
    first.save(tmp_path / "m")

    def interrupted(*args):
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(saving, "_saved_model", interrupted)
        with pytest.raises(KeyboardInterrupt):
            sequential(keras, None)[0].save(tmp_path / "m")
    assert os.listdir(tmp_path) == ["m"]
    assert same(keras.models.load_model(tmp_path / "m"), first)
    if not exchange:  # a system that cannot swap two names at once
        monkeypatch.setattr("ctypes.CDLL", interrupted_library)
    second, *_ = sequential(keras, None)
    second.save(tmp_path / "m")
    assert os.listdir(tmp_path) == ["m"]
    assert same(keras.models.load_model(tmp_path / "m"), second)


def interrupted_library(*args, **kwargs):
    raise OSError("there is none")


def test_what_a_killed_process_left_goes_away(tmp_path):
    model, *_ = sequential(keras, None)
    (tmp_path / "m.unfinished" / "variables").mkdir(parents=True)
    (tmp_path / "m.unfinished" / "keras_metadata.pb").write_bytes(b"half")
    model.save(tmp_path / "m")
    assert os.listdir(tmp_path) == ["m"]


def test_a_link_to_a_folder_stays_one(tmp_path):
    model, *_ = sequential(keras, None)
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "real")
    model.save(tmp_path / "link")
    assert (tmp_path / "link").is_symlink()
    assert sorted(os.listdir(tmp_path / "real")) == NAMES
    assert same(keras.models.load_model(tmp_path / "link"), model)


def test_a_full_disk_names_the_folder(tmp_path, monkeypatch):
    model, *_ = sequential(keras, None)

    def full(*args):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(saving, "write_bundle", full)
    with pytest.raises(OSError, match=r"Cannot write .*/m'.*No space left"):
        model.save(tmp_path / "m")
    assert os.listdir(tmp_path) == []


def test_checkpoints_of_a_run(tmp_path):
    model, x, y = sequential(keras, None)
    pattern = str(tmp_path / "run-{epoch:02d}")
    model.fit(x, y, epochs=2, verbose=0, callbacks=[keras.callbacks.ModelCheckpoint(pattern)])
    assert sorted(os.listdir(tmp_path)) == ["run-01", "run-02"]
    assert same(keras.models.load_model(tmp_path / "run-02"), model)
    assert not same(keras.models.load_model(tmp_path / "run-01"), model)


def test_what_keras_2_has_not(tmp_path):
    inputs = keras.Input((3,))
    model = keras.Model(inputs, keras.ops.logaddexp(inputs, inputs))
    with pytest.raises(NotImplementedError, match="has no counterpart in Keras 2"):
        model.save(tmp_path / "m")
    assert os.listdir(tmp_path) == []


def test_layers_of_ones_own(tmp_path):
    class Scaled(layers.Layer):
        def build(self, shape):
            self.factor = self.add_weight(shape=(shape[-1],), initializer="ones", name="factor")

        def call(self, x):
            return x * self.factor

    model = keras.Sequential([keras.Input((3,)), Scaled()])
    model.layers[0].factor.assign([1.0, 2.0, 3.0])
    model.save(tmp_path / "m")
    found = keras.models.load_model(tmp_path / "m", {"Scaled": Scaled}, compile=False)
    assert found.layers[0].factor.numpy().tolist() == [1.0, 2.0, 3.0]
    with pytest.raises(ValueError, match="Scaled.*custom_objects"):
        keras.models.load_model(tmp_path / "m", compile=False)
