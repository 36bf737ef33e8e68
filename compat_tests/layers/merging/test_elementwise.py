"""Merging value by value: ranks, types, masks, errors. The records have the values."""

import numpy as np
import pytest
import torch

import torchkeras as keras
from torchkeras import layers

NAMES = ["Add", "Subtract", "Multiply", "Average", "Maximum", "Minimum"]
PLAIN = {
    "Add": lambda x, y: x + y,
    "Subtract": lambda x, y: x - y,
    "Multiply": lambda x, y: x * y,
    "Average": lambda x, y: (x + y) / 2,
    "Maximum": np.maximum,
    "Minimum": np.minimum,
}
each = pytest.mark.parametrize("name", NAMES)


def numbers(*shape):
    return np.arange(int(np.prod(shape)), dtype="float32").reshape(shape)


@each
@pytest.mark.parametrize(("first", "second"), [((2, 3), (2, 3)), ((2, 3), (2, 4, 3)), ((2,), (2, 3)), ((2, 1), (2, 3))])
def test_axes_are_put_in_after_the_batch(name, first, second):
    x, y = numbers(*first), numbers(*second)
    wide = x.reshape(first[0], *[1] * (len(second) - len(first)), *first[1:])
    layer = getattr(layers, name)()
    for values in ([x, y], [torch.tensor(x), torch.tensor(y)], (torch.tensor(x), y)):
        np.testing.assert_allclose(layer(values), PLAIN[name](wide, y))
    symbols = [keras.Input(first[1:]), keras.Input(second[1:])]
    assert getattr(layers, name)()(symbols).shape == (None, *second[1:])


@each
def test_integers_stay_integers(name):
    outputs = getattr(layers, name)()([np.array([[1, 4]], "int32"), np.array([[3, 2]], "int32")])
    expected = PLAIN[name](np.array([[1, 4]]), np.array([[3, 2]]))
    assert outputs.tolist() == expected.tolist()
    assert outputs.dtype is (torch.float32 if name == "Average" else torch.int32)
    symbols = [keras.Input((2,), dtype="int32"), keras.Input((2,), dtype="int32")]
    assert getattr(layers, name)()(symbols).dtype is outputs.dtype


def test_integers_and_floats():
    outputs = layers.Add()([np.array([[1]]), np.array([[0.5]])])
    assert outputs.dtype is torch.float32
    assert layers.Add()([keras.Input((1,), dtype="int64"), keras.Input((1,))]).dtype is torch.float32


@each
def test_functions(name):
    x, y = keras.Input((3,)), keras.Input((3,))
    output = getattr(layers, name.lower())([x, y], name="merged")
    assert output.node.operation.name == "merged"
    assert isinstance(output.node.operation, getattr(layers, name))
    model = keras.Model([x, y], output)
    a, b = numbers(2, 3), numbers(2, 3)[::-1].copy()
    np.testing.assert_allclose(model([a, b]), PLAIN[name](a, b))


@each
def test_one_input_and_none(name):
    layer = getattr(layers, name)
    if name == "Subtract":
        with pytest.raises(ValueError, match="'subtract' .* list of exactly 2 inputs"):
            layer()([numbers(2, 3)])
    else:
        np.testing.assert_allclose(layer()([numbers(2, 3)]), numbers(2, 3))
    with pytest.raises(ValueError, match="should be called on a list of"):
        layer()([])
    with pytest.raises(ValueError, match=r"should be called on a list of .* input_shape=\(2, 3\)"):
        layer()(numbers(2, 3))
    with pytest.raises(ValueError, match="should be called on a list of"):
        layer()(keras.Input((3,)))
    with pytest.raises(ValueError, match="should be called on a list of"):
        layer().compute_output_shape((None, 3))


@each
def test_a_tensor_given_to_a_built_layer(name):
    layer = getattr(layers, name)()
    layer([torch.ones(2, 3), torch.ones(2, 3)])
    with pytest.raises(ValueError, match=r"should be called on a list of .* a tensor of shape \(2, 3\)"):
        layer(torch.ones(2, 3))


@each
def test_shapes_that_do_not_merge(name):
    layer = getattr(layers, name)()
    with pytest.raises(ValueError, match=r"incompatible shapes. Received shapes \(3,\) and \(4,\)"):
        layer([numbers(2, 3), numbers(2, 4)])
    with pytest.raises(ValueError, match=r"different batch sizes. Got tensors with shapes \[\(2, 3\), \(1, 3\)\]"):
        layer([numbers(2, 3), numbers(1, 3)])
    with pytest.raises(ValueError, match="incompatible shapes"):
        layer([keras.Input((3,)), keras.Input((4,))])
    layer([torch.ones(2, 3), torch.ones(2, 3)])
    with pytest.raises(ValueError, match=r"Received shapes \(3,\) and \(5,\)"):  # the fast path too
        layer([torch.ones(2, 3), torch.ones(2, 5)])


def test_output_shapes():
    shape = layers.Add().compute_output_shape
    assert shape([(None, 3), (None, 2, 1)]) == (None, 2, 3)
    assert shape([(2, 3), (None, 3)]) == (2, 3)
    assert shape([(1, 3), (None, 3)]) == (None, 3)
    assert shape([(None, 3), (None, None)]) == (None, 3)
    assert shape([(None, 1), (None, None)]) == (None, None)
    assert shape([(None, 2, 3)] * 3) == (None, 2, 3)


@pytest.mark.parametrize(("name", "larger"), [("Maximum", [0.0, 1.0]), ("Minimum", [1.0, 0.0])])
def test_gradient_of_equal_values_goes_to_the_first_and_nan_stays(name, larger):
    x = torch.tensor([[2.0, 1.0]], requires_grad=True)
    y = torch.tensor([[2.0, 3.0]], requires_grad=True)
    layer = getattr(layers, name)()
    layer([x, y]).sum().backward()
    assert x.grad.tolist() == [[1.0, larger[0]]]
    assert y.grad.tolist() == [[0.0, larger[1]]]
    nan, one = torch.tensor([[torch.nan, 1.0]], requires_grad=True), torch.tensor([[1.0, torch.nan]])
    assert layer([nan, one]).isnan().all()
    with torch.no_grad():
        assert layer([nan, one]).isnan().all()


def test_masks_are_joined_by_and():
    steps = layers.Embedding(3, 2, mask_zero=True)
    first, second = steps(np.array([[0, 1], [2, 0]])), steps(np.array([[1, 1], [0, 0]]))
    bare = torch.zeros(2, 2, 2)
    assert layers.Add()([first, second])._keras_mask.tolist() == [[False, True], [False, False]]
    assert layers.Multiply()([bare, first])._keras_mask.tolist() == [[False, True], [True, False]]
    assert not hasattr(layers.Add()([bare, bare]), "_keras_mask")
    # tf_keras cannot join masks of different ranks.
    mask = layers.Add().compute_mask([bare, bare[:, 0]], [first._keras_mask, torch.tensor([True, False])])
    assert mask.tolist() == [[False, True], [False, False]]


@pytest.mark.parametrize(
    ("inputs", "mask", "message"),
    [
        ([0, 0], [None], "same length. Received: 2 inputs and 1 masks"),
        ([0, 0], 1, "`mask` should be a list"),
        (0, [None], "`inputs` should be a list"),
    ],
)
def test_wrong_masks(inputs, mask, message):
    with pytest.raises(ValueError, match=message):
        layers.Add().compute_mask(inputs, mask)


def test_fast_path_gives_way_to_hooks_and_regularizers():
    layer, x = layers.Add(), torch.ones(2, 3)
    layer([x, x])
    assert layer._lean_path
    layer.register_forward_hook(lambda module, inputs, outputs: outputs + 5)
    assert layer([x, x])[0, 0] == 7
    layer = layers.Add(activity_regularizer="l2")
    layer([x, x])
    assert len(layer.losses) == 1


def test_a_layer_of_ones_own_kind():
    class Weighted(layers.Add):
        def call(self, inputs):
            return super().call([inputs[0], 2 * inputs[1]])

    x = torch.ones(2, 3)
    for _ in range(2):
        assert Weighted()([x, x])[0, 0] == 3
