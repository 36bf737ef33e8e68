"""Where new weights live: the device asked for, else torch's default one if the user set it, else CUDA or the CPU."""

from __future__ import annotations

import contextlib
import functools
import os
import threading
from collections.abc import Iterator

import torch
from torch import nn

#: Names the device for this process and its children.
VARIABLE = "TORCHKERAS_DEVICE"


_CPU = torch.device("cpu")


class _Choice:
    device: torch.device | None = torch.device(os.environ[VARIABLE]) if os.environ.get(VARIABLE) else None


class _Scope(threading.local):
    device: torch.device | None = None


_scope = _Scope()


@contextlib.contextmanager
def placed(device: torch.device) -> Iterator[None]:
    """Within, in this thread, what is made without a device asked for is made on this one."""
    before = _scope.device
    _scope.device = device
    try:
        yield
    finally:
        _scope.device = before


@functools.cache
def cuda_available() -> bool:
    return torch.cuda.is_available()


def use_device(name: str | None) -> None:
    """Puts new weights on this device, 'cpu' or 'cuda', in this process and its children; None undoes it."""
    if name is None:
        os.environ.pop(VARIABLE, None)
        _Choice.device = None
    else:
        _Choice.device = torch.device(name)
        os.environ[VARIABLE] = name


def default_device() -> torch.device:
    if _scope.device is not None:
        return _scope.device
    if _Choice.device is not None:
        return _Choice.device
    # Asking torch takes longer than a small kernel; a default that someone set shows as a mode on its stack.
    chosen = torch.get_default_device() if torch._C._len_torch_function_stack() else _CPU
    if chosen.type == "cpu" and cuda_available():
        return torch.device("cuda", torch.cuda.current_device())
    return chosen


def device_of(module: nn.Module) -> torch.device | None:
    """Where a module's first parameter is; None where it has none."""
    for parameter in module._parameters.values():
        if parameter is not None:
            return parameter.device
    for child in module._modules.values():
        if child is not None and (found := device_of(child)) is not None:
            return found
    return None
