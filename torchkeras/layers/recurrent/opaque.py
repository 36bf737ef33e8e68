"""torch's recurrent kernels as one operator, for graphs of torch.compile.

A compiled graph cannot hold torch.lstm, and would unroll torch.gru into thousands of small operators. As one operator
they run as they are. Its gradient runs the forward again, since a kernel's own notes for it cannot leave an operator.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

KERNELS: dict[str, Any] = {"LSTM": torch.lstm, "GRU": torch.gru, "RNN_TANH": torch.rnn_tanh, "RNN_RELU": torch.rnn_relu}


def call_kernel(mode: str, inputs: Tensor, hx: Any, weights: list[Tensor], train: bool) -> Any:
    """torch's kernel of this mode: the outputs, and the states after the last step."""
    return KERNELS[mode](inputs, hx, weights, len(weights) == 4, 1, 0.0, train, False, True)


def kernel_weights(parameters: Any, buffers: Any) -> list[Tensor]:
    """A module's weights in the order in which torch's kernels take them."""
    kernels = [parameters["weight_ih_l0"], parameters["weight_hh_l0"]]
    if "bias_l0" in parameters:
        return [*kernels, *parameters["bias_l0"].unbind(0)]
    if parameters.get("bias_ih_l0") is None:
        return kernels
    return [*kernels, parameters["bias_ih_l0"], buffers["bias_hh_l0"]]


def _run(inputs: Tensor, states: Tensor, weights: list[Tensor], mode: str, train: bool) -> tuple[Tensor, Tensor]:
    lstm = mode == "LSTM"
    hx: Any = tuple(state.unsqueeze(0) for state in states) if lstm else states
    outputs, *final = call_kernel(mode, inputs, hx, weights, train)
    return outputs, torch.cat(final)


@torch.library.custom_op("torchkeras::rnn", mutates_args=())
def rnn_operator(inputs: Tensor, states: Tensor, weights: list[Tensor], mode: str) -> tuple[Tensor, Tensor]:
    """The outputs of all steps (batch, time, units), and the stacked states after the last."""
    outputs, final = _run(inputs, states, weights, mode, False)
    return outputs.contiguous(), final.clone()


@rnn_operator.register_fake
def _(inputs: Tensor, states: Tensor, weights: list[Tensor], mode: str) -> tuple[Tensor, Tensor]:
    return inputs.new_empty((*inputs.shape[:2], states.shape[-1])), torch.empty_like(states)


@torch.library.custom_op("torchkeras::rnn_backward", mutates_args=())
def _backward_operator(
    inputs: Tensor, states: Tensor, weights: list[Tensor], mode: str, grad_outputs: Tensor, grad_final: Tensor
) -> list[Tensor]:
    sources = [tensor.detach().requires_grad_() for tensor in (inputs, states, *weights)]
    # Within an operator autograd is switched off, below what enable_grad reaches.
    recording = torch._C._SetExcludeDispatchKeyGuard(torch._C.DispatchKey.AutogradFunctionality, False)
    with recording, torch.enable_grad():
        results = _run(sources[0], sources[1], sources[2:], mode, True)
    return [found.contiguous() for found in torch.autograd.grad(results, sources, (grad_outputs, grad_final))]


@_backward_operator.register_fake
def _(
    inputs: Tensor, states: Tensor, weights: list[Tensor], mode: str, grad_outputs: Tensor, grad_final: Tensor
) -> list[Tensor]:
    return [torch.empty_like(tensor, memory_format=torch.contiguous_format) for tensor in (inputs, states, *weights)]


def _keep(ctx: Any, inputs: Any, output: Any) -> None:
    given, states, weights, ctx.mode = inputs
    ctx.save_for_backward(given, states, *weights)


def _differentiate(ctx: Any, grad_outputs: Tensor, grad_final: Tensor) -> Any:
    inputs, states, *weights = ctx.saved_tensors
    grads = _backward_operator(inputs, states, weights, ctx.mode, grad_outputs, grad_final)
    return grads[0], grads[1], grads[2:], None


rnn_operator.register_autograd(_differentiate, setup_context=_keep)
