"""Concatenate: shapes, types, masks and errors. The records have the values."""

import numpy as np
import pytest
import torch

import torchkeras as keras
from torchkeras import layers

X = torch.zeros(1, 4, 3)
ONE = torch.tensor([[True, True, False, False]])
OTHER = torch.tensor([[True, False, True, False]])


def test_output_shapes():
    assert layers.Concatenate().compute_output_shape([(None, 3), (None, 4)]) == (None, 7)
    assert layers.Concatenate().compute_output_shape([(None, 3), (None, None)]) == (None, None)
    assert layers.Concatenate(axis=1).compute_output_shape([(None, 3, None), (None, 3, 4)]) == (None, 6, 4)
    assert layers.concatenate([keras.Input((2, 3)), keras.Input((5, 3))], axis=-2, name="c").shape == (None, 7, 3)


def test_types():
    ints = layers.Concatenate()([np.array([[1]], "int32"), np.array([[2]], "int32")])
    assert ints.dtype is torch.int32
    both = layers.Concatenate()([np.array([[1]], "int32"), np.array([[0.5]])])
    assert both.dtype is torch.float32
    symbols = [keras.Input((1,), dtype="int32"), keras.Input((1,))]
    assert layers.Concatenate()(symbols).dtype is torch.float32


@pytest.mark.parametrize(
    ("axis", "masks", "expected"),
    [  # the first three are tf_keras's, the others it cannot do
        (-1, (ONE, OTHER), [[True, False, False, False]]),
        (1, (ONE, OTHER), [[True, True, False, False, True, False, True, False]]),
        (-1, (ONE, None), [[True, True, False, False]]),
        (1, (ONE, None), [[True, True, False, False, True, True, True, True]]),
        (-2, (None, OTHER), [[True, True, True, True, True, False, True, False]]),
        (0, (ONE, OTHER), [[True, True, False, False], [True, False, True, False]]),
    ],
)
def test_masks(axis, masks, expected):
    inputs = [X.clone(), X.clone()]
    for x, mask in zip(inputs, masks):
        if mask is not None:
            x._keras_mask = mask
    mask = layers.Concatenate(axis=axis).compute_mask(inputs, list(masks))
    assert mask.tolist() == expected
    keras.core.context.seen.masks = True
    if axis != 0:
        assert torch.equal(layers.Concatenate(axis=axis)(inputs)._keras_mask, mask)


def test_masks_of_the_inputs_rank():
    full = torch.tensor([[[True] * 3, [True, False, True], [True] * 3, [False] * 3]])
    assert layers.Concatenate(axis=1).compute_mask([X, X], [full, ONE]).tolist() == [
        [True, False, True, False, True, True, False, False]
    ]
    assert layers.Concatenate().compute_mask([X, X], [full, None]).tolist() == [[True, False, True, False]]
    assert layers.Concatenate().compute_mask([X, X], None) is None
    assert layers.Concatenate().compute_mask([X, X], [None, None]) is None


def test_symbolic_masks():
    steps = layers.Embedding(5, 2, mask_zero=True)(keras.Input((4,)))
    joined = layers.Concatenate(axis=1)([steps, keras.Input((3, 2))])
    assert joined._keras_mask.shape == (None, 7)


@pytest.mark.parametrize("shapes", [[(2, 3), (3, 3)], [(2, 3), (2, 3, 3)], [(2,), (2, 3)]])
def test_shapes_that_do_not_fit(shapes):
    with pytest.raises(
        ValueError, match="'concatenate': .* matching shapes except for the concatenation axis"
    ) as error:
        layers.Concatenate()([torch.zeros(s) for s in shapes])
    assert str(shapes) in str(error.value)


def test_shapes_that_do_not_fit_a_built_layer():
    layer = layers.Concatenate()
    layer([torch.zeros(2, 3), torch.zeros(2, 1)])
    with pytest.raises(ValueError, match=r"matching shapes .* input_shape=\[\(2, 3\), \(4, 3\)\]"):
        layer([torch.zeros(2, 3), torch.zeros(4, 3)])


def test_axis_that_the_inputs_do_not_have():
    with pytest.raises(ValueError, match=r"axis=3, which inputs of rank 2 do not have"):
        layers.Concatenate(axis=3)([torch.zeros(2, 3)] * 2)


@pytest.mark.parametrize("inputs", [torch.zeros(2, 3), []])
def test_a_list_is_wanted(inputs):
    with pytest.raises(ValueError, match="should be called on a list of at least 1 input"):
        layers.Concatenate()(inputs)


def test_one_input():
    assert layers.Concatenate()([torch.ones(2, 3)]).shape == (2, 3)
