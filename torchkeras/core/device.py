"""Where new weights live: the device asked for, else torch's default device if the user set one, else CUDA or the CPU."""

from __future__ import annotations

import functools
import os

import torch

#: Names the device for this process and its children.
VARIABLE = "TORCHKERAS_DEVICE"


class _Choice:
    device: torch.device | None = torch.device(os.environ[VARIABLE]) if os.environ.get(VARIABLE) else None


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
    if _Choice.device is not None:
        return _Choice.device
    chosen = torch.get_default_device()
    if chosen.type == "cpu" and cuda_available():
        return torch.device("cuda", torch.cuda.current_device())
    return chosen
