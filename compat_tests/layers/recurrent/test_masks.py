"""Masks of any form: the fused kernels against NumPy, step by step."""

import itertools

import numpy as np
import pytest
import torch

import torchkeras as keras
from compat_tests.layers.recurrent import reference
from compat_tests.layers.recurrent.helpers import KINDS, close, draw, each_kind, fill, make
from torchkeras import layers

#: All masks of four steps, one for each sample: behind, in front, with holes, none at all.
ALL_MASKS = np.array(list(itertools.product([True, False], repeat=4)))
X = draw(len(ALL_MASKS), 4, 4)


@each_kind
@pytest.mark.parametrize("mask", [ALL_MASKS, ALL_MASKS[[0, 1, 3, 7, 15]], ALL_MASKS[:1]], ids=["any", "behind", "full"])
def test_every_mask_of_four_steps(kind, mask):
    x = X[: len(mask)]
    layer = make(kind, return_sequences=True, return_state=True)
    states = [draw(len(mask), 3, seed=i) for i in range(KINDS[kind])]
    outputs, final = reference.run(kind, x, layer.get_weights(), states, mask)
    given = [torch.tensor(state) for state in states]
    close(layer(torch.tensor(x), mask=torch.tensor(mask), initial_state=given), [outputs, *final])


@each_kind
def test_last_output_alone(kind):
    layer = make(kind)
    zeros = [np.zeros((len(X), 3))] * KINDS[kind]
    outputs, _ = reference.run(kind, X, layer.get_weights(), zeros, ALL_MASKS)
    close([layer(torch.tensor(X), mask=torch.tensor(ALL_MASKS))], [outputs[:, -1]])


@each_kind
def test_zero_output_for_mask(kind):
    layer = make(kind, return_sequences=True, zero_output_for_mask=True)
    zeros = [np.zeros((len(X), 3))] * KINDS[kind]
    outputs, _ = reference.run(kind, X, layer.get_weights(), zeros, ALL_MASKS)
    close([layer(torch.tensor(X), mask=torch.tensor(ALL_MASKS))], [outputs * ALL_MASKS[..., None]])
    last = make(kind, zero_output_for_mask=True)
    close([last(torch.tensor(X), mask=torch.tensor(ALL_MASKS))], [outputs[:, -1] * ALL_MASKS[:, -1:]])


@each_kind
def test_what_padding_holds_is_of_no_consequence(kind):
    layer = make(kind, return_sequences=True, return_state=True)
    mask = torch.tensor(ALL_MASKS)
    x = torch.tensor(X)
    other = torch.where(mask.unsqueeze(-1), x, 100.0)
    for a, b in zip(layer(x, mask=mask), layer(other, mask=mask)):
        torch.testing.assert_close(a, b)


@each_kind
def test_gradients_stop_at_masked_steps(kind):
    layer = make(kind, return_state=True)
    mask = torch.tensor(ALL_MASKS)
    x = torch.tensor(X, requires_grad=True)
    sum(y.square().sum() for y in layer(x, mask=mask)).backward()
    assert (x.grad[~mask] == 0).all()
    assert (x.grad[mask].abs().sum(-1) > 0).all()


def test_an_embedding_masks_and_later_layers_take_it_over():
    tokens = np.array([[3, 1, 4, 0, 0], [0, 0, 2, 5, 1]])
    model = fill(
        keras.Sequential(
            [
                keras.Input((5,)),
                layers.Embedding(6, 4, mask_zero=True),
                layers.LSTM(3, return_sequences=True),
                layers.GRU(2),
            ]
        )
    )
    table, *weights = model.get_weights()
    zeros = np.zeros((2, 3))
    first, _ = reference.run("LSTM", table[tokens], weights[:3], [zeros, zeros], tokens != 0)
    second, _ = reference.run("GRU", first, weights[3:], [np.zeros((2, 2))], tokens != 0)
    close([model(tokens), model.predict(tokens, verbose=0)], [second[:, -1]] * 2)


def test_masks_go_on_only_where_there_are_steps():
    x = keras.Input((5, 4))
    x = layers.Masking()(x)
    assert layers.LSTM(3, return_sequences=True)(x)._keras_mask is not None
    assert layers.LSTM(3)(x)._keras_mask is None
    outputs, h, c = layers.LSTM(3, return_sequences=True, return_state=True)(x)
    assert outputs._keras_mask is not None
    assert h._keras_mask is None
    assert c._keras_mask is None
    for output in layers.Bidirectional(layers.GRU(3, return_sequences=True), merge_mode=None)(x):
        assert output._keras_mask is not None


def test_both_directions_skip_padding():
    layer = layers.Bidirectional(layers.LSTM(3, return_sequences=True))
    layer.build((None, 4, 4))
    fill(layer)
    weights, zeros = layer.get_weights(), [np.zeros((len(X), 3))] * 2
    forward, _ = reference.run("LSTM", X, weights[:3], zeros, ALL_MASKS)
    backward, _ = reference.run("LSTM", X[:, ::-1], weights[3:], zeros, ALL_MASKS[:, ::-1])
    wanted = np.concatenate([forward, backward[:, ::-1]], -1) * ALL_MASKS[..., None]
    close([layer(torch.tensor(X), mask=torch.tensor(ALL_MASKS))], [wanted])
