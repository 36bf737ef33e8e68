"""What random image layers and layers of integers keep to: configs, copies, shapes, modes, errors."""

import copy
import json
import pickle

import numpy as np
import pytest
import torch

import torchkeras as keras
from torchkeras import layers

RANDOM = {
    "RandomFlip": {"mode": "vertical"},
    "RandomRotation": {"factor": 0.3},
    "RandomZoom": {"height_factor": (0.1, 0.4), "width_factor": 0.2},
    "RandomTranslation": {"height_factor": 0.3, "width_factor": 0.2},
    "RandomShear": {"x_factor": 0.3, "y_factor": (0.1, 0.2)},
    "RandomContrast": {"factor": 0.5},
    "RandomBrightness": {"factor": 0.3, "value_range": (0.0, 1.0)},
    "RandomCrop": {"height": 5, "width": 4},
    "RandomHeight": {"factor": (0.5, 0.9)},
    "RandomWidth": {"factor": (0.5, 0.9)},
}
INTEGERS = {
    "Discretization": {"bin_boundaries": [2.0, 4.5]},
    "Hashing": {"num_bins": 7, "salt": [1, 2]},
    "IntegerLookup": {"vocabulary": [3, 1, 8]},
}
each_random = pytest.mark.parametrize("name", RANDOM)
each = pytest.mark.parametrize(("name", "config"), [*RANDOM.items(), *INTEGERS.items()])


def images(count=6):
    return torch.rand(count, 8, 7, 3)


def feed(name):
    return images() if name in RANDOM else torch.arange(12).reshape(4, 3)


@each
def test_config_round_trip(name, config):
    layer = getattr(layers, name)(**config, name="mine")
    again = layers.deserialize(json.loads(json.dumps(layers.serialize(layer))))
    assert type(again) is type(layer)
    assert json.dumps(again.get_config()) == json.dumps(layer.get_config())


@each
def test_copies_give_the_same(name, config):
    layer = getattr(layers, name)(**config)
    x = feed(name)
    expected = layer(x, training=False)
    for copied in (copy.deepcopy(layer), pickle.loads(pickle.dumps(layer))):
        torch.testing.assert_close(copied(x, training=False), expected)
    third = getattr(layers, name)(**config)
    third.load_state_dict(layer.state_dict())
    torch.testing.assert_close(third(x, training=False), expected)


@each
def test_symbolic_shape_and_dtype_are_the_real_ones(name, config):
    x = feed(name)
    layer = getattr(layers, name)(**config)
    symbol = layer(keras.Input(tuple(x.shape[1:]), dtype=x.dtype))
    real = layer(x)
    assert symbol.dtype is real.dtype
    assert len(symbol.shape) == real.dim()
    assert all(a in (None, b) for a, b in zip(symbol.shape, real.shape, strict=True))


@each_random
def test_changes_in_training_and_by_default_only(name):
    layer = getattr(layers, name)(**RANDOM[name])
    x = images(16)
    calm = layer(x, training=False)
    torch.testing.assert_close(layer(x, training=False), calm)
    if name != "RandomCrop":
        torch.testing.assert_close(calm, x)
    for changed in (layer(x), layer(x, training=True)):
        assert changed.shape != calm.shape or not torch.equal(changed, calm)
    layer.eval()
    torch.testing.assert_close(layer(x), calm)
    layer.train()
    assert layer(x).shape != calm.shape or not torch.equal(layer(x), calm)


@each_random
def test_seeds_reproduce(name):
    x = images()
    first, second = (getattr(layers, name)(**RANDOM[name], seed=5) for _ in range(2))
    once = first(x)
    torch.testing.assert_close(second(x), once)
    again = first(x)
    assert again.shape != once.shape or not torch.equal(again, once)
    torch.manual_seed(1)
    free = getattr(layers, name)(**RANDOM[name])
    once = free(x)
    torch.manual_seed(1)
    torch.testing.assert_close(free(x), once)


@each_random
def test_single_images_and_channels_first(name):
    x = images()
    last = getattr(layers, name)(**RANDOM[name], seed=2)
    first = getattr(layers, name)(**RANDOM[name], seed=2, data_format="channels_first")
    torch.testing.assert_close(first(x.permute(0, 3, 1, 2)), last(x).permute(0, 3, 1, 2))
    single = getattr(layers, name)(**RANDOM[name], seed=4)
    batch = getattr(layers, name)(**RANDOM[name], seed=4)
    torch.testing.assert_close(single(x[0]), batch(x[:1])[0])


@each_random
def test_bytes_become_floats(name):
    x = torch.randint(0, 256, (2, 8, 7, 3), dtype=torch.uint8)
    layer = getattr(layers, name)(**RANDOM[name])
    assert layer(x).dtype is torch.float32
    assert layer(x, training=False).dtype is torch.float32
    assert layer(x.numpy()).dtype is torch.float32


@each_random
def test_gradients_pass(name):
    x = images().requires_grad_()
    getattr(layers, name)(**RANDOM[name])(x).sum().backward()
    assert x.grad is not None


@pytest.mark.parametrize("model", ["sequential", "unbuilt", "nested", "functional", "subclass"])
def test_a_model_that_is_just_called_augments_and_predict_does_not(model):
    def flip():
        return layers.RandomFlip()

    if model == "sequential":
        made = keras.Sequential([layers.Input((8, 7, 3)), flip()])
    elif model == "unbuilt":
        made = keras.Sequential([flip()])
    elif model == "nested":
        made = keras.Sequential([keras.Sequential([flip()]), layers.Rescaling(1.0)])
    elif model == "functional":
        inputs = keras.Input((8, 7, 3))
        made = keras.Model(inputs, flip()(inputs))
    else:

        class Own(keras.Model):
            def __init__(self):
                super().__init__()
                self.flip = flip()

            def call(self, inputs, training=None):
                return self.flip(inputs, training=training)

        made = Own()
    x = images(16)
    assert not torch.equal(made(x), x)
    torch.testing.assert_close(made(x, training=False), x)
    np.testing.assert_allclose(made.predict(x.numpy(), verbose=0), x.numpy())


def test_errors_name_the_argument():
    with pytest.raises(ValueError, match="unknown mode argument 'sideways'"):
        layers.RandomFlip("sideways")
    with pytest.raises(NotImplementedError, match="fill_mode"):
        layers.RandomRotation(0.1, fill_mode="mirror")
    with pytest.raises(ValueError, match="height_factor"):
        layers.RandomTranslation(1.5, 0.1)
    with pytest.raises(ValueError, match="value_range"):
        layers.RandomBrightness(0.1, value_range=3)
    with pytest.raises(NotImplementedError, match="interpolation"):
        layers.Resizing(3, 3, interpolation="cubist")
    with pytest.raises(ValueError, match="expects an image"):
        layers.Resizing(3, 3)(torch.rand(3, 4))
    with pytest.raises(ValueError, match="num_tokens must be set"):
        layers.CategoryEncoding()
    with pytest.raises(ValueError, match="repeated term.*\\[4\\]"):
        layers.IntegerLookup(vocabulary=[4, 4])
    with pytest.raises(ValueError, match="both `mean` and `variance`"):
        layers.Normalization(mean=1.0)
    with pytest.raises(ValueError, match="num_bins=0"):
        layers.Hashing(num_bins=0)
    with pytest.raises(TypeError, match="hashes integers or strings"):
        layers.Hashing(num_bins=3)(torch.rand(2))
    with pytest.raises(ValueError, match="at least two inputs"):
        layers.HashedCrossing(num_bins=3)([torch.tensor([1])])
