"""LayerNormalization, GroupNormalization, RMSNormalization, UnitNormalization."""

import copy
import pickle

import numpy as np
import pytest
import torch
from torch import nn

import torchkeras as keras
from torchkeras.layers import GroupNormalization, LayerNormalization, RMSNormalization, UnitNormalization


def normalized(x, axes, epsilon=1e-3):
    mean, variance = x.mean(axes, keepdims=True), x.var(axes, keepdims=True)
    return (x - mean) / np.sqrt(variance + epsilon)


# --- layer ---


@pytest.mark.parametrize("axis", [-1, 1, [1, 2], [3, 1], [1, 2, 3]])
def test_layer_normalization_over_any_axes(axis):
    x = np.random.normal(size=(2, 3, 4, 5))
    y = LayerNormalization(axis=axis, dtype="float64")(torch.tensor(x))
    np.testing.assert_allclose(y.detach(), normalized(x, tuple(axis) if isinstance(axis, list) else axis), atol=1e-12)


def test_layer_normalization_is_an_nn_layer_norm():
    layer, own = LayerNormalization(epsilon=1e-5), nn.LayerNorm(4)
    x = torch.randn(2, 3, 4)
    layer(x)
    assert type(layer.norm) is nn.LayerNorm
    nn.init.normal_(own.weight)
    layer.norm.load_state_dict(own.state_dict())
    torch.testing.assert_close(layer(x), own(x))
    layer.norm.register_forward_hook(lambda module, args, out: out + 1)
    torch.testing.assert_close(layer(x), own(x) + 1)
    layer.epsilon = 1.0
    assert layer.norm.eps == 1.0


def test_layer_normalization_keeps_weights_in_the_order_of_its_axes():
    layer = LayerNormalization(axis=[2, 1])
    layer(torch.randn(2, 3, 4))
    assert layer.gamma.shape == (4, 3)
    assert layer.norm.weight.shape == (3, 4)
    layer.set_weights([np.arange(12.0).reshape(4, 3), np.zeros((4, 3))])
    # tf_keras reshapes, it does not transpose.
    np.testing.assert_array_equal(layer.norm.weight.detach(), np.arange(12.0).reshape(3, 4))


@pytest.mark.parametrize("axis", [-1, 1])
@pytest.mark.parametrize("dtype", ["float16", "bfloat16"])
def test_layer_normalization_in_half_precision(dtype, axis):
    x = torch.randn(2, 3, 4)
    layer = LayerNormalization(dtype=dtype, axis=axis)
    y = layer(x)
    assert y.dtype is layer.dtype_policy.compute
    np.testing.assert_allclose(y.detach().float(), normalized(x.numpy(), axis), atol=0.05)
    y.sum().backward()
    assert layer.gamma.grad.dtype is y.dtype


def test_layer_normalization_errors():
    with pytest.raises(TypeError, match="Expected an int or a list/tuple of ints"):
        LayerNormalization(axis=1.5)
    with pytest.raises(ValueError, match="Expected 0 <= axis < inputs.rank"):
        LayerNormalization(axis=3)(torch.ones(2, 3))
    with pytest.raises(ValueError, match="needs to know the size"):
        LayerNormalization(axis=1)(keras.Input((None, 3)))
    layer = LayerNormalization(name="ln")
    layer(torch.ones(2, 3))
    with pytest.raises(ValueError, match='"ln" is incompatible'):
        layer(torch.ones(2, 4))


# --- group ---


def grouped(x, groups, epsilon=1e-3):
    parts = x.reshape(*x.shape[:-1], groups, -1)
    axes = (*range(1, x.ndim - 1), x.ndim)
    return normalized(parts, axes, epsilon).reshape(x.shape)


@pytest.mark.parametrize("shape", [(3, 6), (2, 5, 6), (2, 3, 4, 6), (2, 2, 2, 3, 6), (2, 1, 2, 1, 2, 6)])
@pytest.mark.parametrize("groups", [1, 2, -1])
def test_group_normalization_of_any_rank(shape, groups):
    x = np.random.normal(size=shape)
    y = GroupNormalization(groups, dtype="float64")(torch.tensor(x))
    np.testing.assert_allclose(y.detach(), grouped(x, 6 if groups == -1 else groups), atol=1e-12)


@pytest.mark.parametrize("settings", [{}, {"scale": False}, {"center": False}, {"scale": False, "center": False}])
@pytest.mark.parametrize("of_input", [True, False])
def test_gradients_of_group_normalization(settings, of_input):
    layer = GroupNormalization(2, **settings)
    x = torch.randn(2, 3, 3, 4, requires_grad=of_input)
    y = layer(x).square().sum()
    if y.requires_grad:
        y.backward()
    assert all(w.grad is not None for w in layer.trainable_weights)
    assert (x.grad is not None) is of_input


def test_group_normalization_leaves_masked_positions_out():
    x = np.random.normal(size=(2, 5, 4))
    mask = np.arange(5) < np.array([[2], [4]])
    layer = GroupNormalization(2)
    y = layer(torch.tensor(x, dtype=torch.float32), mask=torch.tensor(mask))
    for i in range(2):
        kept = x[i, mask[i]].reshape(-1, 2, 2)
        mean, variance = kept.mean((0, 2)).repeat(2), kept.var((0, 2)).repeat(2)
        np.testing.assert_allclose(y[i].detach(), (x[i] - mean) / np.sqrt(variance + 1e-3), atol=1e-5)
    full = layer(torch.tensor(x), mask=torch.ones(2, 5, 4, dtype=torch.bool))
    torch.testing.assert_close(full, layer(torch.tensor(x)), atol=1e-5, rtol=0)


def test_group_normalization_is_an_nn_group_norm():
    layer = GroupNormalization(2)
    x = torch.randn(2, 3, 3, 4)
    y = layer(x)
    assert type(layer.norm) is nn.GroupNorm
    assert list(layer.state_dict()) == ["norm.weight", "norm.bias"]
    layer.norm.register_forward_hook(lambda module, args, out: out + args[0])
    torch.testing.assert_close(layer(x), x + y)


def test_group_normalization_errors():
    with pytest.raises(TypeError, match="Expected an int for the argument 'axis'"):
        GroupNormalization(2, axis=[1, 2])
    with pytest.raises(ValueError, match=r"Number of groups \(8\) of layer 'gn' must be between 1 .*\(6\)"):
        GroupNormalization(8, name="gn")(torch.ones(2, 6))
    with pytest.raises(ValueError, match=r"channels \(6\) must be a multiple of the number of groups \(4\)"):
        GroupNormalization(4)(torch.ones(2, 6))
    with pytest.raises(ValueError, match="cannot normalize over the batch"):
        GroupNormalization(1, axis=0)(torch.ones(2, 6))
    with pytest.raises(ValueError, match="Number of groups"):
        GroupNormalization(0)(torch.ones(2, 6))


# --- RMS and unit ---


@pytest.mark.parametrize("axis", [-1, 1, [1, 2]])
def test_rms_normalization(axis):
    x = np.random.normal(size=(2, 3, 4))
    axes = tuple(axis) if isinstance(axis, list) else axis
    layer = RMSNormalization(axis=axis, epsilon=0.1, dtype="float64")
    y = layer(torch.tensor(x))
    np.testing.assert_allclose(y.detach(), x / np.sqrt(np.square(x).mean(axes, keepdims=True) + 0.1), atol=1e-12)
    assert [w.name.split("/")[-1] for w in layer.weights] == ["scale:0"]
    assert list(layer.state_dict()) == ["norm.weight"]
    assert {"axis": axis, "epsilon": 0.1}.items() <= layer.get_config().items()


def test_rms_normalization_calls_a_hooked_module():
    layer = RMSNormalization()
    x = torch.randn(2, 3)
    y = layer(x)
    layer.norm.register_forward_hook(lambda module, args, out: -out)
    torch.testing.assert_close(layer(x), -y)


def test_unit_normalization_of_zeros_and_integers():
    x = torch.zeros(2, 3, requires_grad=True)
    y = UnitNormalization()(x)
    y.sum().backward()
    assert torch.equal(y, torch.zeros(2, 3))
    torch.testing.assert_close(x.grad, torch.full((2, 3), 1e6))  # as in TensorFlow
    torch.testing.assert_close(UnitNormalization()(torch.tensor([[3, 4]])), torch.tensor([[0.6, 0.8]]))
    with pytest.raises(ValueError, match="Expected 0 <= axis < inputs.rank"):
        UnitNormalization(axis=[2])(x)


# --- all of them ---

EACH = [
    LayerNormalization,
    lambda **settings: GroupNormalization(2, **settings),
    RMSNormalization,
    UnitNormalization,
]


@pytest.mark.parametrize("make", EACH)
def test_masks_pass(make):
    layer = make()
    assert layer.supports_masking
    x = torch.randn(2, 3, 4)
    model = keras.Sequential([keras.layers.Masking(), layer])
    assert model(x)._keras_mask.shape == (2, 3)


@pytest.mark.parametrize("make", EACH)
def test_copies_compiles_and_maps(make):
    layer = make()
    x = torch.randn(2, 3, 3, 4)
    y = layer(x)
    torch.testing.assert_close(copy.deepcopy(layer)(x), y)
    torch.testing.assert_close(pickle.loads(pickle.dumps(layer))(x), y)
    torch.testing.assert_close(torch.compile(layer, fullgraph=True, backend="eager")(x), y)
    torch.compiler.reset()
    torch.testing.assert_close(torch.vmap(layer)(torch.stack([x, -x])), torch.stack([y, layer(-x)]))
    assert layer(x[:0]).shape == (0, 3, 3, 4)
