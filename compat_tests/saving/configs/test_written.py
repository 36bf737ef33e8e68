"""Our configs in the forms of Keras 2 and 3. What the real ones make of them is checked by live.py."""

import json

import pytest

import torchkeras as keras
from compat_tests.saving.configs import specimens
from torchkeras.core.registry import serialize
from torchkeras.layers import FAMILY
from torchkeras.saving import configs

#: Keras 2 does not have all functions of `keras.ops`.
NOT_IN_KERAS_2 = ("named_functions",)
WRITERS = {2: configs.to_keras2, 3: configs.to_keras3}


def built():
    for name, specimen in specimens.LAYERS.items():
        keras.backend.clear_session()
        yield name, specimens.build_layer(keras, specimen)
    for name, build in specimens.MODELS.items():
        keras.backend.clear_session()
        yield name, build(keras)


@pytest.mark.parametrize("generation", [2, 3])
def test_each_form_makes_the_model_again(generation):
    for name, model in built():
        if generation == 2 and name in NOT_IN_KERAS_2:
            continue
        saved = json.loads(json.dumps(WRITERS[generation](serialize(model))))
        again = FAMILY.deserialize(configs.from_saved(saved))
        assert [layer.name for layer in again.layers] == [layer.name for layer in model.layers], name
        if model.built:
            assert [w.shape for w in again.weights] == [w.shape for w in model.weights], name
            assert [t.shape for t in again.outputs] == [t.shape for t in model.outputs], name


def test_the_form_of_keras_3():
    inputs = keras.Input((4,), name="x")
    model = keras.Model(inputs, keras.layers.LeakyReLU(0.1, name="leaky")(inputs * 2.0), name="m")
    saved = configs.to_keras3(serialize(model))
    assert (saved["module"], saved["class_name"]) == ("keras.src.models.functional", "Functional")
    x, product, leaky = saved["config"]["layers"]
    assert x["config"] == {"batch_shape": [None, 4], "dtype": "float32", "sparse": False, "name": "x"}
    assert (product["module"], product["class_name"]) == ("keras.src.ops.numpy", "Multiply")
    tensor, two = product["inbound_nodes"][0]["args"]
    assert tensor["class_name"] == "__keras_tensor__"
    assert tensor["config"]["keras_history"] == ["x", 0, 0]
    assert two == 2.0
    assert leaky["config"]["negative_slope"] == 0.1
    assert "alpha" not in leaky["config"]


def test_the_form_of_keras_2():
    inputs = keras.Input((4,), name="x")
    model = keras.Model(inputs, (1.0 - inputs)[:, :2], name="m")
    layers = configs.to_keras2(serialize(model))["config"]["layers"]
    assert [layer["class_name"] for layer in layers] == ["InputLayer", "TFOpLambda", "SlicingOpLambda"]
    assert layers[1]["inbound_nodes"] == [["_CONSTANT_VALUE", -1, 1.0, {"y": ["x", 0, 0]}]]
    everything = {"start": None, "stop": None, "step": None}
    assert layers[2]["inbound_nodes"][0][3] == {"slice_spec": [everything, everything | {"stop": 2}]}
    assert "module" not in layers[0]


def test_layers_in_layers_in_the_form_of_keras_2():
    """They say where they come from, as tf_keras writes it: Keras 3 finds them by that."""
    inner = keras.Sequential([keras.Input((3,)), keras.layers.Dense(2)], name="inner")
    settings = configs.to_keras2(serialize(keras.layers.TimeDistributed(inner)))["config"]
    assert settings["layer"]["module"] == "keras"
    assert settings["layer"]["registered_name"] is None
    assert all("module" not in layer for layer in settings["layer"]["config"]["layers"])
    cells = keras.layers.StackedRNNCells([keras.layers.LSTMCell(2)])
    settings = configs.to_keras2(serialize(keras.layers.RNN(cells)))["config"]
    assert settings["cell"]["module"] == settings["cell"]["config"]["cells"][0]["module"] == "keras.layers"


def test_what_a_keras_does_not_have_is_said():
    inputs = keras.Input((4,))
    model = keras.Model(inputs, keras.ops.erfinv(inputs))
    with pytest.raises(NotImplementedError, match="'ops.erfinv'.*no counterpart in Keras 2"):
        configs.to_keras2(serialize(model))
    steps = keras.Input((3, 4))
    model = keras.Model(steps, keras.layers.LSTM(3, time_major=True)(steps))
    with pytest.raises(NotImplementedError, match="Keras 3 has no `time_major` in LSTM"):
        configs.to_keras3(serialize(model))


def test_settings_of_compile():
    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(3, activation="softmax")])
    model.compile(keras.optimizers.SGD(0.1, momentum=0.9), keras.losses.SparseCategoricalCrossentropy(), ["accuracy"])
    settings = serialize(model.get_compile_config())
    old, new = configs.training_to_keras2(settings), configs.training_to_keras3(settings)
    assert old["optimizer_config"]["class_name"] == "SGD"
    assert old["loss"]["class_name"] == "SparseCategoricalCrossentropy"
    assert new["loss"]["config"]["reduction"] == "sum_over_batch_size"
    assert "is_legacy_optimizer" not in new["optimizer"]["config"]
    for saved in (old, new):
        again = keras.Sequential([keras.Input((4,)), keras.layers.Dense(3, activation="softmax")])
        again.compile_from_config(configs.training_from_saved(json.loads(json.dumps(saved))))
        assert again.optimizer.get_config() == model.optimizer.get_config()
