"""How an accelerator is set while fit, evaluate and predict run on it.

cuDNN is told to try its kernels once for each shape, and to go on with the fastest (`torch.backends.cudnn.benchmark`),
where shapes are fixed and there are steps enough to be worth it. It is left alone where it is on already, where
deterministic algorithms are asked for, and by the environment variable TORCHKERAS_CUDNN_BENCHMARK=0. Afterwards it is
as it was. TensorFloat-32 stays as torch has it, unless `tf.config.experimental.enable_tensor_float_32_execution` says
otherwise.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from typing import Any

import torch
from torch import Tensor

from torchkeras.core.nest import flatten
from torchkeras.data import ArrayFeed, Feed
from torchkeras.data.feed import innermost

#: Trying out kernels takes as long as some tens of steps.
ENOUGH_STEPS = 64


@contextlib.contextmanager
def at_work(model: Any, device: torch.device, *feeds: Feed | None, epochs: int = 1) -> Iterator[None]:
    """Within, the device is set for these feeds, the first above all; after, it is as it was and they are let go."""
    try:
        with cudnn_benchmark(wants_benchmark(model, device, feeds[0], epochs)):
            yield
    finally:
        for feed in feeds:
            if feed is not None:
                feed.finished()


def wants_benchmark(model: Any, device: torch.device, feed: Feed | None, epochs: int) -> bool:
    """Whether cuDNN is to try out its kernels."""
    if device.type != "cuda" or feed is None or os.environ.get("TORCHKERAS_CUDNN_BENCHMARK") == "0":
        return False
    if torch.are_deterministic_algorithms_enabled() or torch.backends.cudnn.deterministic:
        return False
    enough = feed.steps is None or feed.steps * epochs >= ENOUGH_STEPS
    return enough and (_is_of_one_shape(feed) or _takes_one_shape(model))


def _is_of_one_shape(feed: Feed) -> bool:
    """Whether every batch but a short one has the same shape, as those of arrays have."""
    source = innermost(feed)
    return isinstance(source, ArrayFeed) and all(
        isinstance(leaf, Tensor) for leaf in flatten(source.given) if leaf is not None
    )


def _takes_one_shape(model: Any) -> bool:
    """Whether a model was made for inputs of one shape, whatever the number of samples."""
    graph = model._functional_graph
    return graph is not None and all(None not in tuple(one.shape)[1:] for one in flatten(graph.inputs))


@contextlib.contextmanager
def cudnn_benchmark(wanted: bool) -> Iterator[None]:
    """Within, cuDNN tries out its kernels if that is wanted, or was so before."""
    cudnn: Any = torch.backends.cudnn
    before = cudnn.benchmark
    if not wanted or before:
        yield
        return
    cudnn.benchmark = True
    try:
        yield
    finally:
        cudnn.benchmark = before
