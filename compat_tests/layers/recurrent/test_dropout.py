"""Dropout: masks that stay the same over the steps, drawn anew for each call."""

import numpy as np
import pytest
import torch

from compat_tests.layers.recurrent.helpers import draw, each_kind, fill
from torchkeras import layers


def summing(**settings):
    """A recurrence that adds its inputs up: each state shows which of them were dropped."""
    layer = layers.SimpleRNN(50, activation="linear", return_sequences=True, **settings)
    layer.build((None, None, 50))
    layer.set_weights([np.eye(50), np.eye(50), np.zeros(50)])
    return layer


def test_the_inputs_mask_is_the_same_at_all_steps():
    outputs = summing(dropout=0.4)(torch.ones(20, 3, 50), training=True)
    first = outputs[:, 0]
    torch.testing.assert_close(outputs[:, 1], 2 * first)
    torch.testing.assert_close(outputs[:, 2], 3 * first)
    assert set(np.round(first.unique().tolist(), 5)) == {0.0, np.round(1 / 0.6, 5)}
    assert abs((first == 0).float().mean() - 0.4) < 0.06


def test_the_states_mask_is_the_same_at_all_steps():
    outputs = summing(recurrent_dropout=0.5)(torch.ones(20, 3, 50), training=True)
    torch.testing.assert_close(outputs[:, 0], torch.ones(20, 50))
    kept = outputs[:, 1] == 3.0  # 1 + 1 / (1 - 0.5)
    torch.testing.assert_close(outputs[:, 2], torch.where(kept, 7.0, 1.0))
    assert abs(kept.float().mean() - 0.5) < 0.06


def test_each_call_draws_anew():
    layer = summing(dropout=0.4, recurrent_dropout=0.2)
    x = torch.ones(20, 3, 50)
    assert not torch.equal(layer(x, training=True), layer(x, training=True))
    torch.testing.assert_close(layer(x), x.cumsum(1))


@each_kind
@pytest.mark.parametrize(
    "settings", [{"dropout": 0.5}, {"recurrent_dropout": 0.5}, {"dropout": 0.5, "activation": "elu"}]
)
def test_in_training_alone(kind, settings):
    layer, plain = (
        getattr(layers, kind)(3, **settings),
        getattr(layers, kind)(3, activation=settings.get("activation", "tanh")),
    )
    x = torch.tensor(draw(4, 5, 6))
    layer.build((None, 5, 6))
    plain.build((None, 5, 6))
    fill(layer)
    plain.set_weights(layer.get_weights())
    torch.testing.assert_close(layer(x), plain(x))
    assert not torch.allclose(layer(x, training=True), plain(x))


@pytest.mark.parametrize("kind", ["LSTM", "GRU"])
@pytest.mark.parametrize("implementation", [1, 2])
@pytest.mark.parametrize("reset_after", [True, False])
def test_masks_of_ones_change_nothing(kind, implementation, reset_after, monkeypatch):
    """The ways with masks compute what those without do."""
    settings = {"reset_after": reset_after} if kind == "GRU" else {}
    settings |= {"activation": "elu", "implementation": implementation, "dropout": 0.5}
    layer = getattr(layers, kind)(3, **settings)
    both = getattr(layers, kind)(3, recurrent_dropout=0.5, **settings)
    x = torch.tensor(draw(4, 5, 6))
    layer.build((None, 5, 6))
    both.build((None, 5, 6))
    fill(layer)
    both.set_weights(layer.get_weights())

    def ones(self, like, rate, count):
        return like.new_ones((count, *like.shape))

    monkeypatch.setattr("torchkeras.layers.recurrent.dropout.DropoutRNNCellMixin.draw_masks", ones)
    torch.testing.assert_close(layer(x, training=True), layer(x))
    torch.testing.assert_close(both(x, training=True), layer(x))


def test_films_with_masks_of_ones(monkeypatch):
    layer = layers.ConvLSTM2D(2, 2, padding="same", dropout=0.5, recurrent_dropout=0.5, strides=2)
    film = torch.tensor(draw(2, 3, 5, 4, 3))
    expected = layer(film)

    def ones(self, like, rate, count):
        return like.new_ones((count, *like.shape))

    monkeypatch.setattr("torchkeras.layers.recurrent.dropout.DropoutRNNCellMixin.draw_masks", ones)
    torch.testing.assert_close(layer(film, training=True), expected)


def test_a_cell_keeps_its_masks_until_they_are_reset():
    cell = layers.LSTMCell(3, dropout=0.5, recurrent_dropout=0.5)
    x, states = torch.ones(8, 6), [torch.ones(8, 3), torch.ones(8, 3)]
    first, _ = cell(x, states, training=True)
    torch.testing.assert_close(cell(x, states, training=True)[0], first)
    cell.reset_dropout_mask()
    cell.reset_recurrent_dropout_mask()
    assert not torch.equal(cell(x, states, training=True)[0], first)


def test_a_seed_repeats():
    x = torch.ones(8, 5, 6)
    made = [fill_and_call(x, seed) for seed in (3, 3, 4)]
    torch.testing.assert_close(made[0], made[1])
    assert not torch.equal(made[0], made[2])


def fill_and_call(x, seed):
    layer = layers.LSTM(3, dropout=0.5, recurrent_dropout=0.5, seed=seed)
    layer.build((None, 5, 6))
    assert layer.get_config()["seed"] == seed
    return fill(layer)(x, training=True)
