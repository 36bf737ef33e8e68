"""Masking and Identity."""

import numpy as np
import pytest
import torch

import torchkeras as keras
from torchkeras import layers


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
def test_padding_of_any_value(dtype):
    layer = layers.Masking(0.1, dtype=dtype)
    outputs = layer(np.array([[[0.1, 0.1], [2.0, 0.1]]], dtype))
    np.testing.assert_allclose(outputs, [[[0, 0], [2, 0.1]]], rtol=1e-3)
    assert outputs._keras_mask.tolist() == [[False, True]]


def test_integers_stay_integers():
    outputs = layers.Masking(1)(np.array([[[1, 1], [2, 1]]]))
    assert outputs.dtype is torch.int64
    assert outputs.tolist() == [[[0, 0], [2, 1]]]


def test_masking_of_vectors():
    outputs = layers.Masking()(torch.tensor([0.0, 1.0]))
    assert outputs.tolist() == [0.0, 1.0]
    assert outputs._keras_mask.tolist() is True


def test_masking_is_first_to_show_a_mask():
    inputs = keras.Input((2, 3))
    masked = layers.Masking()(inputs)
    assert masked._keras_mask.shape == (None, 2)
    seen = []

    class Watch(layers.Layer):
        supports_masking = True

        def call(self, x, mask=None):
            seen.append(mask)
            return x

    model = keras.Model(inputs, Watch()(masked))
    seen.clear()
    model(torch.tensor([[[0.0, 0, 0], [0, 1, 0]]]))
    assert [mask.tolist() for mask in seen] == [[[False, True]]]


def test_compute_mask():
    assert layers.Masking(2.0).compute_mask(np.array([[[2.0], [1.0]]])).tolist() == [[False, True]]


def test_identity_gives_back_what_it_gets():
    layer = layers.Identity()
    x = torch.tensor([[1, 2]])
    assert torch.equal(layer(x), x)
    assert layer(x).dtype is torch.int64
    several = layer({"a": np.ones(2), "b": np.ones(3, "int32")})
    assert (several["a"].dtype, several["b"].dtype) == (torch.float32, torch.int32)


def test_identity_of_symbols():
    given = {"a": keras.Input((2,)), "b": keras.Input((3,), dtype="int32")}
    outputs = layers.Identity()(given)
    assert outputs["a"].shape == (None, 2)
    assert (outputs["a"].dtype, outputs["b"].dtype) == (torch.float32, torch.int32)
    model = keras.Model(given, outputs)
    result = model({"a": torch.ones(1, 2), "b": torch.ones(1, 3, dtype=torch.int32)})
    assert result["b"].dtype is torch.int32


def test_identity_stops_masks_as_in_keras_2():
    masked = layers.Masking()(np.zeros((1, 2, 3), "float32"))
    assert not hasattr(layers.Identity()(masked), "_keras_mask")
    assert hasattr(masked, "_keras_mask")


class Keyword(layers.Layer):
    def call(self, x, *, mask=None):
        return x if mask is None else x * mask[..., None]


class Second(layers.Layer):
    def call(self, x, mask):
        return x * mask[..., None]


@pytest.mark.parametrize("layer", [Keyword, Second])
def test_masks_reach_layers_of_ones_own(layer):
    masked = layers.Masking()(torch.tensor([[[0.0], [1.0]]])) + 0
    masked._keras_mask = torch.tensor([[True, False]])
    assert layer()(masked).tolist() == [[[0.0], [0.0]]]
    assert layer()(layers.Masking()(keras.Input((2, 1)))).shape == (None, 2, 1)


def test_masks_stay_when_inputs_are_cast():
    masked = layers.Masking()(torch.tensor([[[0.0], [1.0]]]))
    assert layers.ReLU(dtype="float64")(masked)._keras_mask.tolist() == [[False, True]]
