"""LSTM, GRU and SimpleRNN in NumPy, step by step as the papers have them."""

import numpy as np


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def lstm_step(x, states, weights):
    h, c = states
    kernel, recurrent, bias = weights
    i, f, g, o = np.split(x @ kernel + h @ recurrent + bias, 4, axis=-1)
    c = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
    return [sigmoid(o) * np.tanh(c), c]


def gru_step(x, states, weights):
    (h,) = states
    kernel, recurrent, bias = weights
    x_z, x_r, x_h = np.split(x @ kernel + bias[0], 3, axis=-1)
    h_z, h_r, h_h = np.split(h @ recurrent + bias[1], 3, axis=-1)
    z, r = sigmoid(x_z + h_z), sigmoid(x_r + h_r)
    return [z * h + (1 - z) * np.tanh(x_h + r * h_h)]


def simple_step(x, states, weights):
    kernel, recurrent, bias = weights
    return [np.tanh(x @ kernel + states[0] @ recurrent + bias)]


STEPS = {"LSTM": lstm_step, "GRU": gru_step, "SimpleRNN": simple_step}


def run(kind, x, weights, states, mask=None):
    """The outputs of all steps, repeated where the mask is False, and the states after the last."""
    x, weights = x.astype(np.float64), [w.astype(np.float64) for w in weights]
    outputs, before = [], np.zeros_like(states[0])
    for t in range(x.shape[1]):
        after = STEPS[kind](x[:, t], states, weights)
        counts = np.ones((len(x), 1), bool) if mask is None else mask[:, t : t + 1]
        before = np.where(counts, after[0], before)
        states = [np.where(counts, new, old) for new, old in zip(after, states)]
        outputs.append(before)
    return np.stack(outputs, 1), states
