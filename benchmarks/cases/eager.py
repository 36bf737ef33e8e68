"""The tf namespace step by step: a linear classifier trained with GradientTape, next to the same code in torch."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

from benchmarks.eager_worker import RATE, points, tf_step
from benchmarks.harness import Comparison, Field, Peer, Settings
from benchmarks.networks.mlp import MLP
from benchmarks.networks.network import EPSILON
from benchmarks.networks.weights import load_weights
from benchmarks.peers.process import OURS, ROOT, PeerFailed, environment, python_of
from benchmarks.same import require_equal
from benchmarks.timing import in_process


def torch_step(device: str) -> Callable[[], Any]:
    """The same in torch."""
    inputs, targets = (torch.from_numpy(array).to(device) for array in points())
    w, b = (
        torch.tensor([[0.5], [0.25]], requires_grad=True, device=device),
        torch.zeros(1, requires_grad=True, device=device),
    )

    def step() -> Any:
        predictions = torch.matmul(inputs, w) + b
        loss = torch.mean(torch.square(targets - predictions))
        for_w, for_b = torch.autograd.grad(loss, [w, b])
        with torch.no_grad():
            w.sub_(for_w * RATE)
            b.sub_(for_b * RATE)
        return loss

    return step


def comparisons(settings: Settings) -> Iterator[Comparison]:
    title = "linear classifier, a step with GradientTape"
    yield Comparison("tape", title, partial(_field, settings), rounds=60, copies=3)
    title = f"a loop with GradientTape, a step of 32: {MLP.title}"
    yield Comparison("tape-mlp", title, partial(_loop_field, settings), rounds=60, copies=3)


def _field(settings: Settings) -> Field:
    import torchkeras.tensorflow as tf

    difference = require_equal(_trained(torch_step(settings.device)), _trained(tf_step(tf)))
    peers = [in_process("torch", torch_step(settings.device)), in_process(OURS, tf_step(tf))]
    other = _TensorFlow(settings)
    try:
        other.sample()
    except PeerFailed as error:
        return Field(peers, difference, missing={_TensorFlow.name: str(error)}, close=other.close)
    return Field([*peers, Peer(other.name, other.sample, lambda: "")], difference, close=other.close)


def _loop_field(settings: Settings) -> Field:
    import torchkeras.tensorflow as tf

    random = np.random.default_rng(0)
    x, y = MLP.inputs(random, 32), random.integers(0, MLP.classes, 32)

    def steps() -> tuple[Callable[[], Any], Callable[[], Any]]:
        tf.keras.utils.set_random_seed(0)
        model = MLP.keras(tf.keras)
        module = MLP.torch().to(settings.device)
        load_weights(module, model.get_weights())
        return torch_loop(module, x, y, settings.device), tf_loop(tf, model, x, y)

    # Few: Adam makes much of what rounding leaves of small gradients.
    difference = require_equal(*(_trained(step, 3) for step in steps()))
    by_hand, ours = steps()
    return Field([in_process("torch", by_hand), in_process(OURS, ours)], difference)


def torch_loop(module: nn.Module, x: np.ndarray, y: np.ndarray, device: str) -> Callable[[], Any]:
    """A step of a loop by hand, with the accuracy."""
    images, labels = torch.from_numpy(x).to(device), torch.from_numpy(y).to(device)
    optimizer = torch.optim.Adam(module.parameters(), eps=EPSILON, fused=True)
    right = torch.zeros((), dtype=torch.int64, device=device)

    def step() -> Any:
        logits = module(images)
        loss = F.cross_entropy(logits, labels)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        with torch.no_grad():
            right.add_((logits.argmax(1) == labels).sum())
        return loss

    return step


def tf_loop(tf: Any, model: Any, x: np.ndarray, y: np.ndarray) -> Callable[[], Any]:
    """The same as TensorFlow's guides write it."""
    images, labels = tf.constant(x), tf.constant(y)
    optimizer = tf.keras.optimizers.Adam(epsilon=EPSILON)
    loss_fn = tf.keras.losses.SparseCategoricalCrossentropy()
    accuracy = tf.keras.metrics.SparseCategoricalAccuracy()

    def step() -> Any:
        with tf.GradientTape() as tape:
            probabilities = model(images, training=True)
            loss = loss_fn(labels, probabilities)
        gradients = tape.gradient(loss, model.trainable_weights)
        optimizer.apply_gradients(zip(gradients, model.trainable_weights, strict=True))
        accuracy.update_state(labels, probabilities)
        return loss

    return step


def _trained(step: Callable[[], Any], steps: int = 40) -> torch.Tensor:
    return torch.tensor([float(step().detach()) for _ in range(steps)])


class _TensorFlow:
    """TensorFlow in a process of its own, which does a round whenever a line comes in."""

    name = "TensorFlow"

    def __init__(self, settings: Settings) -> None:
        self.process = subprocess.Popen(
            [python_of("tf-keras"), "-m", "benchmarks.eager_worker", str(settings.threads)],
            cwd=ROOT, env=environment(settings.device, settings.threads), text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        )  # fmt: skip

    def sample(self) -> float:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        try:
            self.process.stdin.write("\n")
            self.process.stdin.flush()
        except BrokenPipeError:
            pass
        line = self.process.stdout.readline()
        if not line:
            raise PeerFailed(f"not installed in {python_of('tf-keras')}, or its process ended")
        return float(line)

    def close(self) -> None:
        self.process.kill()
        self.process.communicate()
