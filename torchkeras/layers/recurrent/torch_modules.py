"""KerasGRU: nn.GRU with Keras's one bias of two rows."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn
from torch.backends.cudnn.rnn import get_cudnn_mode

from torchkeras.layers.recurrent.opaque import call_kernel, kernel_weights


class KerasGRU(nn.GRU):
    """An nn.GRU of one layer whose two biases are the rows of one parameter, `bias_l0`, as Keras keeps them.

    Args:
        features: the size of a step's input.
        units: the size of the state.
    """

    def __init__(self, features: int, units: int) -> None:
        super().__init__(features, units, batch_first=True, device="meta")
        del self._parameters["bias_ih_l0"], self._parameters["bias_hh_l0"]
        self._flat_weights_names = ["weight_ih_l0", "weight_hh_l0", "bias_l0"]
        self._all_weights = [self._flat_weights_names]
        self.bias_l0 = nn.Parameter(torch.empty(2, 3 * units, device="meta"))

    def forward(self, input: Tensor, hx: Tensor | None = None) -> Any:  # type: ignore[override]
        if hx is None:
            hx = input.new_zeros(1, input.shape[0], self.hidden_size)
        weights = kernel_weights(self._parameters, self._buffers)
        return call_kernel("GRU", input, hx, weights, torch.is_grad_enabled())

    def flatten_parameters(self) -> None:
        """Lays the weights out as cuDNN wants them, one after the other: the two rows of the bias come last."""
        weight = self._parameters.get("weight_ih_l0")
        if weight is None or not weight.is_cuda or not torch.backends.cudnn.is_acceptable(weight):
            return
        own: list[Any] = [self._parameters[name] for name in self._flat_weights_names]
        with torch.no_grad():
            parts = [own[0].detach().clone(), own[1].detach().clone(), *(row.clone() for row in own[2].detach())]
            mode = get_cudnn_mode(self.mode)
            torch._cudnn_rnn_flatten_weight(parts, 4, self.input_size, mode, self.hidden_size, 0, 1, True, False)
            first, second = parts[2:]
            if second.data_ptr() == first.data_ptr() + first.numel() * first.element_size():
                bias = first.as_strided(own[2].shape, (first.numel(), 1))
                for parameter, flat in zip(own, (parts[0], parts[1], bias)):
                    parameter.data = flat
