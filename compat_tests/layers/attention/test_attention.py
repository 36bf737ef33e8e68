"""Attention and AdditiveAttention beyond the records."""

import json

import pytest
import torch

import torchkeras as keras
from torchkeras import layers
from torchkeras.layers import AdditiveAttention, Attention

QUERY, VALUE = torch.linspace(-1, 1, 24).reshape(1, 4, 6), torch.linspace(2, -1, 30).reshape(1, 5, 6)

each = pytest.mark.parametrize("kind", [Attention, AdditiveAttention])


@each
def test_the_fused_way_and_the_one_by_scores_are_the_same(kind):
    layer = kind(use_scale=True)
    for options in ({}, {"use_causal_mask": True}):
        outputs, scores = layer([QUERY, VALUE], return_attention_scores=True, **options)
        torch.testing.assert_close(layer([QUERY, VALUE], **options), outputs)
        torch.testing.assert_close(scores @ VALUE, outputs)


@each
def test_causal_as_keras_2_first_had_it(kind):
    torch.testing.assert_close(
        kind(causal=True, use_scale=False)([QUERY, VALUE]),
        kind(use_scale=False)([QUERY, VALUE], use_causal_mask=True),
    )
    assert kind(causal=True).get_config()["causal"] is True
    assert "causal" not in kind().get_config()


@each
def test_a_functional_model_and_its_masks(kind):
    tokens = keras.Input((None,), dtype="int64")
    x = layers.Embedding(9, 6, mask_zero=True)(tokens)
    outputs, scores = kind()([x, x], return_attention_scores=True)
    model = keras.Model(tokens, [outputs, scores])
    values, weights = model(torch.tensor([[3, 5, 0]]))
    assert weights[0, :, 2].tolist() == [0, 0, 0]  # padding is not attended to
    assert values[0, 2].tolist() == [0] * 6  # and gives nothing
    assert values._keras_mask.tolist() == [[True, True, False]]
    again = keras.Model.from_config(json.loads(json.dumps(model.get_config())))
    assert again.output_shape == model.output_shape == [(None, None, 6), (None, None, None)]


@each
def test_dropout_of_weights(kind):
    layer = kind(dropout=0.5, seed=7)
    assert layer.get_config()["seed"] == 7
    expected = layer([QUERY, VALUE])
    assert not torch.equal(layer([QUERY, VALUE], training=True), expected)
    assert layers.Dropout(0.1).name == "dropout"  # the layer within takes no name from the model's


def test_subclasses_define_their_scores():
    class Nearest(Attention):
        def _calculate_scores(self, query, key):
            return -torch.cdist(query, key)

    outputs, scores = Nearest()([VALUE, VALUE], return_attention_scores=True)
    assert (scores.argmax(-1) == torch.arange(5)).all()
    torch.testing.assert_close(Nearest()([VALUE, VALUE]), outputs)


@each
def test_wrong_inputs(kind):
    with pytest.raises(ValueError, match=r"must be called on a list of inputs, namely \[query, value\]"):
        kind()(QUERY)
    with pytest.raises(ValueError, match="Received: a list of length 1"):
        kind()([QUERY])
    with pytest.raises(ValueError, match="layer mask must be a list"):
        kind()([QUERY, VALUE], mask=[torch.ones(1, 4)])


def test_wrong_score_mode():
    with pytest.raises(ValueError, match="`score_mode` of layer 'attention' must be 'dot' or 'concat'"):
        Attention(score_mode="sum")
