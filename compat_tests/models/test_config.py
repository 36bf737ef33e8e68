"""Configs, JSON, cloning, custom objects."""

import json

import numpy as np
import pytest
import torch

import torchkeras as keras
from torchkeras import layers


def same(model, twin, *inputs):
    twin.set_weights(model.get_weights())
    ours, theirs = model(*inputs), twin(*inputs)
    for a, b in zip(*(x if isinstance(x, (list, tuple)) else [x] for x in (ours, theirs)), strict=True):
        torch.testing.assert_close(a, b)
    assert [layer.name for layer in model.layers] == [layer.name for layer in twin.layers]
    assert not {id(w.parameter) for w in model.weights} & {id(w.parameter) for w in twin.weights}


def branching():
    a, b = keras.Input((4,), name="a"), keras.Input((4,), name="b")
    shared = layers.Dense(3, activation="relu", kernel_regularizer="l2", name="shared")
    both = layers.Concatenate()([shared(a), shared(b)])
    scaled = 2.0 - both * np.float32(0.5)
    cut = torch.tanh(scaled)[:, 1:5, ...]
    return keras.Model([a, b], [layers.Dense(2)(cut), torch.stack([cut, cut], dim=1)], name="branching")


def nested():
    inner = keras.Sequential([layers.Dense(3, input_shape=(4,)), layers.Activation("tanh")], name="inner")
    x = keras.Input((4,))
    deep = keras.Model(y := keras.Input((3,)), layers.Dense(2)(y), name="deep")
    return keras.Model(x, deep(inner(x)))


@pytest.fixture(params=["branching", "nested", "sequential", "deferred"])
def case(request):
    x = torch.randn(5, 4)
    if request.param == "branching":
        return branching(), ([x, torch.randn(5, 4)],)
    if request.param == "nested":
        return nested(), (x,)
    known = {"input_shape": (4,)} if request.param == "sequential" else {}
    model = keras.Sequential([layers.Dense(3, **known), layers.Dense(2, activation="softmax")])
    model(x)
    return model, (x,)


def test_config_round_trip(case):
    model, inputs = case
    config = json.loads(json.dumps(model.get_config()))
    same(model, type(model).from_config(config), *inputs)


def test_json_round_trip(case):
    model, inputs = case
    text = model.to_json()
    assert json.loads(text)["class_name"] in ("Functional", "Sequential")
    same(model, keras.models.model_from_json(text), *inputs)


def test_clone(case):
    model, inputs = case
    same(model, keras.models.clone_model(model), *inputs)


def test_clone_on_other_inputs_and_with_a_function():
    model = keras.Sequential([layers.Dense(3, input_shape=(4,), activation="relu"), layers.Dense(2)])

    def without_activation(layer):
        config = layer.get_config()
        if "activation" in config:
            config["activation"] = "linear"
        return type(layer).from_config(config)

    twin = keras.models.clone_model(model, clone_function=without_activation)
    assert twin.layers[0].activation is keras.activations.linear
    entry = keras.Input((4,), name="entry")
    functional = keras.Model(i := keras.Input((4,)), layers.Dense(2)(i))
    again = keras.models.clone_model(functional, input_tensors=entry)
    assert again.input_names == ["entry"]


def test_frozen_models_come_back_frozen():
    model = branching()
    model.get_layer("shared").trainable = False
    twin = keras.models.model_from_json(model.to_json())
    assert not twin.get_layer("shared").trainable
    assert len(twin.trainable_weights) == 2


@keras.utils.register_keras_serializable(package="tests")
class Registered(layers.Layer):
    def __init__(self, factor, **kwargs):
        super().__init__(**kwargs)
        self.factor = factor

    def call(self, x):
        return x * self.factor

    def get_config(self):
        return super().get_config() | {"factor": self.factor}


class Unregistered(Registered):
    pass


def double(x):
    return x * 2


def test_registered_classes_are_found_and_others_need_custom_objects():
    model = keras.Sequential([keras.Input((2,)), Registered(3.0)])
    saved = json.loads(model.to_json())
    assert saved["config"]["layers"][1]["registered_name"] == "tests>Registered"
    assert keras.models.model_from_json(model.to_json())(torch.ones(1, 2)).tolist() == [[3.0, 3.0]]

    text = keras.Sequential([keras.Input((2,)), Unregistered(4.0), layers.Activation(double)]).to_json()
    with pytest.raises(ValueError, match="Unknown layer: 'Unregistered'.*custom_objects"):
        keras.models.model_from_json(text)
    objects = {"Unregistered": Unregistered, "double": double}
    assert keras.models.model_from_json(text, custom_objects=objects)(torch.ones(1, 2)).tolist() == [[8.0, 8.0]]
    with keras.utils.custom_object_scope(objects):
        assert keras.models.model_from_json(text)(torch.ones(1, 2)).tolist() == [[8.0, 8.0]]
    keras.utils.get_custom_objects().update(objects)
    try:
        assert keras.models.model_from_json(text)(torch.ones(1, 2)).tolist() == [[8.0, 8.0]]
    finally:
        for name in objects:
            keras.utils.get_custom_objects().pop(name)


def test_two_classes_cannot_share_a_registered_name():
    with pytest.raises(ValueError, match="already been registered"):

        @keras.utils.register_keras_serializable(package="tests", name="Registered")
        class Other(layers.Layer):
            pass


def test_subclassed_model_with_its_own_config():
    class Net(keras.Model):
        def __init__(self, units, **kwargs):
            super().__init__(**kwargs)
            self.units, self.d = units, layers.Dense(units)

        def call(self, x):
            return self.d(x)

    model = Net(3, name="net")
    again = Net.from_config(model.get_config())
    assert (again.units, again.name) == (3, "net")
    assert keras.models.clone_model(model).units == 3


def test_functions_that_cannot_be_found_again_are_refused():
    x = keras.Input((2,))
    record = keras.Model(x, layers.Activation(lambda t: t * 2)(x))
    text = record.to_json()
    with pytest.raises(ValueError, match="<lambda>"):
        keras.models.model_from_json(text)
    config = json.loads(keras.Model(x, torch.relu(x)).to_json())
    entry = config["config"]["layers"][1]
    assert entry["config"]["label"] == "torch.relu"
    for forbidden in ("torch.load", "os.system", "torch.hub.load", "builtins.eval", "torch.save"):
        entry["config"] |= {"label": forbidden, "function": forbidden}
        with pytest.raises(ValueError, match="cannot be put into a config"):
            keras.models.model_from_json(json.dumps(config))


def test_losses_on_symbolic_tensors_come_back():
    a, b = keras.Input((3,)), keras.Input((3,))
    model = keras.Model([a, b], keras.losses.mean_squared_error(a, b))
    x, y = torch.randn(4, 3), torch.randn(4, 3)
    torch.testing.assert_close(keras.models.model_from_json(model.to_json())([x, y]), (x - y).square().mean(-1))


def test_configs_that_are_no_graph():
    config = json.loads(branching().to_json())
    config["config"]["layers"][2]["inbound_nodes"] = [[["nowhere", 0, 0, {}]]]
    with pytest.raises(ValueError, match="'nowhere'"):
        keras.models.model_from_json(json.dumps(config))
    config = json.loads(nested().to_json())
    names = [layer["name"] for layer in config["config"]["layers"]]
    config["config"]["layers"][1]["inbound_nodes"] = [[[names[2], 0, 0, {}]]]
    with pytest.raises(ValueError, match="nothing ever feeds"):
        keras.models.model_from_json(json.dumps(config))
    with pytest.raises(TypeError, match="not a list"):
        keras.models.model_from_config([])
    with pytest.raises(RuntimeError, match="YAML"):
        nested().to_yaml()


def test_weights_argument_and_set_weights_errors():
    layer = layers.Dense(2, weights=[np.ones((3, 2)), np.zeros(2)])
    assert layer(torch.ones(1, 3)).tolist() == [[3.0, 3.0]]
    with pytest.raises(ValueError, match='layer "dense".*length 1.*expecting 2'):
        layer.set_weights([np.ones((3, 2))])
    before = layer.get_weights()
    with pytest.raises(ValueError, match=r"\(2,\).*not compatible.*\(3,\)"):
        layer.set_weights([np.zeros((3, 2)), np.ones(3)])
    np.testing.assert_array_equal(before[0], layer.get_weights()[0])
