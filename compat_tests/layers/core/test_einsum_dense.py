"""EinsumDense beyond the records: the inner nn.Linear, wrong equations."""

import pytest
import torch
from torch import nn

import torchkeras as keras
from torchkeras import layers
from torchkeras.layers import EinsumDense


def test_a_matrix_product_is_an_nn_linear():
    layer = EinsumDense("abc,cde->abde", (None, 2, 3), bias_axes="de")
    x = torch.randn(2, 5, 4)
    outputs = layer(x)
    torch.testing.assert_close(outputs, torch.einsum("abc,cde->abde", x, torch.as_tensor(layer.kernel.numpy())))
    assert isinstance(layer.linear, nn.Linear)
    assert list(layer.state_dict()) == ["linear.weight", "linear.bias"]
    layer.kernel.assign(torch.zeros(4, 2, 3))
    layer.bias.assign(torch.arange(6.0).reshape(2, 3))
    assert not layer.linear.weight.any()
    assert layer.linear.bias.tolist() == [0, 1, 2, 3, 4, 5]
    assert layer(x)[0, 0].tolist() == [[0, 1, 2], [3, 4, 5]]
    handle = layer.linear.register_forward_hook(lambda module, inputs, outputs: -outputs)
    assert layer(x)[0, 0].tolist() == [[0, -1, -2], [-3, -4, -5]]
    handle.remove()


def test_other_equations_keep_their_kernel():
    layer = EinsumDense("ab...,bc->ac...", 4, bias_axes="c")
    assert layer(torch.randn(2, 3, 5)).shape == (2, 4, 5)
    assert {name: tuple(t.shape) for name, t in layer.state_dict().items()} == {"kernel": (3, 4), "bias": (4, 1)}


def test_sizes_that_the_input_tells():
    inputs = keras.Input((None, 6))
    assert EinsumDense("abc,cd->abd", (None, 8))(inputs).shape == (None, None, 8)
    assert EinsumDense("...x,xy->...y", 8)(keras.Input((2, None, 3, 6))).shape == (None, 2, None, 3, 8)


def test_weights_into_an_unbuilt_layer():
    layer, other = (EinsumDense("abc,cd->abd", (None, 3), bias_axes="d") for _ in range(2))
    x = torch.randn(2, 5, 4)
    expected = layer(x)
    other.load_state_dict(layer.state_dict())
    torch.testing.assert_close(other(x), expected)


@pytest.mark.parametrize(
    ("equation", "output_shape", "bias", "message"),
    [
        ("ab->a", 2, None, "Invalid einsum equation 'ab->a'"),
        ("ab,bc->ad", 2, None, "Dimension 'd' was specified in the output 'ad' but has no corresponding dim"),
        ("ab,bcd->ac", 2, None, "Weight dimension 'd' did not have a match"),
        ("ab,bc->ac", 2, "z", "Bias dimension 'z' was requested, but is not part of the output spec 'ac'"),
        ("abc,cd->abd", (4, 2), None, "do not match at shared dimension 'b'"),
        ("abc,cd->abd", 2, None, "expected 2 sizes"),
        ("ab,bc->ac", 2, None, "needs an input of rank 2"),
        ("abc,bd->acd", (None, None), None, "needs a known size of dimension 'd'"),
    ],
)
def test_wrong_equations(equation, output_shape, bias, message):
    with pytest.raises(ValueError, match=message):
        EinsumDense(equation, output_shape, bias_axes=bias)(torch.ones(2, 3, 4))


def test_is_a_dense_layer():
    dense, einsum = layers.Dense(3), EinsumDense("...x,xy->...y", 3, bias_axes="y")
    x = torch.randn(2, 5, 4)
    expected = dense(x)
    einsum(x)
    einsum.set_weights(dense.get_weights())
    torch.testing.assert_close(einsum(x), expected)
