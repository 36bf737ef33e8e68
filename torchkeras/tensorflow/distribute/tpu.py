"""TPUs, by way of torch_xla where that is installed."""

from __future__ import annotations

import importlib

import torch


def xla_device() -> torch.device | None:
    """The core that this process computes on; None where there is no torch_xla."""
    try:
        torch_xla = importlib.import_module("torch_xla")
    except ModuleNotFoundError as error:
        if error.name != "torch_xla":
            raise
        return None
    found: torch.device = torch_xla.device()
    return found


__all__ = ["xla_device"]
