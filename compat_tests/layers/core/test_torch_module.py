"""TorchModuleWrapper: torch modules in models, their weights, modes and dtypes."""

import copy
import pickle

import numpy as np
import pytest
import torch
from torch import nn

import torchkeras as keras
from torchkeras import layers

X = torch.randn(4, 3)


def wrapped(module, **config):
    return layers.TorchModuleWrapper(module, **config)


def test_it_computes_what_the_module_computes():
    linear = nn.Linear(3, 2)
    layer = wrapped(linear)
    assert torch.equal(layer(X), linear(X))
    assert torch.equal(layer(X, training=True), linear(X))  # nn.Linear knows no such argument
    assert layer.compute_output_shape((None, 3)) == (None, 2)
    assert layer(keras.Input((3,))).shape == (None, 2)
    image = np.zeros((2, 3, 8, 8))
    assert wrapped(nn.Conv2d(3, 4, 3))(image).shape == (2, 4, 6, 6)


def test_several_inputs_and_outputs():
    bilinear = wrapped(nn.Bilinear(3, 4, 2))
    assert bilinear(X, torch.ones(4, 4)).shape == (4, 2)
    assert bilinear(keras.Input((3,)), keras.Input((4,))).shape == (None, 2)
    outputs, _ = wrapped(nn.LSTM(3, 5, batch_first=True))(keras.Input((7, 3)))
    assert outputs.shape == (None, 7, 5)
    assert wrapped(nn.Embedding(3, 4))(keras.Input((5,), dtype="int64")).shape == (None, 5, 4)


def test_weights_are_the_model_s():
    inputs = keras.Input((3,))
    norm = wrapped(nn.BatchNorm1d(2), name="norm")
    model = keras.Model(inputs, norm(wrapped(nn.Linear(3, 2), name="linear")(inputs)))
    assert list(model.state_dict()) == [
        "linear.module.weight", "linear.module.bias", "norm.module.weight", "norm.module.bias",
        "norm.module.running_mean", "norm.module.running_var", "norm.module.num_batches_tracked",
    ]  # fmt: skip
    assert len(model.trainable_weights) == 4
    assert [w.name for w in model.non_trainable_weights] == [
        "norm/module/running_mean:0", "norm/module/running_var:0", "norm/module/num_batches_tracked:0",
    ]  # fmt: skip
    model.set_weights([w + 1 for w in model.get_weights()])
    assert float(norm.module.running_var[0]) == 2.0


def test_batch_norm_follows_training():
    inputs = keras.Input((3,))
    norm = wrapped(nn.BatchNorm1d(3))
    model = keras.Model(inputs, norm(inputs))
    assert not norm.module.running_mean.any()  # nor did the symbolic call touch it
    model(X)
    assert not norm.module.running_mean.any()
    model(X, training=True)
    np.testing.assert_allclose(norm.module.running_mean, 0.1 * X.mean(0), rtol=1e-5)
    before = norm.module.running_mean.clone()
    expected = (X - before) / torch.sqrt(norm.module.running_var + norm.module.eps)
    np.testing.assert_allclose(model(X).detach(), expected, rtol=1e-4, atol=1e-5)
    assert torch.equal(norm.module.running_mean, before)
    model.train()
    model(X)
    assert not torch.equal(norm.module.running_mean, before)


def test_dropout_follows_training():
    layer = wrapped(nn.Dropout(0.5))
    ones = torch.ones(1, 1000)
    assert torch.equal(layer(ones), ones)
    assert (layer(ones, training=True) == 0).any()


def test_freezing():
    layer = wrapped(nn.Sequential(nn.Linear(3, 2), nn.BatchNorm1d(2)))
    layer.trainable = False
    assert not layer.trainable_weights
    assert len(layer.non_trainable_weights) == 7
    assert not any(p.requires_grad for p in layer.parameters())
    layer.trainable = True
    assert len(layer.trainable_weights) == 4
    layer.module[0].requires_grad_(False)  # torch's own way
    assert len(layer.trainable_weights) == 2


def test_sequential_wraps_by_itself():
    model = keras.Sequential([layers.Dense(4, input_shape=(3,)), nn.Linear(4, 5), nn.ReLU(), layers.Dense(2)])
    assert [type(layer).__name__ for layer in model.layers] == [
        "Dense", "TorchModuleWrapper", "TorchModuleWrapper", "Dense",
    ]  # fmt: skip
    assert len(model.weights) == 6
    assert model(X).shape == (4, 2)
    model(X).sum().backward()
    assert all(p.grad is not None for p in model.parameters())


@pytest.mark.parametrize("dtype", [torch.float64, torch.bfloat16])
def test_dtype_is_the_module_s(dtype):
    layer = wrapped(nn.Linear(3, 2).to(dtype))
    assert layer.dtype == str(dtype).removeprefix("torch.")
    assert layer(X).dtype is dtype
    assert layer(keras.Input((3,))).dtype is dtype
    assert layer(layers.Dense(3)(X)).dtype is dtype


def test_a_dtype_that_is_not_the_module_s():
    with pytest.raises(ValueError, match="was given dtype 'float64', but .* parameters of float32.*to\\(torch.float64"):
        wrapped(nn.Linear(3, 2), dtype="float64")
    assert wrapped(nn.ReLU(), dtype="float64")(X).dtype is torch.float64


def test_copies():
    layer = wrapped(nn.Linear(3, 2))
    expected = layer(X)
    assert torch.equal(copy.deepcopy(layer)(X), expected)
    assert torch.equal(pickle.loads(pickle.dumps(layer))(X), expected)
    with pytest.raises(NotImplementedError, match="'torch_module_wrapper' wraps the torch module Linear"):
        layer.get_config()


def test_only_modules():
    with pytest.raises(TypeError, match="wraps a torch.nn.Module. Received: 3"):
        wrapped(3)
