"""How busy a CUDA device was while some work was done: the time with a kernel running over the time that passed."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from time import perf_counter
from typing import Any

import torch
from torch.profiler import ProfilerActivity, profile


def busy(work: Callable[[], Any]) -> float:
    """Runs the work once more to find out; the profiler makes it slower, so it is not timed for anything else."""
    with profile(activities=[ProfilerActivity.CUDA]) as found:
        torch.cuda.synchronize()
        start = perf_counter()
        work()
        torch.cuda.synchronize()
        seconds = perf_counter() - start
    cuda = torch.autograd.DeviceType.CUDA
    kernels = [(e.time_range.start, e.time_range.end) for e in found.events() if e.device_type == cuda]
    return covered(kernels) * 1e-6 / seconds


def covered(spans: Iterable[tuple[float, float]]) -> float:
    """How much of the line these spans cover together; kernels of several streams overlap."""
    total, reached = 0.0, float("-inf")
    for start, end in sorted(spans):
        if end > reached:
            total += end - max(start, reached)
            reached = end
    return total
