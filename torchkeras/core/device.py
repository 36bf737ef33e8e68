"""Where new weights live: torch's default device if the user set one, else CUDA where there is one, else the CPU."""

from __future__ import annotations

import functools

import torch


@functools.cache
def cuda_available() -> bool:
    return torch.cuda.is_available()


def default_device() -> torch.device:
    chosen = torch.get_default_device()
    if chosen.type == "cpu" and cuda_available():
        return torch.device("cuda", torch.cuda.current_device())
    return chosen
