"""GRUCell: one step of a GRU."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn

from torchkeras import activations
from torchkeras.core.layout import GRU_BIAS, GRU_KERNEL
from torchkeras.layers.recurrent.cell import RecurrentCell
from torchkeras.layers.recurrent.torch_modules import KerasGRU


class GRUCell(RecurrentCell):
    """One step of a GRU: `output, h = cell(inputs, h)`.

    Args:
        units: the size of the output and of the state.
        activation: for the candidate.
        recurrent_activation: for the gates.
        dropout: the share of the inputs to drop; the same ones at all steps.
        recurrent_dropout: the share of the state to drop.
        reset_after: whether the reset gate acts after the product with the recurrent kernel, as torch's and cuDNN's
            GRU have it, with a bias of its own for that product; the original paper has it before.
    """

    gates = 3
    module_name = "gru"
    kernel_layout = GRU_KERNEL
    bias_layout = GRU_BIAS
    module_bias = "bias_l0"

    def __init__(
        self,
        units: int,
        activation: Any = "tanh",
        recurrent_activation: Any = "sigmoid",
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
        reset_after: bool = True,
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
        self.reset_after = reset_after
        self.implementation = 1 if self.recurrent_dropout else implementation

    def has_kernel(self) -> bool:
        usual = self.activation is activations.tanh and self.recurrent_activation is activations.sigmoid
        return usual and self.reset_after

    def make_module(self, features: int) -> nn.RNNBase:
        if self.use_bias:
            return KerasGRU(features, self.units)
        return nn.GRU(features, self.units, bias=False, batch_first=True, device="meta")

    def bias_shape(self) -> tuple[int, ...]:
        return (2, 3 * self.units) if self.reset_after else (3 * self.units,)

    def _biased(self, projected: Tensor, bias: Tensor | None) -> Tensor:
        if bias is None:
            return projected
        return projected + (bias[0] if self.reset_after else bias)

    def step(self, projected: Tensor, states: list[Tensor], weights: list[Any], masks: Any = None) -> list[Tensor]:
        (h,) = states
        _, kernel, bias = weights
        to_z, to_r, to_h = (h, h, h) if masks is None else (h * mask for mask in masks)
        units, gate = self.units, self.recurrent_activation
        x_z, x_r, x_h = projected.chunk(3, -1)
        if self.reset_after:
            if masks is None:
                inner = h @ kernel if bias is None else torch.addmm(bias[1], h, kernel)
            else:
                inner = torch.cat([s @ k for s, k in zip((to_z, to_r, to_h), kernel.chunk(3, -1))], -1)
                inner = inner if bias is None else inner + bias[1]
            h_z, h_r, h_h = inner.chunk(3, -1)
            z, r = gate(x_z + h_z), gate(x_r + h_r)
            candidate = self.activation(x_h + r * h_h)
        else:
            k_z, k_r, k_h = kernel.split(units, -1)
            z, r = gate(torch.addmm(x_z, to_z, k_z)), gate(torch.addmm(x_r, to_r, k_r))
            candidate = self.activation(torch.addmm(x_h, r * to_h, k_h))
        return [z * h + (1 - z) * candidate]

    def get_config(self) -> dict[str, Any]:
        return super().get_config() | {
            "recurrent_activation": activations.serialize(self.recurrent_activation),
            "implementation": self.implementation,
            "reset_after": self.reset_after,
        }
