"""Cells: built-in ones alone and stacked, and a user's own."""

import numpy as np
import pytest
import torch

import torchkeras as keras
from compat_tests.layers.recurrent import reference
from compat_tests.layers.recurrent.helpers import KINDS, close, draw, each_kind, fill, make
from torchkeras import layers

X = draw(3, 5, 4)


class Leaky(layers.Layer):
    """A user's cell: state_size, and call(inputs, states)."""

    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        self.units = self.state_size = units

    def build(self, input_shape):
        self.kernel = self.add_weight(shape=(input_shape[-1], self.units), name="kernel")

    def call(self, inputs, states):
        output = 0.5 * states[0] + torch.as_tensor(inputs) @ self.kernel
        return output, [output]

    def get_config(self):
        return super().get_config() | {"units": self.units}


def leaky(x, kernel, mask=None):
    h, outputs = np.zeros((len(x), kernel.shape[1])), []
    for t in range(x.shape[1]):
        after = 0.5 * h + x[:, t] @ kernel
        h = after if mask is None else np.where(mask[:, t : t + 1], after, h)
        outputs.append(h)
    return np.stack(outputs, 1)


@each_kind
def test_a_cell_does_one_step(kind):
    cell = getattr(layers, f"{kind}Cell")(3)
    cell.build((None, 4))
    fill(cell)
    states = [draw(3, 3, seed=i) for i in range(KINDS[kind])]
    wanted = reference.STEPS[kind](X[:, 0], states, cell.get_weights())
    output, after = cell(torch.tensor(X[:, 0]), [torch.tensor(state) for state in states])
    close([output, *after], [wanted[0], *wanted])


@pytest.mark.parametrize("kind", ["GRU", "SimpleRNN"])
def test_one_state_may_come_without_a_list(kind):
    cell = getattr(layers, f"{kind}Cell")(3)
    output, after = cell(torch.tensor(X[:, 0]), torch.ones(3, 3))
    assert isinstance(after, torch.Tensor)
    torch.testing.assert_close(output, after)


@each_kind
def test_rnn_around_a_cell_is_the_layer(kind):
    layer = make(kind, return_sequences=True)
    cell = getattr(layers, f"{kind}Cell")(3)
    rnn = layers.RNN(cell, return_sequences=True)
    rnn.build((None, None, 4))
    rnn.set_weights(layer.get_weights())
    torch.testing.assert_close(rnn(torch.tensor(X)), layer(torch.tensor(X)))


@pytest.mark.parametrize("reverse", [False, True])
def test_stacked_cells(reverse):
    cells = layers.StackedRNNCells([layers.LSTMCell(3), layers.GRUCell(2)], reverse_state_order=reverse)
    rnn = layers.RNN(cells, return_sequences=True, return_state=True)
    rnn.build((None, None, 4))
    fill(rnn)
    weights = rnn.get_weights()
    mask = np.array([[1, 1, 0, 1, 0], [0, 1, 1, 0, 0], [1, 1, 1, 1, 1]], bool)
    first, (h, c) = reference.run("LSTM", X, weights[:3], [np.zeros((3, 3))] * 2, mask)
    second, (g,) = reference.run("GRU", first, weights[3:], [np.zeros((3, 2))], mask)
    outputs, *states = rnn(torch.tensor(X), mask=torch.tensor(mask))
    (found_h, found_c), found_g = states[::-1] if reverse else states
    close([outputs, found_h, found_c, found_g], [second, h, c, g])
    again = layers.RNN.from_config(rnn.get_config())
    assert again.cell.state_size == cells.state_size


def test_stacked_cells_of_both_kinds_step_by_step():
    rnn = layers.RNN([layers.GRUCell(4), Leaky(2)], return_sequences=True)
    rnn.build((None, None, 4))
    fill(rnn)
    *weights, kernel = rnn.get_weights()
    first, _ = reference.run("GRU", X, weights, [np.zeros((3, 4))])
    close([rnn(torch.tensor(X))], [leaky(first, kernel)])


def test_a_users_cell():
    rnn = layers.RNN(Leaky(3), return_sequences=True, return_state=True)
    mask = np.array([[1, 1, 0, 1, 0], [0, 1, 1, 0, 0], [1, 1, 1, 1, 1]], bool)
    rnn(torch.tensor(X))
    wanted = leaky(X, rnn.get_weights()[0])
    close(rnn(torch.tensor(X)), [wanted, wanted[:, -1]])
    masked = leaky(X, rnn.get_weights()[0], mask)
    close(rnn(torch.tensor(X), mask=torch.tensor(mask)), [masked, masked[:, -1]])


def test_a_users_cell_comes_back_from_its_config():
    rnn = layers.RNN([Leaky(3), Leaky(2)])
    rnn.build((None, None, 4))
    again = layers.RNN.from_config(rnn.get_config(), custom_objects={"Leaky": Leaky})
    again.build((None, None, 4))
    again.set_weights(rnn.get_weights())
    torch.testing.assert_close(again(torch.tensor(X)), rnn(torch.tensor(X)))


def test_a_users_cell_both_ways():
    layer = layers.Bidirectional(layers.RNN(Leaky(3)))
    layer.build((None, 5, 4))
    fill(layer)
    forward, backward = layer.get_weights()
    wanted = np.concatenate([leaky(X, forward)[:, -1], leaky(X[:, ::-1], backward)[:, -1]], -1)
    close([layer(torch.tensor(X))], [wanted])


def test_a_cell_that_is_no_layer():
    class Sum:
        state_size = output_size = 4

        def call(self, inputs, states):
            return inputs + states[0], [inputs + states[0]]

    close([layers.RNN(Sum(), return_sequences=True)(torch.tensor(X))], [np.cumsum(X, 1)])


def test_a_cell_begins_with_its_own_state():
    class FromOne(layers.AbstractRNNCell):
        state_size = output_size = 4

        def call(self, inputs, states):
            return inputs + states[0], [inputs + states[0]]

        def get_initial_state(self, batch_size=None):
            return torch.ones(batch_size, 4)

    close([layers.RNN(FromOne())(torch.tensor(X))], [X.sum(1) + 1])
    plain = layers.AbstractRNNCell()
    with pytest.raises(NotImplementedError, match="AbstractRNNCell needs a `state_size`"):
        plain.state_size  # noqa: B018


def test_constants():
    class Shifted(layers.Layer):
        state_size = 4

        def call(self, inputs, states, constants):
            output = inputs + 0.5 * states[0] + constants[0]
            return output, [output]

    x, shift = keras.Input((5, 4)), keras.Input((4,))
    model = keras.Model([x, shift], layers.RNN(Shifted())(x, constants=[shift]))
    h = np.zeros((3, 4))
    for t in range(5):
        h = X[:, t] + 0.5 * h + X[:, 0]
    close([model.predict([X, X[:, 0]], verbose=0)], [h])
    config = model.get_config()
    first, second = (one.node.operation.name for one in (x, shift))
    assert config["layers"][-1]["inbound_nodes"] == [[[first, 0, 0, {}], [second, 0, 0, {}]]]
    again = keras.Model.from_config(config, custom_objects={"Shifted": Shifted})
    close([again.predict([X, X[:, 0]], verbose=0)], [h])


def test_nested_inputs_and_states():
    class Pair(layers.Layer):
        state_size = (4, 4)
        output_size = (4, 4)

        def call(self, inputs, states):
            a, b = inputs
            after = (states[0] + a, states[1] - b)
            return after, after

    outputs = layers.RNN(Pair(), return_sequences=True)((torch.tensor(X), torch.tensor(X)))
    close(outputs, [np.cumsum(X, 1), -np.cumsum(X, 1)])


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: layers.RNN(3), "Argument `cell` should have a `call` method"),
        (lambda: layers.RNN(layers.Dense(3)), "Argument `cell` should have a `state_size`"),
        (lambda: layers.StackedRNNCells([layers.Dense(3)]), "All cells should have a `state_size`"),
        (lambda: layers.LSTM(0), "`units` of layer 'lstm_cell' to be a positive integer"),
        (lambda: layers.RNN(Leaky(3))(torch.tensor(X), constants=[torch.ones(3)]), "does not support constants"),
    ],
)
def test_errors(make, message):
    with pytest.raises(ValueError, match=message):
        make()
