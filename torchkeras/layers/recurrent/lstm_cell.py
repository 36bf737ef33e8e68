"""LSTMCell: one step of an LSTM."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn

from torchkeras import activations, initializers
from torchkeras.core.layout import LINEAR
from torchkeras.layers.recurrent.cell import RecurrentCell


class LSTMCell(RecurrentCell):
    """One step of an LSTM, with the states h and c: `output, [h, c] = cell(inputs, [h, c])`.

    Args:
        units: the size of the output and of each state.
        activation: for the candidate and the output.
        recurrent_activation: for the gates.
        unit_forget_bias: whether the bias of the forget gate starts at 1.
        dropout: the share of the inputs to drop; the same ones at all steps.
        recurrent_dropout: the share of the state to drop.
    """

    gates = 4
    module_name = "lstm"
    kernel_layout = LINEAR

    def __init__(
        self,
        units: int,
        activation: Any = "tanh",
        recurrent_activation: Any = "sigmoid",
        use_bias: bool = True,
        kernel_initializer: Any = "glorot_uniform",
        recurrent_initializer: Any = "orthogonal",
        bias_initializer: Any = "zeros",
        unit_forget_bias: bool = True,
        kernel_regularizer: Any = None,
        recurrent_regularizer: Any = None,
        bias_regularizer: Any = None,
        kernel_constraint: Any = None,
        recurrent_constraint: Any = None,
        bias_constraint: Any = None,
        dropout: float = 0.0,
        recurrent_dropout: float = 0.0,
        implementation: int = 2,
        **kwargs: Any,
    ) -> None:
        weights = {
            "kernel_initializer": kernel_initializer,
            "recurrent_initializer": recurrent_initializer,
            "bias_initializer": bias_initializer,
            "kernel_regularizer": kernel_regularizer,
            "recurrent_regularizer": recurrent_regularizer,
            "bias_regularizer": bias_regularizer,
            "kernel_constraint": kernel_constraint,
            "recurrent_constraint": recurrent_constraint,
            "bias_constraint": bias_constraint,
        }
        super().__init__(units, activation, use_bias, dropout, recurrent_dropout, weights, **kwargs)
        self.recurrent_activation = activations.get(recurrent_activation)
        self.unit_forget_bias = unit_forget_bias
        self.implementation = 1 if self.recurrent_dropout else implementation
        self.state_size = [self.units, self.units]

    def has_kernel(self) -> bool:
        return self.activation is activations.tanh and self.recurrent_activation is activations.sigmoid

    def make_module(self, features: int) -> nn.RNNBase:
        return nn.LSTM(features, self.units, bias=self.use_bias, batch_first=True, device="meta")

    def bias_values(self) -> Any:
        if not self.unit_forget_bias:
            return self.bias_initializer
        return forget_bias(self.bias_initializer, self.units)

    def step(self, projected: Tensor, states: list[Tensor], weights: list[Any], masks: Any = None) -> list[Tensor]:
        h, c = states
        kernel = weights[1]
        if masks is None:
            i, f, g, o = torch.addmm(projected, h, kernel).chunk(4, -1)
        else:
            recurrent = torch.bmm(h * masks, kernel.unflatten(-1, (4, -1)).movedim(1, 0))
            i, f, g, o = (a + b for a, b in zip(projected.chunk(4, -1), recurrent))
        gate = self.recurrent_activation
        c = gate(f) * c + gate(i) * self.activation(g)
        return [gate(o) * self.activation(c), c]

    def get_config(self) -> dict[str, Any]:
        return super().get_config() | {
            "recurrent_activation": activations.serialize(self.recurrent_activation),
            "unit_forget_bias": self.unit_forget_bias,
            "implementation": self.implementation,
        }


def forget_bias(initializer: Any, units: int) -> Any:
    """An initializer of the bias of four gates: ones for the second of them, the forget gate."""
    ones = initializers.get("ones")

    def values(shape: Any, dtype: Any = None) -> Tensor:
        parts = [
            initializer((units,), dtype=dtype),
            ones((units,), dtype=dtype),
            initializer((2 * units,), dtype=dtype),
        ]
        return torch.cat([torch.as_tensor(part) for part in parts])

    return values
