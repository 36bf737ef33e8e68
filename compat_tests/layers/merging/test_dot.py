"""Dot against einsum, and its errors."""

import numpy as np
import pytest
import torch

import torchkeras as keras
from torchkeras import layers

PRODUCTS = [
    (1, (2, 3), (2, 3), "bk,bk->b"),
    ((1, 2), (2, 3), (2, 4, 3), "bk,bik->bi"),
    ((2, 1), (2, 3, 4), (2, 4), "bik,bk->bi"),
    (2, (2, 3, 4), (2, 5, 4), "bik,bjk->bij"),
    (1, (2, 4, 3), (2, 4, 5), "bki,bkj->bij"),
    (-1, (2, 3), (2, 5, 3), "bk,bik->bi"),
    ((-1, -2), (2, 2, 3), (2, 3, 2), "bik,bkj->bij"),
    ((2, 3), (2, 3, 2, 4), (2, 2, 1, 2), "bikj,blmk->bijlm"),
    ((1, 2), (2, 2, 3, 2), (2, 3, 2, 1), "bkij,blkm->bijlm"),
    (1, (0, 3), (0, 3), "bk,bk->b"),
    (2, (0, 3, 4), (0, 5, 4), "bik,bjk->bij"),
]


@pytest.mark.parametrize(("axes", "first", "second", "formula"), PRODUCTS)
@pytest.mark.parametrize("dtype", ["float32", "int32"])
def test_products(axes, first, second, formula, dtype):
    x = (np.random.randn(*first) * 5).astype(dtype)
    y = (np.random.randn(*second) * 5).astype(dtype)
    expected = np.einsum(formula, x, y)
    expected = expected[:, None] if expected.ndim == 1 else expected
    layer = layers.Dot(axes)
    outputs = layer([x, y])
    assert str(outputs.dtype) == f"torch.{dtype}"
    np.testing.assert_allclose(outputs, expected, rtol=1e-5, atol=1e-4)
    shapes = [(None, *first[1:]), (None, *second[1:])]
    assert layers.Dot(axes).compute_output_shape(shapes) == (None, *expected.shape[1:])
    symbols = [keras.Input(first[1:], dtype=dtype), keras.Input(second[1:], dtype=dtype)]
    assert layers.dot(symbols, axes).shape == (None, *expected.shape[1:])


def test_cosines():
    layer = layers.Dot(1, normalize=True)
    outputs = layer([np.array([[3.0, 4.0], [0.0, 0.0]]), np.array([[4.0, 3.0], [1.0, 1.0]])])
    np.testing.assert_allclose(outputs, [[0.96], [0.0]], rtol=1e-6)
    x = torch.tensor([[0.0, 0.0], [1.0, 0.0]], requires_grad=True)
    layer([x, torch.tensor([[1.0, 2.0], [3.0, 4.0]])]).sum().backward()
    np.testing.assert_allclose(x.grad, [[447213.59375, 894427.1875], [0.0, 0.8]], rtol=1e-5)  # tf_keras's


@pytest.mark.parametrize(
    ("axes", "error", "message"),
    [
        ("a", TypeError, "'dot' .* int or a pair. Received: axes='a'"),
        ((1,), ValueError, r"two ints. Received: axes=\(1,\)"),
        ((1, "a"), ValueError, "two ints"),
    ],
)
def test_wrong_axes(axes, error, message):
    with pytest.raises(error, match=message):
        layers.Dot(axes)


@pytest.mark.parametrize(
    ("axes", "first", "second", "message"),
    [
        (1, (2, 3), (2, 4), r"axis values 3 \(at axis 1\) != 4 \(at axis 1\). Full input shapes: \(2, 3\), \(2, 4\)"),
        (0, (2, 3), (2, 3), "expected an axis of each input other than the batch"),
        (-3, (2, 2, 3), (2, 2, 3), "other than the batch"),
        (3, (2, 3), (2, 3), r"axes=3; .* shapes \(2, 3\) and \(2, 3\)"),
        (1, (1, 3), (2, 3), "same batch size"),
        (1, (2,), (2,), "other than the batch"),
    ],
)
def test_shapes_that_do_not_fit(axes, first, second, message):
    with pytest.raises(ValueError, match=message):
        layers.Dot(axes)([torch.zeros(first), torch.zeros(second)])


def test_shapes_that_do_not_fit_a_built_layer():
    layer = layers.Dot(2)
    layer([torch.zeros(2, 3, 4), torch.zeros(2, 3, 4)])
    with pytest.raises(ValueError, match="axis values 4 .* != 5"):
        layer([torch.zeros(2, 3, 4), torch.zeros(2, 3, 5)])


@pytest.mark.parametrize("inputs", [torch.zeros(2, 3), [torch.zeros(2, 3)], [torch.zeros(2, 3)] * 3])
def test_two_inputs_are_wanted(inputs):
    with pytest.raises(ValueError, match="should be called on a list of exactly 2 inputs"):
        layers.Dot(1)(inputs)


def test_axes_unknown_until_the_data_comes():
    output = layers.Dot((2, 1))([keras.Input((None, None)), keras.Input((4, 2))])
    assert output.shape == (None, None, 2)


def test_masks_stop():
    steps = layers.Embedding(3, 2, mask_zero=True)(np.array([[0, 1]]))
    assert not hasattr(layers.Dot(2)([steps, steps]), "_keras_mask")


def test_config():
    assert layers.Dot((1, 2)).get_config()["axes"] == (1, 2)
    again = layers.Dot.from_config({"axes": [1, 2], "normalize": True, "name": "d"})
    assert (again.axes, again.normalize, again.name) == ((1, 2), True, "d")
