"""SimpleRNN: an nn.RNN over the steps of a sequence."""

from __future__ import annotations

from typing import Any

from torchkeras.layers.recurrent.cell_layer import CellLayer
from torchkeras.layers.recurrent.simple_rnn_cell import SimpleRNNCell


class SimpleRNN(CellLayer):
    """A plain recurrence over the steps of inputs (batch, time, features): (batch, units), its last output.

    Args:
        units: the size of the output and of the state.
        activation: of each step's sum.
        dropout: the share of the inputs to drop in training.
        recurrent_dropout: the share of the state to drop, the same at all steps; torch's kernel cannot, so that
            training is slower.
        return_sequences, return_state, go_backwards, stateful, time_major, unroll: see RNN.

    Example: `outputs, h = SimpleRNN(32, return_sequences=True, return_state=True)(x)`
    """

    cell_class = SimpleRNNCell
    cell_name = "simple_rnn_cell"

    def __init__(
        self,
        units: int,
        activation: Any = "tanh",
        use_bias: bool = True,
        kernel_initializer: Any = "glorot_uniform",
        recurrent_initializer: Any = "orthogonal",
        bias_initializer: Any = "zeros",
        kernel_regularizer: Any = None,
        recurrent_regularizer: Any = None,
        bias_regularizer: Any = None,
        activity_regularizer: Any = None,
        kernel_constraint: Any = None,
        recurrent_constraint: Any = None,
        bias_constraint: Any = None,
        dropout: float = 0.0,
        recurrent_dropout: float = 0.0,
        return_sequences: bool = False,
        return_state: bool = False,
        go_backwards: bool = False,
        stateful: bool = False,
        unroll: bool = False,
        time_major: bool = False,
        **kwargs: Any,
    ) -> None:
        settings = {
            "units": units,
            "activation": activation,
            "use_bias": use_bias,
            "kernel_initializer": kernel_initializer,
            "recurrent_initializer": recurrent_initializer,
            "bias_initializer": bias_initializer,
            "kernel_regularizer": kernel_regularizer,
            "recurrent_regularizer": recurrent_regularizer,
            "bias_regularizer": bias_regularizer,
            "activity_regularizer": activity_regularizer,
            "kernel_constraint": kernel_constraint,
            "recurrent_constraint": recurrent_constraint,
            "bias_constraint": bias_constraint,
            "dropout": dropout,
            "recurrent_dropout": recurrent_dropout,
            "return_sequences": return_sequences,
            "return_state": return_state,
            "go_backwards": go_backwards,
            "stateful": stateful,
            "unroll": unroll,
            "time_major": time_major,
        }
        super().__init__(settings, kwargs)
