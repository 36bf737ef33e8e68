"""What the simulator asks for, and what it predicts, measured: run by each of the processes."""

from __future__ import annotations

import contextlib
import os
import socket
import statistics
import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from itertools import pairwise
from time import perf_counter
from typing import Any

import numpy as np
import torch
import torch.distributed as dist
from torch.distributed.algorithms.ddp_comm_hooks import default_hooks

import torchkeras as keras
from benchmarks.counting import count_steps
from benchmarks.networks import lenet
from benchmarks.scaling.simulator import Gradient, Work
from torchkeras.core import replicas as scopes
from torchkeras.core.replicas import Replicas
from torchkeras.distribute import joined
from torchkeras.training.replicated import Replicated

#: Bytes of the all-reduces by which the link is measured.
SIZES = (1 << 12, 1 << 16, 1 << 18, 1 << 20, 1 << 22, 1 << 24)
#: Steps that are timed, and those before that are not: in a first one gradients are summed by hand, in a second one
#: DistributedDataParallel finds their order.
STEPS, WARM = 12, 4


def _wide(width: int) -> Any:
    layers = keras.layers
    return keras.Sequential(
        [keras.Input((784,)), layers.Dense(width, "relu"), layers.Dense(width, "relu"), layers.Dense(10, "softmax")]
    )


def _convolutions() -> Any:
    layers = keras.layers
    return keras.Sequential(
        [
            keras.Input((32, 32, 3)), layers.Conv2D(32, 3, padding="same", activation="relu"), layers.MaxPooling2D(),
            layers.Conv2D(64, 3, padding="same", activation="relu"), layers.MaxPooling2D(),
            layers.Conv2D(128, 3, padding="same", activation="relu"), layers.GlobalAveragePooling2D(),
            layers.Dense(10, "softmax"),
        ]
    )  # fmt: skip


#: Name to model, shape of a sample, and batch of all processes: little to send, little but computing, much to send.
MODELS: dict[str, tuple[Callable[[], Any], tuple[int, ...], int]] = {
    "LeNet-5": (lambda: lenet.keras_model(keras), (28, 28, 1), 256),
    "3 convolutions": (_convolutions, (32, 32, 3), 128),
    "MLP of 1024": (lambda: _wide(1024), (784,), 512),
    "MLP of 2048": (lambda: _wide(2048), (784,), 512),
}


def compiled(name: str) -> tuple[Any, np.ndarray, np.ndarray, int]:
    """A model of the table with data for STEPS + WARM batches, and its batch."""
    make, shape, batch = MODELS[name]
    keras.utils.set_random_seed(0)
    model = make()
    model.compile(keras.optimizers.SGD(0.01), "sparse_categorical_crossentropy")
    rng = np.random.default_rng(0)
    samples = batch * (STEPS + WARM)
    return model, rng.random((samples, *shape), "float32"), rng.integers(0, 10, samples), batch


@dataclass(frozen=True)
class Traffic:
    """What one process sends in a step.

    Args:
        weights: bytes of the model's weights that are trained.
        summed: bytes that DistributedDataParallel gives to all-reduces.
        sent: bytes that go out of the process's connections.
    """

    weights: int
    summed: float
    sent: float


@dataclass
class Stamps:
    """When the parts of steps began and ended, of a Trainer that is watched; a step ends with its update."""

    backward: list[float] = field(default_factory=list)
    update: list[float] = field(default_factory=list)
    ended: list[float] = field(default_factory=list)
    ready: list[list[tuple[int, float]]] = field(default_factory=list)

    @property
    def seconds(self) -> float:
        """Of a step, from the end of one to the end of the next."""
        return statistics.median(self.durations)

    @property
    def durations(self) -> list[float]:
        """The seconds of each step after the first ones."""
        return _between(self.ended)[WARM - 1 :]

    def work(self, overhead: float = 0.0, rate: float = 1.0) -> Work:
        """The median of each part; `rate` is the share of a core that the process had."""
        later = range(WARM, len(self.ended))

        def median(find: Callable[[int], float]) -> float:
            return rate * statistics.median(find(i) for i in later)

        order = [number for number, _ in self.ready[-1]]
        gradients = [
            Gradient(number, median(lambda i, j=j: self.ready[i][j][1] - self.backward[i]))  # type: ignore[misc]
            for j, number in enumerate(order)
        ]
        return Work(
            median(lambda i: self.backward[i] - self.ended[i - 1]),
            median(lambda i: self.update[i] - self.backward[i]),
            gradients,
            median(lambda i: self.ended[i] - self.update[i]),
            overhead,
        )


@dataclass
class Round:
    """Measured one right after the other.

    Args:
        all_reduces: seconds for each of SIZES.
        parts: of steps on this process's part of a batch, all processes computing and nothing sent.
        seconds: of the shared step.
    """

    all_reduces: list[float]
    parts: Stamps
    seconds: float


@contextlib.contextmanager
def watched(model: Any, gradients: bool) -> Iterator[Stamps]:
    """Notes when what happens in fit; of gradients only if asked for, since that takes time of its own."""
    trainer, stamps, handles = model._trainer, Stamps(), []
    minimise, step = trainer.minimise, trainer.optimizer.step

    def begun(loss: Any) -> None:
        stamps.ready.append([])
        stamps.backward.append(perf_counter())
        minimise(loss)

    def update(*args: Any) -> None:
        stamps.update.append(perf_counter())
        step(*args)
        stamps.ended.append(perf_counter())

    trainer.minimise, trainer.optimizer.step = begun, update
    if gradients:
        for parameter in model.parameters():
            number = parameter.nbytes
            handles.append(
                parameter.register_post_accumulate_grad_hook(
                    lambda _, number=number: stamps.ready[-1].append((number, perf_counter()))
                )
            )
    try:
        yield stamps
    finally:
        del trainer.minimise, trainer.optimizer.step
        for handle in handles:
            handle.remove()


def all_reduces(replicas: Replicas, repeat: int = 5) -> list[float]:
    """Seconds of an all-reduce of each of SIZES, of the slowest process, by the median."""
    found = []
    for number in SIZES:
        values, times = torch.zeros(number // 4), []
        for _ in range(repeat + 1):
            dist.barrier()
            start = perf_counter()
            dist.all_reduce(values)
            times.append(perf_counter() - start)
        found.append(statistics.median(times[1:]))
    slowest = torch.tensor(found, dtype=torch.float64)
    replicas.take_largest([slowest])
    return slowest.tolist()


def bytes_sent() -> int:
    """By all connections of this process, as the kernel counts them."""
    total = 0
    for name in os.listdir("/proc/self/fd"):
        try:
            if not os.readlink(f"/proc/self/fd/{name}").startswith("socket:"):
                continue
            with socket.socket(fileno=os.dup(int(name))) as one:
                if one.type != socket.SOCK_STREAM or one.family not in (socket.AF_INET, socket.AF_INET6):
                    continue
                total += struct.unpack_from("Q", one.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 208), 200)[0]
        except OSError:  # the list's own descriptor, closed since
            continue
    return total


def rounds_of(name: str, rounds: int) -> list[Round]:
    """Each round: the all-reduces, the parts of a step on this process's part of a batch, the shared step."""
    replicas = joined()
    alone, x, y, batch = compiled(name)
    with scopes.within(replicas):
        shared = compiled(name)[0]
    part = batch // replicas.size
    found = []
    for _ in range(rounds):
        reduces = all_reduces(replicas)
        with watched(alone, gradients=True) as parts:
            _fit(alone, x, y, part)
        replicas.wait()
        with watched(shared, gradients=False) as together:
            _fit(shared, x, y, batch)
        replicas.wait()
        found.append(Round(reduces, parts, together.seconds))
    return found


def traffic(name: str) -> Traffic:
    """What a step of a model sends."""
    replicas = joined()
    with scopes.within(replicas):
        model, x, y, batch = compiled(name)
    _fit(model, x, y, batch, steps=WARM)
    summed, sent = [], []

    def hook(state: Any, bucket: Any) -> Any:
        summed.append(bucket.buffer().nbytes)
        return default_hooks.allreduce_hook(state, bucket)

    wrapped = model._trainer.replicated._wrapped
    wrapped.register_comm_hook(dist.group.WORLD, lambda state, bucket: hook(state, bucket))  # torch reads annotations
    optimizer = model._trainer.optimizer
    step = optimizer.step

    def counted() -> None:
        step()
        sent.append(bytes_sent())

    optimizer.step = counted
    _fit(model, x, y, batch)
    steps = len(sent)
    weights = sum(p.nbytes for p in model.parameters() if p.requires_grad)
    return Traffic(weights, sum(summed) / steps, (sent[-1] - sent[0]) / (steps - 1))


@dataclass
class Price:
    """What DistributedDataParallel takes by itself, in one process.

    Args:
        without, wrapped: seconds of a step, in turns.
        operators, calls: of a step, without it and with it: of torch, and of Python functions.
    """

    without: list[float]
    wrapped: list[float]
    operators: tuple[float, float]
    calls: tuple[float, float]


def price_of_the_wrapper(name: str, rounds: int) -> Price:
    plain, x, y, batch = compiled(name)
    wrapped = compiled(name)[0]
    wrapped._trainer.replicated = Replicated(wrapped._trainer, Replicas())
    dist.init_process_group("gloo", store=dist.HashStore(), rank=0, world_size=1)
    times: dict[bool, list[float]] = {False: [], True: []}
    for i in range(rounds):
        for model in (plain, wrapped) if i % 2 else (wrapped, plain):
            with watched(model, gradients=False) as stamps:
                _fit(model, x, y, batch)
            times[model is wrapped].append(stamps.seconds)
    counts = [count_steps(partial(_fit, model, x, y, batch)) for model in (plain, wrapped)]
    return Price(
        times[False],
        times[True],
        (counts[0].operators_total, counts[1].operators_total),
        tuple(one.python_total + one.others for one in counts),  # type: ignore[arg-type]
    )


def _fit(model: Any, x: Any, y: Any, batch: int, steps: int = STEPS + WARM) -> None:
    model.fit(x[: steps * batch], y[: steps * batch], batch_size=batch, shuffle=False, verbose=0)


def _between(stamps: list[float]) -> list[float]:
    return [b - a for a, b in pairwise(stamps)]
