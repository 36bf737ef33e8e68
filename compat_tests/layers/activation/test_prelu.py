"""PReLU: which values share an alpha, the slope at 0, and what it needs to know of its input."""

import numpy as np
import pytest
import torch

import torchkeras as keras
from torchkeras import layers

SHARING = [
    ((2, 3, 4, 5), None, (3, 4, 5)),
    ((2, 3, 4, 5), [1, 2], (1, 1, 5)),
    ((2, 3, 4, 5), [1], (1, 4, 5)),
    ((2, 3, 4, 5), [2], (3, 1, 5)),
    ((2, 3, 4, 5), [2, 3], (3, 1, 1)),
    ((2, 3, 4, 5), [1, 2, 3], (1, 1, 1)),
    ((2, 3, 4, 5), 1, (1, 4, 5)),
    ((2, 1, 4), None, (1, 4)),
    ((0, 3, 4), None, (3, 4)),
    ((3,), None, ()),
    # As Keras counts: one off for negative numbers.
    ((2, 3, 4, 5), [-1], (3, 1, 5)),
    ((2, 3, 4, 5), [0], (3, 4, 1)),
]


@pytest.mark.parametrize(("shape", "shared", "alpha"), SHARING)
@pytest.mark.parametrize("gradients", [True, False])
def test_values_for_every_way_of_sharing(shape, shared, alpha, gradients):
    layer = layers.PReLU(shared_axes=shared, alpha_initializer="random_normal")
    x = torch.randn(shape)
    with torch.set_grad_enabled(gradients):
        outputs = layer(x)
    assert tuple(layer.alpha.shape) == alpha
    assert outputs.shape == x.shape
    np.testing.assert_allclose(outputs.detach(), np.where(x > 0, x, layer.alpha.numpy() * x.numpy()), rtol=1e-6)


def test_slope_at_zero_is_keras_s():
    layer = layers.PReLU(alpha_initializer=keras.initializers.Constant(0.5))
    x = torch.tensor([[-1.0, 0.0, 2.0]], requires_grad=True)
    layer(x).sum().backward()
    assert x.grad.tolist() == [[0.5, 0.0, 1.0]]
    assert layer.alpha.grad.tolist() == [-1.0, 0.0, 0.0]


def test_views_that_are_not_contiguous():
    layer = layers.PReLU(shared_axes=[1, 2], alpha_initializer="random_normal")
    x = torch.randn(2, 5, 3, 4).permute(0, 2, 3, 1)
    with torch.no_grad():
        np.testing.assert_allclose(layer(x), np.where(x > 0, x, layer.alpha.numpy() * x.numpy()), rtol=1e-6)


def test_unknown_axes_must_be_shared():
    with pytest.raises(ValueError, match=r"'p_re_lu' .* be known, or shared .* input_shape=\(None, None, 3\)"):
        layers.PReLU()(keras.Input((None, 3)))
    assert layers.PReLU(shared_axes=[1])(keras.Input((None, 3))).shape == (None, None, 3)


def test_axes_that_the_input_does_not_have():
    with pytest.raises(ValueError, match="cannot share axis 4 .* shared_axes between 1 and 3"):
        layers.PReLU(shared_axes=[4])(torch.zeros(1, 2, 2, 2))


@pytest.mark.parametrize("gradients", [True, False])
def test_inputs_of_another_shape(gradients):
    layer = layers.PReLU()
    layer(torch.ones(2, 3, 4))
    with torch.set_grad_enabled(gradients):
        with pytest.raises(ValueError, match="expected ndim=3, found ndim=2"):
            layer(torch.ones(2, 3))
        with pytest.raises(ValueError, match="expected axis 1 of input shape to have value 3"):
            layer(torch.ones(2, 6, 4))
    shared = layers.PReLU(shared_axes=[1])
    shared(torch.ones(2, 3, 4))
    assert shared(torch.ones(2, 7, 4)).shape == (2, 7, 4)
    with pytest.raises(ValueError, match="axis 2"):
        shared(torch.ones(2, 3, 5))


def test_state_dict_builds_it_where_it_tells_the_shape():
    made = layers.PReLU(alpha_initializer="ones")
    made(torch.zeros(1, 3))
    assert list(made.state_dict()) == ["alpha"]
    loaded = layers.PReLU()
    loaded.load_state_dict(made.state_dict())
    assert loaded.alpha.numpy().tolist() == [1.0, 1.0, 1.0]
    with pytest.raises(RuntimeError, match="not built yet"):
        layers.PReLU(shared_axes=[1]).load_state_dict(made.state_dict())
