"""Shapes of what user code computes, found by running it."""

import numpy as np
import pytest

import torchkeras as keras
from torchkeras import layers


class Positions(layers.Layer):
    """Adds to each step a row of a table that has no more than `most` of them."""

    def __init__(self, most, width):
        super().__init__()
        self.table = layers.Embedding(most, width)

    def call(self, inputs):
        length = int(inputs.sum() * 0) + inputs.shape[1]  # reads a value: shapes alone do not do
        return inputs + self.table(keras.ops.arange(length))


def test_unknown_lengths_may_be_shorter_than_the_first_guess():
    inputs = keras.Input((None, 4))
    outputs = Positions(20, 4)(inputs)
    assert tuple(outputs.shape) == (None, None, 4)
    model = keras.Model(inputs, outputs)
    assert model(np.zeros((2, 20, 4), "float32")).shape == (2, 20, 4)


def test_a_table_of_five_steps():
    assert tuple(Positions(5, 4)(keras.Input((None, 4))).shape) == (None, None, 4)


def test_what_fails_for_every_length_is_the_first_error():
    with pytest.raises(ValueError, match="indices from 0 to 63"):
        Positions(2, 4)(keras.Input((None, 4)))


def test_counts_of_metrics_stay_while_shapes_are_found():
    class Counting(layers.Layer):
        def __init__(self):
            super().__init__()
            self.seen = keras.metrics.Mean(name="seen")

        def call(self, inputs):
            self.seen.update_state(inputs)
            return inputs * 2

    layer = Counting()
    layer.seen.update_state([2.0, 4.0])
    layer(keras.Input((3,)))
    assert [float(variable) for variable in layer.seen.variables] == [6.0, 2.0]
    layer(np.ones((1, 2), "float32"))
    assert [float(variable) for variable in layer.seen.variables] == [8.0, 4.0]
