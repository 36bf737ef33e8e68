"""Sequential: known and unknown input shapes, add, pop, nested stacks, errors."""

import copy
import pickle

import numpy as np
import pytest
import torch
from torch import nn

import torchkeras as keras
from torchkeras import layers


@pytest.mark.parametrize(
    "first",
    [
        {"input_shape": (4,)},
        {"batch_input_shape": (None, 4)},
        {"input_dim": 4},
        {"input_shape": [4]},
    ],
)
def test_input_shape_arguments_build_at_once(first):
    model = keras.Sequential([layers.Dense(3, **first), layers.Dense(2)])
    assert model.built
    assert [tuple(w.shape) for w in model.weights] == [(4, 3), (3,), (3, 2), (2,)]
    assert model.input_shape == (None, 4)
    assert model.output_shape == (None, 2)


def test_input_as_first_element():
    for first in (keras.Input((4,)), layers.InputLayer(input_shape=(4,)), layers.InputLayer(4)):
        model = keras.Sequential([first, layers.Dense(2)])
        assert model.count_params() == 10
        assert len(model.layers) == 1


def test_unknown_shape_builds_on_the_first_call_or_by_build():
    model = keras.Sequential([layers.Dense(3), layers.Dense(2)])
    assert not model.built
    with pytest.raises(ValueError, match="have not yet been created"):
        _ = model.weights
    assert model(np.ones((5, 4))).shape == (5, 2)
    assert model.count_params() == 23
    assert model(np.ones((1, 4))).shape == (1, 2)
    built = keras.Sequential([layers.Dense(3)])
    built.build((None, 4))
    assert built.count_params() == 15
    assert built.output_shape == (None, 3)


def test_add_and_pop():
    model = keras.Sequential(name="stack")
    assert model.layers == []
    model.add(layers.Dense(3, input_shape=(2,)))
    model.add(layers.Dense(4))
    model.add(layers.Dense(5))
    model.pop()
    assert model.output_shape == (None, 4)
    assert len(model.weights) == 4
    assert model(torch.ones(1, 2)).shape == (1, 4)
    model.add(layers.Dense(6))
    assert model(torch.ones(1, 2)).shape == (1, 6)
    deferred = keras.Sequential([layers.Dense(3), layers.Dense(4)])
    deferred(torch.ones(1, 2))
    deferred.pop()
    assert deferred(torch.ones(1, 2)).shape == (1, 3)
    deferred.add(layers.Dense(7))
    assert deferred(torch.ones(1, 2)).shape == (1, 7)
    with pytest.raises(TypeError, match="no layers"):
        keras.Sequential().pop()


def test_nested_stacks_and_a_model_first():
    inner = keras.Sequential([layers.Dense(3, input_shape=(2,)), layers.Activation("relu")])
    model = keras.Sequential([inner, layers.Dense(1)])
    assert model.count_params() == 13
    deferred = keras.Sequential([keras.Sequential([layers.Dense(3)]), layers.Dense(1)])
    assert deferred(torch.ones(2, 2)).shape == (2, 1)
    inputs = keras.Input((2,))
    functional = keras.Model(inputs, keras.Sequential([layers.Dense(3)])(inputs))
    assert functional.count_params() == 9


def test_torch_modules_in_a_stack():
    model = keras.Sequential([keras.Input((4,)), nn.Linear(4, 3), nn.ReLU(), layers.Dense(1)])
    assert model.output_shape == (None, 1)
    assert len(model.trainable_weights) == 4
    x = torch.randn(2, 4)
    linear = model.layers[0].module
    torch.testing.assert_close(model(x), model.layers[2](torch.relu(linear(x))))


def test_empty_stack_gives_its_input_back():
    x = torch.ones(2)
    assert keras.Sequential()(x) is x


def test_bad_elements():
    with pytest.raises(TypeError, match="must be an instance of class Layer"):
        keras.Sequential(["dense"])
    with pytest.raises(ValueError, match="unique names"):
        keras.Sequential([layers.Dense(1, name="a"), layers.Dense(1, name="a")])

    class Two(layers.Layer):
        def call(self, x):
            return x, x

    with pytest.raises(ValueError, match="single"):
        keras.Sequential([keras.Input((2,)), Two()])


def test_reusing_a_built_layer_on_another_shape():
    layer = layers.Dense(2)
    keras.Sequential([keras.Input((3,)), layer])
    with pytest.raises(ValueError, match=r'"dense" is incompatible.*axis -1.*value 3.*\(None, 4\)'):
        keras.Sequential([keras.Input((4,)), layer])


@pytest.mark.parametrize("known", [True, False])
def test_copies(known):
    model = keras.Sequential([layers.Dense(3, **({"input_shape": (2,)} if known else {})), layers.Dense(1)])
    x = torch.randn(4, 2)
    out = model(x)
    for twin in (copy.deepcopy(model), pickle.loads(pickle.dumps(model))):
        torch.testing.assert_close(twin(x), out)
        twin.layers[0].kernel.assign(np.zeros((2, 3)))
        torch.testing.assert_close(model(x), out)
        assert twin.output_shape[1] == 1
        twin.add(layers.Dense(5))
        assert twin(x).shape == (4, 5)


def test_subclass_of_sequential():
    class Mine(keras.Sequential):
        def __init__(self):
            super().__init__([layers.Dense(2), layers.Dense(1)])

        def call(self, inputs, training=None):
            return super().call(inputs * 0, training=training)

    assert not Mine()(torch.ones(3, 2)).any()


def test_of_an_input_alone(tmp_path):
    model = keras.Sequential([keras.Input((3,))])
    assert model.built
    assert model.weights == model.layers == []
    assert model.input_shape == model.output_shape == (None, 3)
    x = torch.rand(2, 3)
    assert torch.equal(model(x), x)
    model.save(tmp_path / "model.keras")
    again = keras.models.load_model(tmp_path / "model.keras")
    assert torch.equal(torch.as_tensor(again.predict(x, verbose=0)), x)
    model.add(layers.Dense(2))
    assert len(model.weights) == 2
