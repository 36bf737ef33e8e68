"""When torch's own call machinery may be skipped because it would do nothing."""

from __future__ import annotations

import torch
from torch import nn
from torch.nn.modules import module as torch_module

from torchkeras.core.context import seen

_MODULE_CALL = nn.Module.__call__


def global_machinery() -> bool:
    """Whether something process-wide wants to see module calls: hooks, tracing, a patched nn.Module.__call__."""
    return bool(
        torch_module._global_forward_hooks
        or torch_module._global_forward_pre_hooks
        or torch_module._global_backward_hooks
        or torch_module._global_backward_pre_hooks
        or nn.Module.__call__ is not _MODULE_CALL
        or torch._C._get_tracing_state()
        or torch.compiler.is_compiling()
    )


def hooked(module: nn.Module) -> bool:
    """Whether this module has hooks of its own or a compiled call."""
    # One look into __dict__ is cheaper than five attribute look-ups through nn.Module.
    state = module.__dict__
    return bool(
        state["_forward_hooks"]
        or state["_forward_pre_hooks"]
        or state["_backward_hooks"]
        or state["_backward_pre_hooks"]
        or module._compiled_call_impl is not None
    )


# torch fills and empties these tables, and never replaces them.
_FORWARD, _BEFORE = torch_module._global_forward_hooks, torch_module._global_forward_pre_hooks
_BACKWARD, _BEFORE_BACKWARD = torch_module._global_backward_hooks, torch_module._global_backward_pre_hooks


def is_lean(module: nn.Module) -> bool:
    """Whether a layer may be called without torch's machinery: `hooked` and `global_machinery`, as one expression."""
    state = module.__dict__
    return not (
        state["_forward_hooks"]
        or state["_forward_pre_hooks"]
        or state["_backward_hooks"]
        or state["_backward_pre_hooks"]
        or module._compiled_call_impl is not None
        or _FORWARD
        or _BEFORE
        or _BACKWARD
        or _BEFORE_BACKWARD
        or nn.Module.__call__ is not _MODULE_CALL
        or torch._C._get_tracing_state()
        or torch.compiler.is_compiling()
    )


def unmasked(tensor: torch.Tensor) -> bool:
    """Whether no mask travels with a tensor; while no layer has ever made one, there is nothing to look up."""
    return not seen.masks or getattr(tensor, "_keras_mask", None) is None


def plain(module: nn.Module, kind: type) -> bool:
    """Whether an inner torch module is exactly of this class and unhooked: then its kernel may be called directly.

    A LoRA layer, a parametrization, a sharded or hooked module is called as a module instead.
    """
    if type(module) is not kind:
        return False
    state = module.__dict__
    return not (
        state["_forward_hooks"]
        or state["_forward_pre_hooks"]
        or state["_backward_hooks"]
        or state["_backward_pre_hooks"]
    )
