"""Stateful layers: a batch begins where the one before ended."""

import copy

import numpy as np
import pytest
import torch

import torchkeras as keras
from compat_tests.layers.recurrent import reference
from compat_tests.layers.recurrent.helpers import KINDS, close, draw, each_kind, fill, make
from torchkeras import layers

X = draw(3, 8, 4)


@each_kind
def test_two_batches_are_one_long_one(kind):
    layer = make(kind, batch=3, stateful=True, return_sequences=True)
    wanted, final = reference.run(kind, X, layer.get_weights(), [np.zeros((3, 3))] * KINDS[kind])
    close([layer(torch.tensor(X[:, :5])), layer(torch.tensor(X[:, 5:]))], [wanted[:, :5], wanted[:, 5:]])
    close([state.numpy() for state in layer.states], final)


@each_kind
def test_reset_states(kind):
    layer = make(kind, batch=3, stateful=True)
    first = layer(torch.tensor(X))
    assert not torch.equal(layer(torch.tensor(X)), first)
    layer.reset_states()
    torch.testing.assert_close(layer(torch.tensor(X)), first)
    given = [draw(3, 3, seed=i) for i in range(KINDS[kind])]
    layer.reset_states(given)
    outputs, _ = reference.run(kind, X, layer.get_weights(), given)
    close([layer(torch.tensor(X))], [outputs[:, -1]])


def test_states_are_kept_over_masked_steps():
    layer = make("LSTM", batch=3, stateful=True)
    mask = np.arange(8) < np.array([[3], [8], [5]])
    _, final = reference.run("LSTM", X, layer.get_weights(), [np.zeros((3, 3))] * 2, mask)
    layer(torch.tensor(X), mask=torch.tensor(mask))
    close([state.numpy() for state in layer.states], final)


def test_given_states_count_until_something_is_kept():
    layer = make("GRU", batch=3, stateful=True)
    ones = torch.ones(3, 3)
    outputs, _ = reference.run("GRU", X, layer.get_weights(), [np.ones((3, 3))])
    close([layer(torch.tensor(X), initial_state=ones)], [outputs[:, -1]])
    outputs, _ = reference.run("GRU", X, layer.get_weights(), [outputs[:, -1]])
    close([layer(torch.tensor(X), initial_state=ones)], [outputs[:, -1]])


def test_a_stateful_model_trains_and_resets():
    model = fill(
        keras.Sequential(
            [
                layers.LSTM(3, stateful=True, return_sequences=True, batch_input_shape=(3, None, 4)),
                layers.Bidirectional(layers.GRU(2, stateful=True)),
                layers.Dense(1),
            ]
        )
    )
    before = model.predict(X, batch_size=3, verbose=0)
    model.reset_states()
    close([model.predict(X, batch_size=3, verbose=0)], [before])
    model.compile("sgd", "mse")
    y = np.ones((3, 1), "float32")
    losses = [model.train_on_batch(X, y) for _ in range(5)]
    assert losses[-1] < losses[0]
    model.reset_states()
    assert all((state.numpy() == 0).all() for state in model.layers[0].states)


def test_states_are_no_weights_and_in_no_file():
    layer = make("LSTM", batch=3, stateful=True)
    layer(torch.tensor(X))
    assert len(layer.weights) == 3
    assert len(layer.states) == 2
    assert set(layer.state_dict()) == {f"cell.lstm.{n}" for n in ("weight_ih_l0", "weight_hh_l0", "bias_ih_l0")}
    assert layers.LSTM(3).states == [None, None]


def test_a_copy_has_states_of_its_own():
    layer = make("GRU", batch=3, stateful=True)
    layer(torch.tensor(X))
    copied = copy.deepcopy(layer)
    kept = layer.states[0].numpy()
    copied.reset_states()
    np.testing.assert_array_equal(layer.states[0].numpy(), kept)
    assert (copied.states[0].numpy() == 0).all()


def test_a_gradient_reaches_back_through_a_stateful_call_only():
    layer = make("LSTM", batch=3, stateful=True)
    for _ in range(2):  # the second would fail if it reached into the first
        layer(torch.tensor(X)).sum().backward()


def test_films_keep_their_states():
    layer = layers.ConvLSTM2D(2, 3, padding="same", stateful=True, return_sequences=True)
    film = torch.tensor(draw(2, 6, 4, 5, 3))
    layer.build((2, None, 4, 5, 3))
    whole = layer(film)
    layer.reset_states()
    torch.testing.assert_close(torch.cat([layer(film[:, :2]), layer(film[:, 2:])], 1), whole)
    with pytest.raises(ValueError, match="needs to know the sizes of its images"):
        layers.ConvLSTM2D(2, 3, stateful=True).build((2, None, None, None, 3))


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: layers.LSTM(3, stateful=True)(keras.Input((4, 5))), ValueError, "needs to know its batch size"),
        (lambda: layers.LSTM(3).reset_states(), AttributeError, "Layer must be stateful"),
        (lambda: layers.Bidirectional(layers.LSTM(3)).reset_states(), AttributeError, "Layer must be stateful"),
        (lambda: make("GRU", batch=3, stateful=True).reset_states([X, X]), ValueError, "expects 1 states"),
        (lambda: make("GRU", batch=3, stateful=True).reset_states(X), ValueError, r"expected shape=\(3, 3\)"),
        (lambda: layers.GRU(3, stateful=True).reset_states(), ValueError, "needs to know its batch size"),
    ],
)
def test_errors(call, error, message):
    with pytest.raises(error, match=message):
        call()
