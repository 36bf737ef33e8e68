"""SimpleRNNCell: one step of a plain recurrent layer."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn

from torchkeras import activations
from torchkeras.core.layout import LINEAR
from torchkeras.layers.recurrent.cell import RecurrentCell


class SimpleRNNCell(RecurrentCell):
    """One step: `activation(inputs @ kernel + h @ recurrent_kernel + bias)` is the output and the new h.

    Args:
        units: the size of the output and of the state.
        activation: what to apply.
        dropout: the share of the inputs to drop; the same ones at all steps.
        recurrent_dropout: the share of the state to drop.
    """

    gates = 1
    module_name = "rnn"
    kernel_layout = LINEAR

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
        kernel_constraint: Any = None,
        recurrent_constraint: Any = None,
        bias_constraint: Any = None,
        dropout: float = 0.0,
        recurrent_dropout: float = 0.0,
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

    def has_kernel(self) -> bool:
        return self.activation in (activations.tanh, activations.relu)

    def make_module(self, features: int) -> nn.RNNBase:
        kind = "tanh" if self.activation is activations.tanh else "relu"
        return nn.RNN(features, self.units, nonlinearity=kind, bias=self.use_bias, batch_first=True, device="meta")

    def step(self, projected: Tensor, states: list[Tensor], weights: list[Any], masks: Any = None) -> list[Tensor]:
        h = states[0] if masks is None else states[0] * masks[0]
        return [self.activation(torch.addmm(projected, h, weights[1]))]
