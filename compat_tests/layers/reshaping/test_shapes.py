"""Flatten, Reshape, Permute, RepeatVector: edges and errors."""

import numpy as np
import pytest
import torch

from torchkeras import Model, layers


def test_flatten_keeps_integers_and_makes_numbers_a_column():
    assert layers.Flatten()(torch.arange(3)).tolist() == [[0], [1], [2]]
    assert layers.Flatten()(torch.ones(2, 3, dtype=torch.int16)).dtype == torch.int16
    assert layers.Flatten()(torch.ones(0, 3, 4)).shape == (0, 12)
    assert layers.Flatten().compute_output_shape((None,)) == (None, 1)
    assert layers.Flatten().compute_output_shape((2, None, 3)) == (2, None)


def test_flatten_gives_weights_of_both_formats_the_same_order():
    x = torch.arange(24).reshape(1, 2, 3, 4)
    first = layers.Flatten(data_format="channels_first")(x.permute(0, 3, 1, 2))
    assert first.tolist() == layers.Flatten()(x).tolist()


def test_flatten_of_images_copies_nothing():
    x = torch.randn(2, 3, 4, 5)
    assert layers.Flatten()(x).data_ptr() == x.data_ptr()


def test_reshape_works_the_free_axis_out():
    assert layers.Reshape((-1, 2))(torch.ones(5, 4, 3)).shape == (5, 6, 2)
    assert layers.Reshape([3, -1])(torch.ones(0, 4, 3)).shape == (0, 3, 4)
    assert layers.Reshape(())(torch.ones(5, 1)).shape == (5,)
    assert layers.Reshape((-1,))(torch.ones(5)).shape == (5, 1)
    assert layers.Reshape(np.array([2, 6]))(torch.ones(5, 4, 3)).shape == (5, 2, 6)
    assert layers.Reshape((-1, 2)).compute_output_shape((None, None, 4)) == (None, None, 2)


@pytest.mark.parametrize("target", [(5, 2), (5, -1), (0, -1)])
def test_reshape_to_a_wrong_size_names_both_shapes(target):
    layer = layers.Reshape(target, name="again")
    message = rf"'again'.*input_shape = \[4, 3\] \(12 values\), output_shape = \[{target[0]}, {target[1]}\]"
    with pytest.raises(ValueError, match=message):
        layer(torch.ones(2, 4, 3))
    with pytest.raises(ValueError, match=message):
        layer(layers.Input((4, 3)))
    with pytest.raises(ValueError, match=message):
        layer(torch.ones(2, 4, 3))  # after a failure as before


def test_reshape_does_not_move_values_between_samples():
    with pytest.raises(ValueError, match="total size of new array must be unchanged"):
        layers.Reshape((6,))(torch.ones(2, 3))  # 6 values in all, 3 in each


def test_reshape_arguments():
    with pytest.raises(TypeError, match="`target_shape` of layer 'again' must be a tuple of integers.*target_shape=12"):
        layers.Reshape(12, name="again")
    with pytest.raises(TypeError, match=r"target_shape=\(None, 2\)"):
        layers.Reshape((None, 2))
    with pytest.raises(ValueError, match="at most one unknown dimension"):
        layers.Reshape((-1, -1))


def test_permute_is_a_view_and_counts_from_one():
    x = torch.randn(2, 3, 4, 5)
    y = layers.Permute((3, 1, 2))(x)
    assert y.data_ptr() == x.data_ptr()
    np.testing.assert_array_equal(y, x.numpy().transpose(0, 3, 1, 2))
    assert layers.Permute((2, 1)).compute_output_shape((None, None, 4)) == (None, 4, None)
    for dims in ((0, 1), (1, 3), (1, 1)):
        with pytest.raises(ValueError, match="must be consecutive and start from 1"):
            layers.Permute(dims)
    with pytest.raises(ValueError, match="expected ndim=3, found ndim=4"):
        layers.Permute((2, 1))(x)


def test_repeat_vector():
    x = torch.arange(6).reshape(2, 3)
    y = layers.RepeatVector(2)(x)
    assert y.tolist() == [[[0, 1, 2], [0, 1, 2]], [[3, 4, 5], [3, 4, 5]]]
    y[0, 0, 0] = 7  # rows of their own
    assert y[0, 1, 0] == 0
    assert layers.RepeatVector(np.int64(2)).get_config()["n"] == 2
    with pytest.raises(TypeError, match="Expected an integer value for `n`"):
        layers.RepeatVector(2.0)
    with pytest.raises(ValueError, match="not to be negative"):
        layers.RepeatVector(-1)
    with pytest.raises(ValueError, match="expected ndim=2, found ndim=3"):
        layers.RepeatVector(2)(torch.ones(2, 3, 4))


@pytest.mark.parametrize(
    "layer", [layers.Flatten(), layers.Reshape((2, -1)), layers.Permute((2, 1))], ids=lambda layer: type(layer).__name__
)
def test_symbolic_integers_stay_integers(layer):
    inputs = layers.Input((4, 3), dtype="int64")
    outputs = layer(inputs)
    assert outputs.dtype == torch.int64
    found = Model(inputs, outputs)(torch.ones(2, 4, 3, dtype=torch.int64))
    assert found.dtype == torch.int64
    assert tuple(found.shape[1:]) == tuple(outputs.shape[1:])
