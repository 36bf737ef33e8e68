"""Softmax: axes, and masks as numbers of tf_keras 2.21."""

import numpy as np
import pytest
import torch

import torchkeras as keras
from torchkeras import layers

SCORES = torch.tensor([[1.0, 2.0, 1.0]])
FAR = torch.tensor([[1.0, 2e9, 1.0]])
SOME = torch.tensor([[True, False, True]])


@pytest.mark.parametrize("robust", [False, True])
@pytest.mark.parametrize(
    ("mask", "expected"),
    [
        (SOME, [0.5, 0.0, 0.5]),
        (torch.zeros(1, 3, dtype=torch.bool), [1 / 3, 1 / 3, 1 / 3]),
        (torch.tensor([[1.0, 1.0, 0.25]]), [0.26894143, 0.73105854, 0.0]),
        (torch.tensor([[1, 0, 1]]), [0.5, 0.0, 0.5]),
    ],
)
def test_masks(robust, mask, expected):
    layer = layers.Softmax(robust_masking=robust)
    np.testing.assert_allclose(layer(SCORES, mask)[0], expected, rtol=1e-6)
    np.testing.assert_allclose(layer(SCORES, mask=mask)[0], expected, rtol=1e-6)


def test_robust_masking_rules_out_large_logits():
    assert layers.Softmax()(FAR, SOME).tolist() == [[0.0, 1.0, 0.0]]
    assert layers.Softmax(robust_masking=True)(FAR, SOME).tolist() == [[0.5, 0.0, 0.5]]
    assert layers.Softmax(robust_masking=True).get_config()["robust_masking"] is True
    assert "robust_masking" not in layers.Softmax().get_config()


def test_masks_in_float16():
    assert layers.Softmax(dtype="float16")(SCORES, SOME).tolist() == [[0.5, 0.0, 0.5]]


def test_several_axes():
    x = np.arange(8.0, dtype="float32").reshape(1, 2, 2, 2) / 4
    expected = [[[0.11774887, 0.15119255]] * 2, [[0.32007462, 0.41098392]] * 2]
    np.testing.assert_allclose(layers.Softmax(axis=(1, 3))(x)[0], expected, rtol=1e-6)
    np.testing.assert_allclose(layers.Softmax(axis=[1])(x), torch.softmax(torch.tensor(x), 1))


@pytest.mark.parametrize("axis", ["last", [], [1, "a"], None, 1.5])
def test_wrong_axes(axis):
    with pytest.raises(ValueError, match="axis of layer 'softmax' .* must be an int or a list of ints"):
        layers.Softmax(axis=axis)


def test_axes_that_the_input_does_not_have():
    with pytest.raises(ValueError, match=r"axis=2, which an input of rank 2 does not have"):
        layers.Softmax(axis=2)(SCORES)
    with pytest.raises(ValueError, match="rank 3"):
        layers.Softmax(axis=[1, -4])(keras.Input((2, 3)))


def test_vectors_are_refused_as_in_keras():
    with pytest.raises(ValueError, match="Cannot apply softmax to a tensor that is 1D"):
        layers.Softmax()(np.array([1.0, 2.0]))


def test_fast_path_needs_no_mask():
    layer = layers.Softmax()
    layer(SCORES)
    assert layer._lean_path
    np.testing.assert_allclose(layer(SCORES, SOME)[0], [0.5, 0.0, 0.5])


def test_the_result_remembers_its_logits():
    # Crossentropies compute from them; see activations.softmax.
    assert torch.equal(layers.Softmax()(SCORES)._keras_logits, SCORES)
