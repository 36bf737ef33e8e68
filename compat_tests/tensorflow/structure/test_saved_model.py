"""tf.saved_model: modules and models in folders, and what is refused."""

import json
import os

import numpy as np
import pytest

import torchkeras as keras
from torchkeras import tensorflow as tf

DATA = os.path.join(os.path.dirname(__file__), "..", "..", "saving", "saved_model", "data")


class Scaler(tf.Module):
    def __init__(self, value=1.0):
        super().__init__(name="scaler")
        self.v = tf.Variable(value, name="v")
        self.fixed = tf.constant([1.0, 2.0])
        self.words = tf.constant(["a", "b"])
        self.settings = {"scale": 2.0, "names": ["x", None], "shape": tf.TensorShape([None, 2]), "dtype": tf.float32}
        self.layers = [keras.layers.Dense(2), keras.layers.ReLU()]

    @tf.function
    def __call__(self, x):
        return x * self.v

    @tf.function(input_signature=[tf.TensorSpec([], tf.float32)])
    def mutate(self, value):
        self.v.assign(value)

    @tf.function(input_signature=[tf.TensorSpec(None, tf.float32)])
    def named(self, x):
        return {"out": x * self.v, "more": x + 1.0}


def test_a_module_comes_back(tmp_path):
    module = Scaler(3.0)
    module.twin = module.v  # an object under two names is one
    y = module.layers[0](tf.ones((1, 3)))
    tf.saved_model.save(module, str(tmp_path / "m"))
    assert tf.saved_model.contains_saved_model(str(tmp_path / "m"))
    loaded = tf.saved_model.load(str(tmp_path / "m"))
    assert loaded(tf.constant(2.0)).numpy() == 6.0
    loaded.mutate(tf.constant(5.0))
    assert loaded(tf.constant(2.0)).numpy() == 10.0
    assert module.v.numpy() == 3.0
    assert loaded.twin is loaded.v
    assert loaded.fixed.numpy().tolist() == [1.0, 2.0]
    assert loaded.words.numpy().tolist() == [b"a", b"b"]
    assert loaded.settings["scale"] == 2.0
    assert loaded.settings["names"] == ["x", None]
    assert loaded.settings["shape"].as_list() == [None, 2]
    assert loaded.settings["dtype"] is tf.float32
    np.testing.assert_array_equal(loaded.layers[0](tf.ones((1, 3))).numpy(), y.numpy())
    assert len(loaded.signatures) == 0
    assert loaded.name == "scaler"


def test_training_a_loaded_module(tmp_path):
    tf.saved_model.save(Scaler(1.0), str(tmp_path))
    loaded = tf.saved_model.load(str(tmp_path))
    optimizer = keras.optimizers.SGD(0.05)
    for _ in range(10):
        with tf.GradientTape() as tape:
            loss = (10.0 - loaded(tf.constant(2.0))) ** 2
        variables = tape.watched_variables()
        optimizer.apply_gradients(zip(tape.gradient(loss, variables), variables, strict=True))
    assert loaded.v.numpy() == pytest.approx(5.0, abs=0.05)


def test_signatures(tmp_path):
    module = Scaler(2.0)
    call = module.__call__.get_concrete_function(tf.TensorSpec(None, tf.float32))
    tf.saved_model.save(module, str(tmp_path), signatures={"serving_default": call, "named": module.named})
    loaded = tf.saved_model.load(str(tmp_path))
    assert list(loaded.signatures) == ["serving_default", "named"]
    assert loaded.signatures["serving_default"](x=tf.constant(3.0))["output_0"].numpy() == 6.0
    assert loaded.signatures["serving_default"](tf.constant(3.0))["output_0"].numpy() == 6.0
    found = loaded.signatures["named"](tf.constant([1.0]))
    assert found["out"].numpy() == [2.0]
    assert found["more"].numpy() == [2.0]
    outputs = loaded.signatures["named"].structured_outputs
    assert outputs["out"].name == "out"
    assert outputs["out"].dtype == tf.float32
    with pytest.raises(TypeError, match="missing required arguments: x"):
        loaded.signatures["named"]()
    tf.saved_model.save(module, str(tmp_path / "one"), signatures=call)
    assert list(tf.saved_model.load(str(tmp_path / "one")).signatures) == ["serving_default"]


def test_a_model_comes_back(tmp_path):
    model = keras.Sequential(
        [keras.layers.Dense(2, input_shape=(3,), name="first"), keras.layers.Dense(1, name="last")]
    )
    x = np.ones((2, 3), "float32")
    expected = model(x).numpy()
    tf.saved_model.save(model, str(tmp_path))
    loaded = tf.saved_model.load(str(tmp_path))
    np.testing.assert_array_equal(loaded(x).numpy(), expected)
    infer = loaded.signatures["serving_default"]
    np.testing.assert_array_equal(infer(tf.constant(x))[model.output_names[0]].numpy(), expected)
    assert list(infer.structured_outputs) == ["last"]
    assert infer.structured_outputs["last"].shape.as_list() == [None, 1]
    assert len(loaded.trainable_variables) == 4
    assert len(loaded.variables) == 4


def test_a_users_model_and_layers_in_modules(tmp_path):
    class Own(keras.layers.Layer):
        def build(self, shape):
            self.w = self.add_weight(shape=(shape[-1],), initializer="ones")

        def call(self, x):
            return x * self.w * 3.0

    class Holder(tf.Module):
        def __init__(self):
            super().__init__()
            self.layer = Own()

        @tf.function
        def __call__(self, x):
            return self.layer(x)

    holder = Holder()
    x = tf.constant([[1.0, 2.0]])
    holder(x)
    holder.layer.w.assign([2.0, 4.0])
    tf.saved_model.save(holder, str(tmp_path))
    assert tf.saved_model.load(str(tmp_path))(x).numpy().tolist() == [[6.0, 24.0]]


def test_assets(tmp_path):
    file = tmp_path / "words.txt"
    file.write_text("hello")
    module = tf.Module()
    module.words = tf.saved_model.Asset(str(file))
    tf.saved_model.save(module, str(tmp_path / "m"))
    file.unlink()
    with open(tf.saved_model.load(str(tmp_path / "m")).words.asset_path) as copied:
        assert copied.read() == "hello"


def test_functions_that_cannot_be_found_again(tmp_path):
    module = tf.Module()
    module.f = tf.function(lambda x: x)
    tf.saved_model.save(module, str(tmp_path))
    with pytest.raises(NotImplementedError, match="Make it a method"):
        tf.saved_model.load(str(tmp_path)).f(1)
    other = tf.function(lambda x: x, input_signature=[tf.TensorSpec([])])
    with pytest.raises(ValueError, match="no method or attribute"):
        tf.saved_model.save(Scaler(), str(tmp_path), signatures=other)
    with pytest.raises(ValueError, match="Trackable"):
        tf.saved_model.save(3, str(tmp_path))
    module = Scaler()
    with pytest.raises(ValueError, match="input signature"):
        tf.saved_model.save(module, str(tmp_path), signatures=module.__call__)


def change(folder, **changes):
    path = os.path.join(folder, "saved_model.json")
    with open(path) as file:
        content = json.load(file)
    content.update(changes)
    with open(path, "w") as file:
        json.dump(content, file)
    return content


def test_what_a_folder_says_is_not_trusted(tmp_path):
    folder = str(tmp_path)
    tf.saved_model.save(Scaler(), folder)
    nodes = change(folder)["nodes"]
    change(folder, nodes=[{"kind": "module", "class": "os.system", "attributes": {}}])
    with pytest.raises(ValueError, match="os.system"):
        tf.saved_model.load(folder)
    change(folder, nodes=[nodes[0] | {"attributes": {"f": {"function": ["os", "system"]}}}])
    with pytest.raises(NotImplementedError):
        tf.saved_model.load(folder).f("true")
    change(folder, nodes=[{"kind": "other"}])
    with pytest.raises(OSError, match="unknown kind"):
        tf.saved_model.load(folder)
    change(folder, format="something else")
    with pytest.raises(OSError, match="no saved model"):
        tf.saved_model.load(folder)
    with pytest.raises(OSError, match="does not exist"):
        tf.saved_model.load(str(tmp_path / "nothing"))
    os.makedirs(tmp_path / "real")
    (tmp_path / "real" / "saved_model.pb").write_bytes(b"")
    with pytest.raises(OSError, match="Cannot read .*it has 0 bytes"):
        tf.saved_model.load(str(tmp_path / "real"))


def test_one_folder_for_keras_and_for_the_namespace(tmp_path):
    """What one writes the other reads, and so with a folder of the real tf.keras."""
    model = keras.Sequential([keras.layers.Dense(2, input_shape=(3,))])
    x = np.ones((2, 3), "float32")
    expected = model(x).numpy()
    tf.saved_model.save(model, str(tmp_path / "a"))
    assert "keras_metadata.pb" in os.listdir(tmp_path / "a")
    np.testing.assert_array_equal(keras.models.load_model(tmp_path / "a", compile=False)(x).numpy(), expected)
    model.save(tmp_path / "b")
    loaded = tf.saved_model.load(str(tmp_path / "b"))
    np.testing.assert_array_equal(loaded(x).numpy(), expected)
    assert list(loaded.signatures) == ["serving_default"]
    folder = os.path.join(DATA, "2.21", "sequential")
    with np.load(os.path.join(folder, "expected.npz")) as held:
        found = tf.saved_model.load(folder).signatures["serving_default"](tf.constant(held["x_0"]))
        np.testing.assert_allclose(found["dense_1"].numpy(), held["predicted_0"], atol=1e-6)


def test_a_folder_is_replaced_as_a_whole(tmp_path):
    model = keras.Sequential([keras.layers.Dense(2, input_shape=(3,))])
    tf.saved_model.save(model, str(tmp_path))
    tf.saved_model.save(Scaler(3.0), str(tmp_path))
    assert sorted(os.listdir(tmp_path)) == ["assets", "saved_model.json", "variables"]
    with pytest.raises(ValueError, match="no SavedModel"):
        keras.models.load_model(tmp_path)
    model.save(tmp_path)
    assert "saved_model.json" not in os.listdir(tmp_path)
    assert tf.saved_model.load(str(tmp_path)).model.built


class Named(tf.Module):
    def __init__(self):
        super().__init__()
        self.w = tf.Variable(2.0)

    @tf.function(input_signature=[tf.TensorSpec([], tf.float32, name="scale"), tf.TensorSpec([], tf.float32)])
    def line(self, a, b):
        return {"out": a * self.w + b}

    @tf.function(input_signature=[tf.TensorSpec([], tf.float32, name="x"), tf.TensorSpec([], tf.float32, name="x")])
    def twice(self, a, b):
        return a + b


def test_a_signature_takes_the_names_of_its_specs_and_outlives_its_module(tmp_path):
    module = Named()
    tf.saved_model.save(module, tmp_path / "m", signatures=module.line)
    signature = tf.saved_model.load(tmp_path / "m").signatures["serving_default"]
    assert list(signature.structured_input_signature[1]) == ["scale", "b"]
    assert float(signature(scale=tf.constant(3.0), b=tf.constant(1.0))["out"]) == 7.0
    with pytest.raises(ValueError, match="Two arguments of the signature 'twice' have the name 'x'"):
        tf.saved_model.save(module, tmp_path / "n", signatures=module.twice)
