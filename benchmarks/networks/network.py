"""What a network of the benchmarks consists of, the same for every peer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

#: Keras adds Adam's epsilon at another place than torch. So small a one makes no difference, whatever the gradients.
EPSILON = 1e-10
RATE, MOMENTUM = 0.001, 0.9


@dataclass(frozen=True)
class Size:
    """How many samples a step takes, and how many steps an epoch."""

    batch: int
    steps: int


@dataclass(frozen=True)
class Network:
    """A network in Keras's words and in torch's, its data, and what is asked of it.

    Args:
        keras: takes a Keras, gives the model, not compiled, with probabilities as its output.
        torch: gives the module by hand, with logits as its output and what has weights in the order of Keras's layers.
        inputs: takes a generator of random numbers and how many samples.
        classes: how many; 1 is a yes or no, with a sigmoid and the binary crossentropy.
        flattened: the map of which a Flatten makes a vector: torch's has another order.
        optimizer: "adam", or "sgd" for SGD with momentum.
        asks: what is timed, from `cases/training.py`.
        predictions: how many samples `predict` takes at once.
        large: where kernels take most of the time. On CUDA such a network is trained in mixed precision, and how
            busy the device was is told.
        devices: where it runs unless it is asked for by name.
    """

    name: str
    title: str
    keras: Callable[[Any], Any]
    torch: Callable[[], Any]
    inputs: Callable[[np.random.Generator, int], np.ndarray]
    classes: int
    cpu: Size
    cuda: Size
    asks: tuple[str, ...]
    flattened: tuple[int, int, int] | None = None
    optimizer: str = "adam"
    predictions: int = 1000
    large: bool = False
    devices: tuple[str, ...] = ("cpu", "cuda")

    def size(self, device: str, steps: int | None = None) -> Size:
        """On this device, with so many steps in place of its own."""
        own = self.cuda if device == "cuda" else self.cpu
        return Size(own.batch, steps or own.steps)


def images(*shape: int) -> Callable[[np.random.Generator, int], np.ndarray]:
    return lambda random, count: random.random((count, *shape), dtype="float32")


def texts(length: int, words: int) -> Callable[[np.random.Generator, int], np.ndarray]:
    return lambda random, count: random.integers(1, words, (count, length), dtype="int32")
