"""All steps of a sequence at once, on torch's kernels, masks and all.

torch's kernels know no masks. With one, the steps that count are first moved to the front (nothing is read back to the
host for it): what comes after them can then be ignored, since each output is that of the last step that counted.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn

from torchkeras.core.dtypes import torch_dtype
from torchkeras.core.machinery import plain
from torchkeras.layers.recurrent.opaque import call_kernel, kernel_weights, rnn_operator
from torchkeras.layers.recurrent.torch_modules import KerasGRU

KINDS: dict[str, Any] = {"LSTM": nn.LSTM, "GRU": nn.GRU, "RNN_TANH": nn.RNN, "RNN_RELU": nn.RNN}
#: A gate with this added is 0 or 1 exactly, in float16 too.
SATURATED = 1e4


def run_fused(
    cell: Any, inputs: Tensor, states: list[Tensor], mask: Tensor | None, zero_output: bool, keep_all: bool
) -> tuple[Tensor | None, Tensor, list[Tensor]]:
    """The outputs of all steps (if `keep_all`), the last one, and the states after, of a cell with a torch kernel.

    Args:
        inputs: (batch, time, features).
        mask: (batch, time), True where a step counts; at others the output before is repeated.
        zero_output: whether it is 0 there instead.
    """
    if mask is not None and _on_host(mask) and bool(mask.all()):
        mask = None
    if mask is None:
        outputs, final = run_kernel(cell, inputs, states)
        return outputs, outputs[:, -1], final
    count = mask.sum(1, dtype=torch.int64)
    if not (_on_host(mask) and not bool((mask[:, 1:] & ~mask[:, :-1]).any())):  # not at the front yet
        order = torch.argsort(mask.to(torch.int8), dim=1, descending=True, stable=True)
        inputs = _steps(inputs, order)
    behind = torch.arange(mask.shape[1], device=mask.device) >= count.unsqueeze(1) if len(states) == 2 else None
    outputs, final = run_kernel(cell, inputs, states, behind)
    none = (count == 0).unsqueeze(-1)
    last = _at(outputs, (count - 1).unsqueeze(1)).squeeze(1)
    final = [torch.where(none, states[0], last), *final[1:]]
    last = last.masked_fill(~mask[:, -1:] if zero_output else none, 0)
    if not keep_all:
        return None, last, final
    place = mask.cumsum(1) - 1  # which of the steps that count an output is of; -1 before the first
    hidden = ~mask if zero_output else place < 0
    return _at(outputs, place).masked_fill(hidden.unsqueeze(-1), 0), last, final


def _on_host(mask: Tensor) -> bool:
    """Whether a look at the mask costs nothing."""
    return mask.device.type == "cpu" and not torch.compiler.is_compiling() and not torch._C._get_tracing_state()


def _at(outputs: Tensor, places: Tensor) -> Tensor:
    return _steps(outputs, places.clamp(min=0))


def _steps(values: Tensor, places: Tensor) -> Tensor:
    """The steps at these places, (batch, places); torch.take_along_dim would fix the batch size in an export."""
    return values.gather(1, places.unsqueeze(-1).expand(-1, -1, values.shape[-1]))


def run_kernel(
    cell: Any, inputs: Tensor, states: list[Tensor], behind: Tensor | None = None
) -> tuple[Tensor, list[Tensor]]:
    """The outputs of all steps and the states after the last.

    Args:
        behind: (batch, time), True for the steps after the last that counts, which change no memory.
    """
    lstm = len(states) == 2
    replaced = cell.module_name in cell.__dict__.get("_plain_children", ())
    if torch.compiler.is_compiling() and not torch.compiler.is_exporting() and not replaced:
        # torch.compile takes neither nn.LSTM nor torch.lstm, and would unroll torch.gru step by step.
        weights = kernel_weights(*cell.__dict__["_weight_tables"])
        if weights[0].dtype is not inputs.dtype:
            weights = _cast(weights, inputs)
        if lstm and behind is not None:
            inputs, weights = _holding(inputs, weights, behind)
        found = rnn_operator(inputs, torch.stack(states), weights, cell.__dict__["_kernel_mode"])
        return found[0], [found[1][i] for i in range(len(states))]
    module = cell._modules[cell.module_name]
    hx: Any = tuple(state.unsqueeze(0) for state in states) if lstm else states[0].unsqueeze(0)
    mode: Any = getattr(module, "mode", None)
    if plain(module, KerasGRU) or (mode in KINDS and plain(module, KINDS[mode])):
        weights = kernel_weights(module._parameters, module._buffers)
        if weights[0].dtype is not inputs.dtype:
            weights = _cast(weights, inputs)
        if lstm and behind is not None:
            inputs, weights = _holding(inputs, weights, behind)
        # A gradient may be asked for in inference too: torch's `train` is about what it keeps for one.
        outputs, *final = call_kernel(mode, inputs, hx, weights, torch.is_grad_enabled())
    else:
        if lstm and behind is not None:
            raise NotImplementedError(
                f"Cell {cell.name!r} holds a {type(module).__name__} in place of its nn.LSTM: with masks, its states "
                f"cannot be kept through it. Leave out the mask, or return_state and stateful."
            )
        outputs, found = module(inputs, hx)
        final = list(found) if lstm else [found]
    return outputs, [state.squeeze(0) for state in final]


def _cast(weights: list[Tensor], inputs: Tensor) -> list[Tensor]:
    """The weights in the type of the inputs; on CUDA in one piece of memory, as cuDNN wants them."""
    dtype = torch_dtype(inputs.dtype)  # a tf.Tensor's is a tf.DType
    if weights[0].dtype is dtype:
        return weights
    if not inputs.is_cuda:
        return [weight.to(dtype) for weight in weights]
    flat = torch.cat([weight.flatten() for weight in weights]).to(dtype)
    parts = flat.split([weight.numel() for weight in weights])
    return [part.view(weight.shape) for part, weight in zip(parts, weights, strict=True)]


def _holding(inputs: Tensor, weights: list[Tensor], behind: Tensor) -> tuple[Tensor, list[Tensor]]:
    """An LSTM with one more input, which at 1 shuts the input gate and opens the forget gate: c stays as it is."""
    kernel = weights[0]
    units = kernel.shape[0] // 4
    column = kernel.new_zeros(4, units, 1)
    column[0], column[1] = -SATURATED, SATURATED
    inputs = torch.cat((inputs, behind.unsqueeze(-1).to(inputs.dtype)), -1)
    return inputs, [torch.cat((kernel, column.flatten(0, 1)), 1), *weights[1:]]
