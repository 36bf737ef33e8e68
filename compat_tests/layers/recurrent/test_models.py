"""Recurrent layers in models: encoders and decoders, configs, summaries, names."""

import numpy as np
import pytest
import torch

import torchkeras as keras
from compat_tests.layers.recurrent import reference
from compat_tests.layers.recurrent.helpers import close, draw, fill
from torchkeras import layers

A, B = draw(2, 6, 4), draw(2, 3, 4, seed=2)


def translator():
    source, target = keras.Input((None, 4), name="source"), keras.Input((None, 4), name="target")
    _, h, c = layers.LSTM(5, return_state=True, name="encoder")(source)
    y, _, _ = layers.LSTM(5, return_sequences=True, return_state=True, name="decoder")(target, initial_state=[h, c])
    return fill(keras.Model([source, target], y, name="translator"))


def test_an_encoder_hands_its_states_to_a_decoder():
    model = translator()
    weights = model.get_weights()
    _, states = reference.run("LSTM", A, weights[:3], [np.zeros((2, 5))] * 2)
    wanted, _ = reference.run("LSTM", B, weights[3:], states)
    close([model([A, B]), model.predict([A, B], verbose=0)], [wanted] * 2)


def test_states_are_inputs_of_the_node_as_keras_saves_them():
    config = translator().get_config()
    calls = {layer["name"]: layer["inbound_nodes"] for layer in config["layers"]}
    assert calls["encoder"] == [[["source", 0, 0, {}]]]
    assert calls["decoder"] == [[["target", 0, 0, {}], ["encoder", 0, 1, {}], ["encoder", 0, 2, {}]]]


def test_a_model_with_initial_states_comes_back_from_its_config():
    model = translator()
    for again in (keras.Model.from_config(model.get_config()), keras.models.clone_model(model)):
        again.set_weights(model.get_weights())
        torch.testing.assert_close(again([A, B]), model([A, B]))
    decoder = model.get_layer("decoder")
    assert [tuple(shape) for shape in decoder.input_shape] == [(None, None, 4), (None, 5), (None, 5)]


def test_a_decoder_of_one_step_shares_the_layer():
    model = translator()
    decoder = model.get_layer("decoder")
    x, h, c = keras.Input((1, 4)), keras.Input((5,)), keras.Input((5,))
    one = keras.Model([x, h, c], decoder(x, initial_state=[h, c]))
    weights, states = model.get_weights(), [draw(2, 5, seed=3), draw(2, 5, seed=4)]
    outputs, after = reference.run("LSTM", B[:, :1], weights[3:], states)
    close(one.predict([B[:, :1], *states], verbose=0), [outputs, *after])
    assert len(one.weights) == 3


def test_states_in_a_list_with_the_inputs():
    layer = layers.GRU(3)
    x, h = torch.tensor(A), torch.ones(2, 3)
    torch.testing.assert_close(layer([x, h]), layer(x, initial_state=h))
    with pytest.raises(ValueError, match="list of inputs, which holds the states"):
        layer([x, h], initial_state=h)


def test_both_ways_with_states():
    x, states = keras.Input((6, 4)), [keras.Input((3,)) for _ in range(4)]
    layer = layers.Bidirectional(layers.LSTM(3, return_sequences=True, return_state=True))
    model = fill(keras.Model([x, *states], layer(x, initial_state=states)))
    weights, given = model.get_weights(), [draw(2, 3, seed=i) for i in range(4)]
    forward, first = reference.run("LSTM", A, weights[:3], given[:2])
    backward, second = reference.run("LSTM", A[:, ::-1], weights[3:], given[2:])
    wanted = [np.concatenate([forward, backward[:, ::-1]], -1), *first, *second]
    close(model.predict([A, *given], verbose=0), wanted)
    with pytest.raises(ValueError, match="as many for the forward layer"):
        layer(torch.tensor(A), initial_state=[torch.ones(2, 3)] * 3)


def test_names_and_order_of_weights():
    inputs = keras.Input((6, 4))
    stack = layers.RNN([layers.LSTMCell(2, name="low"), layers.GRUCell(3, name="high")], name="stack")
    model = keras.Model(
        inputs,
        [
            layers.LSTM(3, name="one")(inputs),
            layers.Bidirectional(layers.GRU(3, name="two"), name="both")(inputs),
            stack(inputs),
        ],
    )
    names = {name: [w.name for w in model.get_layer(name).weights] for name in ("one", "both", "stack")}
    weights = ["kernel:0", "recurrent_kernel:0", "bias:0"]
    assert names["one"] == [f"one/lstm_cell/{w}" for w in weights]
    assert names["both"] == [f"both/{way}_two/gru_cell/{w}" for way in ("forward", "backward") for w in weights]
    assert names["stack"] == [f"stack/{stack.cell.name}/{cell}/{w}" for cell in ("low", "high") for w in weights]
    film = layers.ConvLSTM2D(2, 3, name="film")
    film(keras.Input((3, 8, 8, 1)))
    assert [w.name for w in film.weights] == [f"film/{w}" for w in weights]


@pytest.mark.parametrize(
    ("layer", "count"),
    [
        # tf_keras's counts for inputs of 4 features
        (lambda: layers.LSTM(32), 4736),
        (lambda: layers.GRU(32), 3648),
        (lambda: layers.GRU(32, reset_after=False), 3552),
        (lambda: layers.SimpleRNN(32), 1184),
        (lambda: layers.Bidirectional(layers.LSTM(32)), 9472),
        (lambda: layers.LSTM(32, use_bias=False), 4608),
    ],
)
def test_parameters_are_those_of_keras(layer, count):
    model = keras.Sequential([keras.Input((6, 4)), layer()])
    assert model.count_params() == count
    assert sum(p.numel() for p in model.parameters()) == count


def test_the_forget_gate_starts_open():
    layer = layers.LSTM(2)
    layer.build((None, None, 4))
    np.testing.assert_array_equal(layer.get_weights()[2], [0, 0, 1, 1, 0, 0, 0, 0])
    np.testing.assert_allclose(
        layer.cell.recurrent_kernel.numpy() @ layer.cell.recurrent_kernel.numpy().T, np.eye(2), atol=1e-6
    )


def test_settings_of_the_cell_are_the_layers():
    layer = layers.LSTM(3, activation="relu", dropout=0.2)
    assert (layer.units, layer.dropout, layer.activation) == (3, 0.2, keras.activations.relu)
    assert layer.cell.units == 3
    with pytest.raises(AttributeError, match="reset_after"):
        layer.reset_after  # noqa: B018
    assert layers.CuDNNLSTM is layers.LSTM


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: layers.LSTM(3)(torch.ones(2, 5)), ValueError, "expected ndim=3, found ndim=2"),
        (lambda: layers.LSTM(3)(torch.tensor(A), initial_state=[torch.ones(2, 3)]), ValueError, "not compatible with"),
        (lambda: layers.LSTM(3)(torch.tensor(A), initial_state=[torch.ones(2, 4)] * 2), ValueError, r"\(2, 4\)"),
        (
            lambda: layers.LSTM(3)(keras.Input((6, 4)), initial_state=[keras.Input((3,)), torch.ones(2, 3)]),
            ValueError,
            "mix of Keras tensors and non-Keras tensors",
        ),
        (lambda: layers.Bidirectional(layers.Dense(3)), ValueError, "has no go_backwards"),
        (lambda: layers.Bidirectional(3), ValueError, "needs a recurrent layer"),
        (lambda: layers.Bidirectional(layers.LSTM(3), merge_mode="x"), ValueError, "Invalid merge mode. Received: x"),
        (
            lambda: layers.Bidirectional(layers.LSTM(3), backward_layer=layers.LSTM(3)),
            ValueError,
            "different `go_backwards` value",
        ),
        (
            lambda: layers.Bidirectional(
                layers.LSTM(3), backward_layer=layers.LSTM(3, go_backwards=True, return_state=True)
            ),
            ValueError,
            "same value for attribute 'return_state'",
        ),
        (lambda: layers.ConvLSTM2D(3, 3, unroll=True), TypeError, "Unrolling is not possible"),
        (lambda: layers.LSTM(3, retrun_sequences=True), TypeError, "Did you mean 'return_sequences'"),
    ],
)
def test_errors(call, error, message):
    with pytest.raises(error, match=message):
        call()
